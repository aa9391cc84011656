"""Requirement texts in, one comparable form out (PEP 508), so that spelling differences do not count."""

from __future__ import annotations

import re

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement
from packaging.specifiers import Specifier
from packaging.utils import canonicalize_name
from packaging.version import Version

from provenance.metadata import parse_requirement
from provenance.project.markers import same_for_equal

# uv_build writes `python_version < "3.10"` as `python_full_version < "3.10"`, which is the same condition
FULL_VERSION = re.compile(
    r'python_full_version (<|>=|==(?= "[\d.]+\.\*")|!=(?= "[\d.]+\.\*")) "(\d+\.\d+)(?:\.\*)?"'
)

QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def with_extra(requirement: str, extra: str) -> str:
    """Return the requirement as it reads when only the extra asks for it."""
    condition = f'extra == "{canonicalize_name(extra)}"'
    try:
        parsed = parse_requirement(requirement)
        parsed.marker = Marker(f"({parsed.marker}) and {condition}" if parsed.marker else condition)
    except InvalidRequirement:
        return requirement
    except InvalidMarker:  # of an extra whose name no marker can hold
        return f"{requirement} ; {condition}"
    return str(parsed)


def with_marker(requirement: str, marker: str) -> str:
    """Return the requirement under one more condition."""
    try:
        parsed = parse_requirement(requirement)
        parsed.marker = Marker(f"({parsed.marker}) and ({marker})" if parsed.marker else marker)
    except (InvalidRequirement, InvalidMarker):
        return f"{requirement} ; {marker}"
    return str(parsed)


def comparable(requirement: str) -> tuple[str, ...]:
    """Return name, extras, specifier, URL and marker in one spelling; the text itself where it cannot be read."""
    try:
        parsed = parse_requirement(requirement)
    except InvalidRequirement:
        return ("unreadable", requirement.strip())
    if any('"' in text.strip('"') for text in QUOTED.findall(requirement)):
        return ("unreadable", requirement.strip())  # packaging would show it as another marker
    return (
        canonicalize_name(parsed.name),
        ",".join(sorted(canonicalize_name(extra) for extra in parsed.extras)),
        ",".join(sorted({_specifier(specifier) for specifier in parsed.specifier})),
        parsed.url or "",
        _conditions(parsed.marker),
    )


def _specifier(specifier: Specifier) -> str:
    """A specifier with its version in normal form: `>=3.08` is `>=3.8`."""
    try:
        return f"{specifier.operator}{Version(specifier.version)}"
    except ValueError:  # not a version, or numbers too long to be read
        return str(specifier)


def _conditions(marker: Marker | None) -> str:
    """A marker in one spelling: that of its meaning; else its text, with the order of its `and` parts indifferent."""
    if marker is None:
        return ""
    text = FULL_VERSION.sub(r'python_version \1 "\2"', str(marker))
    if (meaning := same_for_equal(text)) is not None:
        return meaning
    if " or " in text:
        return text
    parts = text.replace("(", "").replace(")", "").split(" and ")
    return " and ".join(sorted(set(parts)))
