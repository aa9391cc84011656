"""The metadata fields that steer an installation, each against the source: dependencies, Python versions, extras.

Each check returns "" where the artifact states what the source states, a sentence where it does not, and
None where the source leaves the value to the build.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from provenance.compare.context import Context
from provenance.compare.explain.rule import once_per_context
from provenance.compare.subject import Requirement
from provenance.project.poetry import python_ranges
from provenance.project.requirements import comparable, with_marker


def dependencies(context: Context) -> str | None:
    """Check every Requires-Dist, in both directions."""
    stated = context.subject.requirements
    if "requires_dist" in context.project.dynamic:
        unnamed = sorted(row for row in stated if not _is_mentioned(row[0], context))
        return f"requires {unnamed[0][0]}, which no packaging file of the source names" if unnamed else None
    expected = {comparable(row) for row in context.project.stated.get("requires_dist", ())}
    if more := sorted(stated - expected):
        return f"requires {_shown(more[0])}, which the source does not ask for"
    missing = sorted(expected - stated)
    return f"does not require {_shown(missing[0])}, which the source asks for" if missing else ""


def requires_python(context: Context) -> str | None:
    """Check Requires-Python as a set of specifiers."""
    stated = context.subject.metadata.get("requires_python") or ""
    if "requires_python" in context.project.dynamic:
        ranges = python_ranges(context.project)
        if ranges is None or _admitted(ranges) == _admitted([stated]):
            return None if ranges is None else ""
        return f"asks for Python {stated or 'of any version'}; the source says {' or '.join(ranges)}"
    expected = context.project.stated.get("requires_python") or ""
    try:
        same = SpecifierSet(stated) == SpecifierSet(expected)
    except InvalidSpecifier:
        same = stated == expected
    return (
        ""
        if same
        else f"asks for Python {stated or 'of any version'}; the source says {expected or 'nothing'}"
    )


def _admitted(ranges: Sequence[str]) -> set[str] | None:
    """The final releases of Python 2 and 3, some of them to come, that one of the ranges admits."""
    try:
        sets = [SpecifierSet(each) for each in ranges]
    except InvalidSpecifier:
        return None
    return {version for version in PYTHON_RELEASES if any(version in each for each in sets)}


def extras(context: Context) -> str | None:
    """Check the names of the optional features."""
    if "provides_extra" in context.project.dynamic:
        return None
    differing = sorted(context.subject.extras ^ set(context.project.stated.get("provides_extra", ())))
    return f"offers the extra {differing[0]} unlike the source" if differing else ""


MARKER_START = re.compile(
    r";|:(?=\s*(?:\(|python|sys_|platform|implementation|os_name|extra))"
)  # pbr writes a colon
PYTHON_KEY = re.compile(
    r"(?:python[_-]requires|requires[_-]python|^python)[\"']?\s*[=:]\s*[\"']?([^\"'\n)]*)",
    re.IGNORECASE | re.MULTILINE,
)
PYTHON_RELEASES = [
    f"{major}.{minor}.{micro}"
    for major, minors in ((2, 8), (3, 31))
    for minor in range(minors)
    for micro in range(20)
]
CHECKS: dict[str, Callable[[Context], str | None]] = {
    "dependencies": dependencies,
    "Requires-Python": requires_python,
    "extras": extras,
}


def is_declared(field: str, context: Context) -> bool:
    """Whether a value that the build computes is made of what the packaging files declare, and not emptied."""
    declared, subject = context.project.declared, context.subject
    if field == "dependencies":
        if not subject.requirements:
            # hatchling computes dependencies only for those who ask it to
            listed = declared.listed if "hatchling" in context.project.backend else frozenset()
            return not declared.requirements | declared.optional | listed
        floor = {comparable(row) for row in context.project.floor}
        return floor <= subject.requirements and all(_is_made(row, context) for row in subject.requirements)
    if field == "extras":
        rows = _declared_rows(context)
        named = declared.extras | {row[0] for row in rows.required | rows.optional} | _list_names(context)
        asked = {extra for row in subject.requirements for extra in _extras_of(row)}
        return asked <= subject.extras <= named and bool(subject.extras or not declared.extras)
    wanted = re.sub(r"\s", "", subject.metadata.get("requires_python") or "")
    ranges = {re.sub(r"\s", "", value) for value in PYTHON_KEY.findall(context.project.texts)}
    literal = {value for value in ranges if re.fullmatch(r"[<>=!~][\d.*,<>=!~]*", value)}
    return wanted in literal if literal else bool(wanted) == bool(ranges)


def is_written(field: str, context: Context) -> bool:
    """Whether the packaging files of the source hold the value of a field that the build computes, word for word."""
    if field == "dependencies":
        declared = context.project.declared
        written = {comparable(text) for text in declared.requirements | declared.optional | declared.listed}
        return all(_without_extra(row) in written for row in context.subject.requirements)
    stated = str(context.subject.metadata.get("requires_python") or "")
    if field == "extras" or not stated:
        return True
    ranges = PYTHON_KEY.findall(context.project.texts)
    return re.sub(r"\s", "", stated) in {re.sub(r"\s", "", value) for value in ranges}


def _without_extra(row: Requirement) -> Requirement:
    """A requirement as it is written below its extra: without the condition that names the extra."""
    kept = [part for part in row[-1].split(" and ") if not part.startswith("extra ")]
    return (*row[:-1], " and ".join(kept))


def _extras_of(row: Requirement) -> set[str]:
    """The extras that a requirement's condition names."""
    asked = re.findall(r'extra (?:==|in) ("[^"]*"(?:, "[^"]*")*)', row[-1])
    return {canonicalize_name(name) for names in asked for name in re.findall(r'"([^"]*)"', names)}


