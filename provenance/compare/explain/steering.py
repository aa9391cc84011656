"""The metadata fields that steer an installation, each against the source: dependencies, Python versions, extras.

Each check returns "" where the artifact states what the source states, a sentence where it does not, and
None where the source leaves the value to the build.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

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


MARKER_START = re.compile(r";|:(?=\(|python|sys_|platform)")  # pbr writes a colon
PYTHON_KEY = re.compile(
    r"(?:python[_-]requires|requires[_-]python|^python)[\"']?\s*[=:]\s*[\"']?([^\"'\n)]*)",
    re.IGNORECASE | re.MULTILINE,
)
CHECKS: dict[str, Callable[[Context], str | None]] = {
    "dependencies": dependencies,
    "Requires-Python": requires_python,
    "extras": extras,
}


def is_declared(field: str, context: Context) -> bool:
    """Whether a value that the build computes is made of what the packaging files declare, and not emptied."""
    declared, subject = context.project.declared, context.subject
    if field == "dependencies":
        stated = {row[:4] for row in subject.requirements}
        written = _declared_requirements(context)
        bare = {row[0] for row in written if row[1:] == ("", "", "")}  # Poetry's tables name the range apart
        return (
            all(row in written or (row[0] in bare and not row[3]) for row in stated)
            if stated
            else not declared.requirements
        )
    if field == "extras":
        named = declared.extras | {row[0] for row in _declared_requirements(context)} | _list_names(context)
        return subject.extras <= named and bool(subject.extras or not declared.extras)
    wanted = re.sub(r"\s", "", subject.metadata.get("requires_python") or "")
    ranges = {re.sub(r"\s", "", value) for value in PYTHON_KEY.findall(context.project.texts)}
    literal = {value for value in ranges if re.fullmatch(r"[<>=!~][\d.*,<>=!~]*", value)}
    return wanted in literal if literal else bool(wanted) == bool(ranges)


def is_written(field: str, context: Context) -> bool:
    """Whether the packaging files of the source hold the value of a field that the build computes, word for word."""
    if field == "dependencies":
        declared = context.project.declared
        written = {comparable(text) for text in declared.requirements | declared.listed}
        return all(_without_extra(row) in written for row in context.subject.requirements)
    stated = str(context.subject.metadata.get("requires_python") or "")
    if field == "extras" or not stated:
        return True
    ranges = PYTHON_KEY.findall(context.project.texts)
    return re.sub(r"\s", "", stated) in {re.sub(r"\s", "", value) for value in ranges}


def _without_extra(row: Requirement) -> Requirement:
    """A requirement as it is written below its extra: without the condition that names the extra."""
    kept = [part for part in row[-1].split(" and ") if not part.startswith("extra ==")]
    return (*row[:-1], " and ".join(kept))


@once_per_context
def _declared_requirements(context: Context) -> set[Requirement]:
    """Every requirement that the packaging files declare or list, without its marker."""
    declared = context.project.declared
    texts = declared.requirements | declared.listed
    return {comparable(MARKER_START.split(text)[0].strip())[:4] for text in texts}


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
