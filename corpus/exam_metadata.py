"""Metadata before and after a tamper in, which fields differ and which documented freedom covers that out."""

from __future__ import annotations

from typing import Any

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, canonicalize_version

from provenance.compare import Context

# fields that say nothing about what is installed; METADATA's rule names them
BOOKKEEPING = {
    "metadata_version", "dynamic", "platforms", "supported_platforms", "license_files", "description_content_type",
}  # fmt: skip
DESCRIPTIVE = {
    "summary", "description", "keywords", "classifiers", "author", "author_email", "maintainer", "maintainer_email",
    "license", "license_expression", "home_page", "download_url", "project_urls",
}  # fmt: skip
LINKS = {"project_urls", "home_page", "download_url"}


def freedom_in_metadata(before: bytes, after: bytes, clean: Context, *, everywhere: bool) -> str | None:
    """Name the freedom that covers every field that differs; None where one steers, or another artifact tells."""
    differing = differing_fields(before, after)
    if differing is None:
        return None
    if differing and differing <= LINKS and _addresses(before) == _addresses(after):
        return "metadata: labels of links, slashes at their ends"
    if not differing - BOOKKEEPING:
        return "metadata: " + (", ".join(sorted(differing)) or "order, repetition, letter case, blanks")
    is_alike = everywhere or not clean.siblings
    if differing - BOOKKEEPING == {"requires_dist"} and _stand_apart(after, clean):
        return "metadata: dependencies of an old sdist, which stand in its requires.txt"
    if differing - BOOKKEEPING == {"requires_dist"} and is_alike and _leaves_out(before, after, clean):
        return "metadata: dependencies that the build computes, some left out of every artifact"
    has_witness = _is_witnessed(differing - BOOKKEEPING, _fields(after) or {}, clean)
    if differing <= DESCRIPTIVE | BOOKKEEPING and (everywhere or not has_witness):
        return "metadata that only describes, untold by the source: " + (
            "the same in every artifact" if everywhere and has_witness else "no second artifact"
        )
    return None


def _stand_apart(after: bytes, clean: Context) -> bool:
    """Whether PKG-INFO states no dependencies, as before core metadata 2.2, and a requires.txt states them."""
    has_requires_txt = any(path.endswith(".egg-info/requires.txt") for path in clean.tree.entries)
    return (
        clean.subject.may_leave_out_fields
        and has_requires_txt
        and not (_fields(after) or {}).get("requires_dist")
    )


def _leaves_out(before: bytes, after: bytes, clean: Context) -> bool:
    """Whether no code but the build's can tell which dependencies there are, and some that were are left."""
    left, right = ((_fields(content) or {}).get("requires_dist", ()) for content in (before, after))
    return "requires_dist" in clean.project.dynamic and bool(right) and set(right) < set(left)


def _is_witnessed(fields: set[str], after: dict[str, Any], clean: Context) -> bool:
    """Whether another artifact speaks of one of these fields; an sdist of old metadata may be silent on any."""
    spoken = {field for field in fields if field in after or not clean.subject.may_leave_out_fields}
    return any(
        not sibling.may_leave_out_fields or sibling.metadata.get(field)
        for field in spoken
        for sibling in clean.siblings
    )


def _addresses(content: bytes) -> set[str]:
    raw, _ = parse_email(content)
    links = [
        *dict(raw.get("project_urls", {})).values(),
        raw.get("home_page", ""),
        raw.get("download_url", ""),
    ]
    return {link.rstrip("/") for link in links if link}


def differing_fields(before: bytes, after: bytes) -> set[str] | None:
    """Return the metadata fields that differ; None where one file holds what core metadata does not know."""
    left, right = _fields(before), _fields(after)
    if left is None or right is None:
        return None
    return {field for field in left.keys() | right.keys() if left.get(field) != right.get(field)}


def _fields(content: bytes) -> dict[str, Any] | None:
    """Every field in one spelling; None where the file holds what core metadata does not know."""
    raw, unparsed = parse_email(content)
    if unparsed:
        return None
    # distutils writes UNKNOWN for nothing
    fields: dict[str, Any] = {key: _plain(value) for key, value in raw.items() if value != "UNKNOWN"}
    fields["name"] = canonicalize_name(raw.get("name", ""))
    fields["version"] = canonicalize_version(raw.get("version", ""))
    fields["provides_extra"] = sorted({canonicalize_name(extra) for extra in raw.get("provides_extra", ())})
    fields["requires_dist"] = sorted({_requirement(row) for row in raw.get("requires_dist", ())})
    return fields


def _requirement(row: str) -> tuple[str, ...]:
    """A dependency in one spelling, however its name and its blanks are written."""
    try:
        read = Requirement(row)
    except InvalidRequirement:
        return (row,)
    extras = ",".join(sorted(canonicalize_name(extra) for extra in read.extras))
    ranges = sorted(f"{each.operator}{canonicalize_version(each.version)}" for each in read.specifier)
    return canonicalize_name(read.name), extras, ",".join(ranges), read.url or "", str(read.marker or "")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, list):
        return sorted({" ".join(str(item).split()) for item in value})
    return " ".join(str(value).split())
