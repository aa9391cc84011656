"""`$Format:…$` placeholders that `git archive` fills in: a source file with them in, the filled file checked out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from provenance.compare.attributes import attributes_of
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.compare.worktree import checked_out, line_endings
from provenance.model import Evidence, Explanation, Source
from provenance.tree import EXECUTABLE, REGULAR, Entry

BLOCK = re.compile(rb"\$Format:([^$]*)\$")
PLACEHOLDER = re.compile(rb"%(\(describe(?::[^)]*)?\)|[ac][tiIsdD]|x[0-9a-fA-F]{2}|.)", re.DOTALL)
DAY, CLOCK, MONTH = r"\d{4}-[01]\d-[0-3]\d", r"[0-2]\d:[0-5]\d:[0-6]\d", r"[A-Z][a-z]{2}"
DATES = {
    "t": r"\d{1,11}",
    "i": rf"{DAY} {CLOCK} [+-]\d{{4}}",
    "I": rf"{DAY}T{CLOCK}(?:[+-]\d\d:\d\d|Z)",
    "s": DAY,
    "d": rf"{MONTH} {MONTH} [ 123]?\d {CLOCK} \d{{4}} [+-]\d{{4}}",
    "D": rf"{MONTH}, \d?\d {MONTH} \d{{4}} {CLOCK} [+-]\d{{4}}",
}
REF = r"(?:HEAD -> )?[A-Za-z0-9][\w.+/-]*|tag: [A-Za-z0-9][\w.+/-]*"
REFS = rf"(?:(?:{REF})(?:, (?:{REF}))*)?"


@dataclass
class _Expected:
    """What the filled file must look like: a pattern, a check for each of its groups, and whether any is free."""

    pattern: str
    checks: list[Callable[[str], bool]]
    is_free: bool


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Fill the source file's placeholders for this commit and compare; what surrounds them byte for byte."""
    counterpart = context.counterpart(entry.path)
    if counterpart is None or not {counterpart.mode, entry.mode} <= {REGULAR, EXECUTABLE}:
        return None
    content, original = context.tree.load(entry.blob), context.source_tree.load(counterpart.blob)
    if content is None or original is None or b"$Format:" not in original:
        return None
    attributes = attributes_of(context.source_tree, counterpart.path)
    if attributes.get("export-subst") is not True:
        return None
    is_crlf = line_endings(attributes) == "crlf"
    for written in checked_out(original, counterpart.blob, attributes, with_crlf=is_crlf):
        expected = _expected(written, context.source)
        match = expected and re.fullmatch(expected.pattern, content.decode("latin-1"), re.ASCII)
        if expected and match and _all_hold(expected, match):
            how = (
                "filled for this commit" if not expected.is_free else "filled; dates and names by their form"
            )
            level = Evidence.CONSISTENT if expected.is_free else Evidence.NORMALIZED
            return proof(
                RULE.name, level, f"placeholders of export-subst {how}, else the same bytes", counterpart.path
            )
    return None


def _all_hold(expected: _Expected, match: re.Match[str]) -> bool:
    return all(check(text) for check, text in zip(expected.checks, match.groups(), strict=True))


def _expected(original: bytes, source: Source) -> _Expected | None:
    """The filled file; None where a placeholder's value can be neither known nor held to a form."""
    expected = _Expected("", [], False)
    place = 0
    for block in BLOCK.finditer(original):
        expected.pattern += _literal(original[place : block.start()])
        place = block.end()
        if not _fill(block[1], source, expected):
            return None
    expected.pattern += _literal(original[place:])
    return expected


def _fill(template: bytes, source: Source, expected: _Expected) -> bool:
    place = 0
    for found in PLACEHOLDER.finditer(template):
        expected.pattern += _literal(template[place : found.start()])
        place = found.end()
        if not _placeholder(found[1].decode("latin-1"), source, expected):
            return False
    expected.pattern += _literal(template[place:])
    return True


def _placeholder(name: str, source: Source, expected: _Expected) -> bool:
    tag = source.ref.removeprefix("refs/tags/")
    if name in ("H", "T"):
        expected.pattern += source.commit if name == "H" else source.tree
    elif name in ("h", "t"):
        _group(expected, r"[0-9a-f]{4,40}", (source.commit if name == "h" else source.tree).startswith)
    elif name in ("n", "%"):
        expected.pattern += "\n" if name == "n" else "%"
    elif name.startswith("x") and len(name) == 3:
        expected.pattern += _literal(bytes.fromhex(name[1:]))
    elif name.startswith("(describe"):
        expected.is_free = True
        _group(expected, r"[A-Za-z0-9][\w.+/-]*", lambda text: _describes(text, tag, source.commit))
    elif name in ("D", "d"):
        expected.is_free = True
        form = REFS if name == "D" else rf"(?: \({REFS}\))?"
        _group(expected, form, lambda text: _names(text, tag))
    elif len(name) == 2 and name[1] in DATES:
        expected.is_free = True
        _group(expected, DATES[name[1]], lambda text: True)
    else:
        return False
    return True


def _group(expected: _Expected, pattern: str, check: Callable[[str], bool]) -> None:
    expected.pattern += f"({pattern})"
    expected.checks.append(check)


def _names(text: str, tag: str) -> bool:
    """Whether a list of references is empty or holds this tag."""
    return not text or f"tag: {tag}" in text.removeprefix(" (").removesuffix(")").split(", ")


def _describes(text: str, tag: str, commit: str) -> bool:
    """Whether this is the tag, or an earlier one with the distance and the beginning of this commit's id."""
    later = re.fullmatch(r".+-\d+-g([0-9a-f]{4,40})", text)
    return text == tag or (later is not None and commit.startswith(later[1]))


def _literal(content: bytes) -> str:
    return re.escape(content.decode("latin-1"))


RULE = Rule(
    name="export-subst",
    proves="The commit's .gitattributes give the file the attribute export-subst; every `$Format:…$` of the source "
    "is filled as git archive fills it, with this commit's and this tree's id; everything else is the same, byte for "
    "byte.",
    leaves_free="Dates, which must have a date's form; the earlier tag in a description of a later commit; and lists "
    "of references, which must be empty or names in a strict form that include this tag, where the placeholder asks "
    "for them; the level is then `consistent`.",
    sources=("gitattributes(5): export-subst", "git-log(1): pretty formats"),
    explain=explain,
)
