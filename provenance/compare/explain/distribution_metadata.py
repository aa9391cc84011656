"""PKG-INFO and METADATA: every field tied to the source's configuration, or to the sibling artifact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from provenance.compare.context import Context, Subject
from provenance.compare.explain.readme import traced_readme
from provenance.compare.explain.rule import Rule, contradiction, open_question, proof
from provenance.metadata import Metadata, parse
from provenance.model import Evidence, Explanation
from provenance.project.requirements import comparable
from provenance.tree import Entry

FREE = (
    "metadata_version",
    "dynamic",
    "license_files",
    "description_content_type",
    "platforms",
    "supported_platforms",
)


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Check name, version and every field that can be traced; what cannot be must agree with a sibling."""
    if entry.path != context.subject.metadata_path:
        return None
    metadata = context.subject.metadata
    if metadata.unparsed:
        return contradiction(
            RULE.name, f"holds fields that core metadata does not know: {_listed(metadata.unparsed)}"
        )
    if not metadata.is_for(context.name, context.version):
        return contradiction(
            RULE.name, f"states {metadata.name} {metadata.version}, not {context.name} {context.version}"
        )
    untraced: list[str] = []
    for field, check in STEERING.items():
        refuted = check(metadata, context)
        if refuted is None:
            untraced.append(field)
        elif refuted:
            return contradiction(RULE.name, refuted, context.project.folder or None)
    siblings = [sibling for sibling in context.siblings if sibling.metadata_path]
    if differing := _differing(metadata, siblings):
        return open_question(
            RULE.name,
            f"{_listed(differing)} differ from {siblings[0].filename}, and the source does not say why",
        )
    if untraced and not siblings:
        return open_question(
            RULE.name,
            f"{_listed(untraced)} are computed by the build, and no other artifact of this release confirms them",
        )
    return proof(RULE.name, Evidence.CONSISTENT, _summary(metadata, untraced, siblings, context))


def _summary(metadata: Metadata, untraced: list[str], siblings: list[Subject], context: Context) -> str:
    said = ["name and version hold"]
    traced = [field for field in STEERING if field not in untraced]
    if traced:
        said.append(f"{_listed(traced)} as the source states")
    if untraced:
        said.append(f"{_listed(untraced)} computed by the build, the same in {siblings[0].filename}")
    readme = traced_readme(metadata, context)
    said.append(f"description equal to {readme}" if readme else "description not traced")
    return "; ".join(said)


def _requires_dist(metadata: Metadata, context: Context) -> str | None:
    """ "" where the dependencies are those of the source, a sentence where they are not, None where untraceable."""
    stated = {comparable(row) for row in metadata.get("requires_dist") or ()}
    if "requires_dist" in context.project.dynamic:
        unnamed = [row for row in stated if not _is_mentioned(row[0], context)]
        return f"requires {unnamed[0][0]}, which no packaging file of the source names" if unnamed else None
    expected = {comparable(row) for row in context.project.stated.get("requires_dist", ())}
    if more := sorted(stated - expected):
        return f"requires {_shown(more[0])}, which the source does not ask for"
    missing = sorted(expected - stated)
    return f"does not require {_shown(missing[0])}, which the source asks for" if missing else ""


def _requires_python(metadata: Metadata, context: Context) -> str | None:
    if "requires_python" in context.project.dynamic:
        return None
    stated, expected = (
        metadata.get("requires_python") or "",
        context.project.stated.get("requires_python") or "",
    )
    try:
        same = SpecifierSet(stated) == SpecifierSet(expected)
    except InvalidSpecifier:
        same = stated == expected
    return (
        ""
        if same
        else f"asks for Python {stated or 'of any version'}; the source says {expected or 'nothing'}"
    )


def _provides_extra(metadata: Metadata, context: Context) -> str | None:
    if "provides_extra" in context.project.dynamic:
        return None
    stated = {canonicalize_name(extra) for extra in metadata.get("provides_extra") or ()}
    expected = set(context.project.stated.get("provides_extra", ()))
    return "" if stated == expected else f"offers the extras {_listed(stated ^ expected)} unlike the source"


def _is_mentioned(name: str, context: Context) -> bool:
    """Whether a packaging file of the source holds this distribution's name as a word of its own."""
    pattern = re.escape(name).replace(r"\-", "[-_.]+")
    return re.search(rf"(?<![\w-]){pattern}(?![\w-])", context.project.texts, re.IGNORECASE) is not None


STEERING: dict[str, Callable[[Metadata, Context], str | None]] = {
    "dependencies": _requires_dist,
    "Requires-Python": _requires_python,
    "extras": _provides_extra,
}


def _differing(metadata: Metadata, siblings: Iterable[Subject]) -> list[str]:
    """Fields whose values differ from a sibling's after normalisation."""
    own = comparable_fields(metadata)
    return sorted(
        {
            field
            for sibling in siblings
            for field in own.keys() | comparable_fields(sibling.metadata).keys()
            if own.get(field) != comparable_fields(sibling.metadata).get(field)
        }
    )


def comparable_fields(metadata: Metadata) -> dict[str, Any]:
    """Every field that steers or describes, in one spelling; the tools' own bookkeeping fields are left out."""
    found: dict[str, Any] = {}
    for field, value in metadata.fields.items():
        if field in FREE or value in (None, "", [], {}, "UNKNOWN"):
            continue
        if field == "requires_dist":
            found[field] = {comparable(row) for row in metadata.get(field)}
        elif field == "description":
            found[field] = comparable_text(metadata.description)
        elif field == "requires_python":
            found[field] = ",".join(sorted(part.strip() for part in str(value).split(",")))
        elif field in ("name", "version"):
            continue
        elif field == "keywords" and isinstance(value, list):
            found[field] = sorted(
                word.strip() for row in value for word in re.split("[, ]", row) if word.strip()
            )
        elif isinstance(value, list):
            found[field] = sorted(map(str, value))
        else:
            found[field] = comparable_text(value) if isinstance(value, str) else value
    return found


def comparable_text(text: str) -> str:
    """Text without the line endings, trailing blanks and indentation that metadata formats add."""
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def same_fields(content: bytes, other: bytes) -> bool:
    """Whether two metadata files state the same, field for field."""
    left, right = parse(content), parse(other)
    if left.unparsed or right.unparsed:
        return content == other
    same_identity = (
        canonicalize_name(left.name) == canonicalize_name(right.name) and left.version == right.version
    )
    return same_identity and comparable_fields(left) == comparable_fields(right)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _shown(row: tuple[str, ...]) -> str:
    name, extras, specifier, url, marker = (*row, "", "", "", "")[:5]
    return f"{name}{f'[{extras}]' if extras else ''}{specifier}{f' @ {url}' if url else ''}{f' ({marker})' if marker else ''}"


RULE = Rule(
    name="distribution-metadata",
    proves="The file parses without remainder; name and version are the release's; dependencies, Requires-Python and "
    "extras are what the source's own configuration states. Where the build computes one of them, the release's other "
    "artifact states the same, and every dependency's name stands in a packaging file of the source.",
    leaves_free="Fields that only describe (summary, authors, classifiers, URLs, description) where the release has no "
    "second artifact to agree with, and the tools' own bookkeeping: Metadata-Version, Dynamic, Platform, "
    "License-File, Description-Content-Type.",
    sources=("PyPA specification: core metadata", "PEP 621", "setuptools: setup.cfg and setup() keywords"),
    explain=explain,
)
