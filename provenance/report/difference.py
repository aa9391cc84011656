"""Two statements about one artifact in, what differs between them out: field by field, findings by their paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from provenance.report.predicate import Predicate
from provenance.report.statement import Statement

# What a list's entries are known by
KEYS = {"findings": "path", "notices": "message", "siblings": "name", "submodules": "path", "subject": "name"}


class Difference(NamedTuple):
    """One field that differs; None where a statement does not have it."""

    field: str
    first: str | None
    second: str | None


def differences(first: Statement[Predicate], second: Statement[Predicate]) -> list[Difference]:
    """Return the fields in which two statements differ, in the order of their names."""
    return list(_differing("", _fields(first), _fields(second)))


def _fields(statement: Statement[Predicate]) -> dict[str, Any]:
    fields = statement.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"subject": fields["subject"], **fields["predicate"]}


def _differing(field: str, first: Any, second: Any) -> Iterator[Difference]:
    if first == second:
        return
    kinds = {type(first), type(second)}
    if kinds == {list} or kinds == {dict} or kinds == {list, type(None)}:
        left, right = _named(field, first), _named(field, second)
        for key in sorted({*left, *right}):
            name = f"{field}[{key}]" if field in KEYS else f"{field}.{key}".lstrip(".")
            yield from _differing(name, left.get(key), right.get(key))
    else:
        yield Difference(field, _shown(first), _shown(second))


def _named(field: str, value: list[Any] | dict[str, Any] | None) -> dict[str, Any]:
    """A value's entries by their names; an absent value has none."""
    if isinstance(value, list):
        key = KEYS.get(field.rpartition(".")[2], "")
        return {str(entry[key]) if key else str(number): entry for number, entry in enumerate(value)}
    return value or {}


def _shown(value: Any) -> str | None:
    """A value in few words; a file that only one of the two lists is a whole finding."""
    if isinstance(value, dict) and "evidence" in value:
        return f"{value['evidence']} ({value['rule']}): {value['reason']}"
    return None if value is None else str(value)
