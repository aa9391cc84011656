"""Distribution metadata in, its fields in one comparable spelling out, and what the source states for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Any

from packaging.utils import canonicalize_name

from provenance.compare.context import Context
from provenance.compare.explain.rule import once_per_context
from provenance.metadata import Metadata, parse, same_version
from provenance.tree import join

BOOKKEEPING = {
    "name", "version", "metadata_version", "dynamic", "license_files", "description_content_type", "platforms",
    "supported_platforms", "requires_dist", "provides_extra",
}  # fmt: skip
NOTHING: tuple[Any, ...] = (None, "", [], {}, "UNKNOWN")
LINKS = ("project_urls", "home_page", "download_url")
LICENCES = ("license", "license_expression")
COMPARED_WITH_SOURCE = (
    "summary",
    "keywords",
    "classifiers",
    "author",
    "author_email",
    "maintainer",
    "maintainer_email",
)


def comparable_fields(metadata: Metadata) -> dict[str, Any]:
    """Every field that is not compared by itself, in one spelling; the tools' own bookkeeping is left out."""
    fields = {field: value for field, value in metadata.fields.items() if field not in BOOKKEEPING}
    return _with_composites({field: value for field, value in fields.items() if value not in NOTHING})


def spoken_of(metadata: Metadata) -> set[str]:
    """Return the fields that describe by one value and are there, if only to say UNKNOWN."""
    names = {"licence" if field in LICENCES else field for field in metadata.fields if field not in LINKS}
    return names - BOOKKEEPING


def source_fields(context: Context) -> dict[str, Any]:
    """What the source's configuration states for fields that only describe."""
    wanted = (*COMPARED_WITH_SOURCE, *LICENCES, *(() if context.project.dynamic & set(LINKS) else LINKS))
    stated = {field: context.project.stated.get(field) for field in wanted}
    return _with_composites({field: value for field, value in stated.items() if value not in NOTHING})


def _with_composites(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields in comparable form, with all links as one set and the licence as one field: backends differ in both."""
    found = {
        field: _comparable(field, value) for field, value in fields.items() if field not in LINKS + LICENCES
    }
    links = [link for link in (fields.get("home_page"), fields.get("download_url")) if link not in NOTHING]
    links += dict(fields.get("project_urls") or {}).values()  # a label without an address is no absence
    if kept := sorted({str(link).rstrip("/") for link in links}):
        found["links"] = kept
    if licences := {" ".join(str(fields[field]).split()) for field in LICENCES if fields.get(field)}:
        found["licence"] = sorted(licences)
    return found


@once_per_context
def _readme_texts(context: Context) -> list[tuple[str, str]]:
    """Path and plain text of what a description can be made from: the stated readmes, and each in these folders."""
    folder, tree = context.project.folder, context.source_tree
    found: list[tuple[str, str]] = []
    if context.project.readmes:
        paths = [join(folder, name) for name in context.project.readmes]
        texts = [tree.text(path) for path in paths]
        if all(text is not None for text in texts):
            found.append((", ".join(paths), comparable_text("\n".join(text or "" for text in texts))))
    for place in dict.fromkeys((folder, "")):
        for entry in tree.under(place):
            below = entry.path.removeprefix(f"{place}/") if place else entry.path
            if (
                "/" not in below
                and entry.name.upper().startswith("README")
                and (text := tree.text(entry.path))
            ):
                found.append((entry.path, comparable_text(text)))
    return found


def traced_readme(metadata: Metadata, context: Context) -> str | None:
    """Return the path of the source text that the description was made from, None where there is none."""
    wanted = comparable_text(metadata.description)
    return next((path for path, text in _readme_texts(context) if text == wanted), None)


def is_readme_text(text: str, context: Context) -> bool:
    """Whether this is the text of a readme of the source."""
    return any(readme == comparable_text(text) for _, readme in _readme_texts(context))


def comparable_text(text: str) -> str:
    """Text without line endings' kind, trailing blanks and the indentation that metadata formats add."""
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def same_fields(content: bytes, other: bytes) -> bool:
    """Whether two metadata files state the same, field for field."""
    left, right = parse(content), parse(other)
    if left.unparsed or right.unparsed:
        return False
    lists = ("requires_dist", "provides_extra")
    return (
        canonicalize_name(left.name) == canonicalize_name(right.name)
        and same_version(left.version, right.version)
        and comparable_fields(left) == comparable_fields(right)
        and all(sorted(left.get(field) or ()) == sorted(right.get(field) or ()) for field in lists)
    )


def _decoded(text: str) -> str:
    """A header value that some backends write as RFC 2047 encoded words."""
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        return text


def _comparable(field: str, value: Any) -> Any:
    if field == "requires_python":
        return ",".join(sorted(part.strip() for part in str(value).split(",")))
    if field == "keywords":
        rows = value if isinstance(value, list | tuple) else [value]
        return sorted(word for row in rows for word in re.split(r"[,\s]+", str(row)) if word)
    if field in ("author", "author_email", "maintainer", "maintainer_email"):
        return sorted(" ".join(part.split()) for part in _decoded(str(value)).replace('"', "").split(","))
    if isinstance(value, list | tuple):
        return sorted({comparable_text(str(item)) for item in value})
    if isinstance(value, dict):
        return {str(key): str(text) for key, text in value.items()}
    return " ".join(str(value).split()) if field != "description" else comparable_text(str(value))