def _is_made(row: Requirement, context: Context) -> bool:
    """Whether a requirement is declared, its condition with it or apart, and below an extra only if one asks for it."""
    rows, plain = _declared_rows(context), _without_extra(row)
    known = rows.required | rows.optional if plain != row else rows.required
    return plain in known or (plain[-1] in rows.conditions and (*plain[:4], "") in known)


@dataclass(frozen=True)
class _Declared:
    """What the packaging files declare, in comparable form."""

    required: frozenset[Requirement]
    optional: frozenset[Requirement]
    conditions: frozenset[str]


@once_per_context
def _declared_rows(context: Context) -> _Declared:
    declared = context.project.declared
    return _Declared(
        required=frozenset(map(_as_row, declared.requirements | declared.listed)),
        optional=frozenset(map(_as_row, declared.optional | declared.apart)),
        conditions=frozenset(_as_row(f"any:{condition}")[-1] for condition in declared.conditions),
    )


def _as_row(text: str) -> Requirement:
    """A declared text, its condition after a semicolon or, as pbr writes it, after a colon."""
    bare, *conditions = MARKER_START.split(text, maxsplit=1)
    return comparable(with_marker(bare.strip(), conditions[0].strip()) if conditions else bare.strip())


def _list_names(context: Context) -> set[str]:
    """What requirement lists are called, as builds name extras after them: `test` of test-requirements.txt."""
    lists = (
        entry.path for entry in context.source_tree.under(context.project.folder) if "require" in entry.path
    )
    words = {word for path in lists for word in re.split(r"[/._-]", path.lower())}
    return {canonicalize_name(word) for word in words if word}


def _is_mentioned(name: str, context: Context) -> bool:
    """Whether a packaging file of the source holds this distribution's name as a word of its own."""
    pattern = re.escape(name).replace(r"\-", "[-_.]+")
    return re.search(rf"(?<![\w-]){pattern}(?![\w-])", context.project.texts, re.IGNORECASE) is not None


def _shown(row: Requirement) -> str:
    name, extra, specifier, url, marker = (*row, "", "", "", "")[:5]
    parts = (
        f"[{extra}]" if extra else "",
        specifier,
        f" @ {url}" if url else "",
        f" ({marker})" if marker else "",
    )
    return name + "".join(parts)
