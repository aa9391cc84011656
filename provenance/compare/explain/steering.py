"""The metadata fields that steer an installation, each against the source: dependencies, Python versions, extras.

Each check returns "" where the artifact states what the source states, a sentence where it does not, and
None where the source leaves the value to the build.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from provenance.compare.context import Context
from provenance.compare.explain.rule import once_per_context
from provenance.compare.subject import Requirement
from provenance.project.requirements import comparable


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
    if "requires_python" in context.project.dynamic:
        return None
    stated = context.subject.metadata.get("requires_python") or ""
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


def extras(context: Context) -> str | None:
    """Check the names of the optional features."""
    if "provides_extra" in context.project.dynamic:
        return None
    differing = sorted(context.subject.extras ^ set(context.project.stated.get("provides_extra", ())))
    return f"offers the extra {differing[0]} unlike the source" if differing else ""


CHECKS: dict[str, Callable[[Context], str | None]] = {
    "dependencies": dependencies,
    "Requires-Python": requires_python,
    "extras": extras,
}


def is_written(field: str, context: Context) -> bool:
    """Whether the packaging files of the source hold the value of a field that the build computes, word for word."""
    texts = context.project.texts
    if field == "dependencies":
        written = _written_requirements(context)
        return all(row[:4] in written for row in context.subject.requirements)
    if field == "extras":
        return all(_is_mentioned(extra, context) for extra in context.subject.extras)
    stated = str(context.subject.metadata.get("requires_python") or "")
    return not stated or re.sub(r"\s", "", stated) in re.sub(r"\s", "", texts)


@once_per_context
def _written_requirements(context: Context) -> set[Requirement]:
    """Every requirement that stands in a packaging file, as a line or in quotes, without its marker."""
    texts = context.project.texts
    pieces = {line.partition(" #")[0].strip() for line in texts.splitlines()}
    pieces |= {found for pair in re.findall(r"\"([^\"\n]+)\"|'([^'\n]+)'", texts) for found in pair if found}
    return {
        comparable(piece.partition(";")[0].strip(" ,"))[:4] for piece in pieces if piece and len(piece) < 300
    }


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
