"""What an explanation rule is: a name, what it proves and leaves free, its sources, and a pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

from provenance.compare.context import Context
from provenance.model import Evidence, Explanation
from provenance.tree import Entry


@dataclass(frozen=True)
class Rule:
    """One rule; `explain` returns None where it has nothing to say about a file.

    `proves` and `leaves_free` are whole sentences for people; `sources` names the specifications or tools
    that the rule follows.
    """

    name: str
    proves: str
    leaves_free: str
    sources: tuple[str, ...]
    explain: Callable[[Entry, Context], Explanation | None]


def proof(rule: str, evidence: Evidence, reason: str, source_path: str | None = None) -> Explanation:
    """A rule's answer that a file is what it should be, at this level."""
    return Explanation(rule=rule, evidence=evidence, reason=reason, source_path=source_path)


def contradiction(rule: str, reason: str, source_path: str | None = None) -> Explanation:
    """A rule's answer that a file states something that the source, or the artifact itself, refutes."""
    return Explanation(
        rule=rule, evidence=Evidence.MODIFIED, reason=reason, source_path=source_path, contradicts=True
    )


def open_question(rule: str, reason: str, source_path: str | None = None) -> Explanation:
    """A rule's answer that a file has the right form, but that something in it cannot be traced."""
    return Explanation(rule=rule, evidence=Evidence.RECOGNIZED, reason=reason, source_path=source_path)


Value = TypeVar("Value")


def once_per_context(compute: Callable[[Context], Value]) -> Callable[[Context], Value]:
    """Make a function of the context remember its result as long as that context lives."""
    known: WeakKeyDictionary[Context, Value] = WeakKeyDictionary()

    def remembered(context: Context) -> Value:
        if context not in known:
            known[context] = compute(context)
        return known[context]

    return remembered
