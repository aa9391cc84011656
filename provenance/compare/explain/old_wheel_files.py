"""metadata.json and DESCRIPTION.rst, which wheel up to 0.29 wrote beside METADATA: the same facts a second time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.described import comparable_text, is_readme_text
from provenance.compare.explain.rule import Rule, contradiction, once_per_context, open_question, proof
from provenance.model import Evidence, Explanation
from provenance.tree import Entry

OWN_WORDS = {"author", "maintainer", "2.0", "DESCRIPTION.rst", "UNKNOWN"}


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Look every text of metadata.json up in the wheel's other metadata; compare the description with METADATA's."""
    info = context.subject.dist_info
    if info is None or entry.path not in (f"{info}/metadata.json", f"{info}/DESCRIPTION.rst"):
        return None
    text = context.tree.text(entry.path)
    if text is None:
        return None
    return _metadata_json(text, context) if entry.name == "metadata.json" else _description(text, context)


def _description(text: str, context: Context) -> Explanation | None:
    wanted = comparable_text(text)
    subjects = (context.subject, *context.siblings)
    stated = any(comparable_text(subject.metadata.description) == wanted for subject in subjects)
    if stated or is_readme_text(text, context) or wanted == "UNKNOWN":
        return proof(RULE.name, Evidence.CONSISTENT, "the description, a second time")
    return None


def _metadata_json(text: str, context: Context) -> Explanation | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return contradiction(RULE.name, "metadata.json is not JSON")
    if not isinstance(document, dict):
        return contradiction(RULE.name, "metadata.json is not a table")
    if json.dumps(document) != text:
        return contradiction(RULE.name, "metadata.json is not laid out as wheel writes it")
    if (document.get("name"), document.get("version")) != (
        context.subject.metadata.name,
        context.subject.metadata.version,
    ):
        return contradiction(RULE.name, "metadata.json states another name or version than METADATA")
    known = _known_text(context)
    unknown = [leaf for leaf in _leaves(document) if leaf not in OWN_WORDS and _plain(leaf) not in known]
    if unknown:
        return open_question(
            RULE.name, f"metadata.json holds {unknown[0][:80]!r}, which the wheel states nowhere else"
        )
    return proof(RULE.name, Evidence.CONSISTENT, "states what METADATA and entry_points.txt state")


@once_per_context
def _known_text(context: Context) -> str:
    """The wheel's other metadata and the source's packaging files, as one text without blanks."""
    info = context.subject.dist_info
    names = ("METADATA", "WHEEL", "entry_points.txt", "top_level.txt")
    texts = [context.tree.text(f"{info}/{name}") or "" for name in names]
    return _plain("\n".join([*texts, context.project.texts, *context.tree.entries]))


def _leaves(value: Any) -> Iterator[str]:
    """Every text of a JSON value, its keys too where they are not the format's own words."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not re.fullmatch(r"(python\.)?[a-z_]+", key):
                yield key
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)


def _plain(text: str) -> str:
    return re.sub(r"[\s'\"()]+", "", text)


RULE = Rule(
    name="old-wheel-files",
    proves="DESCRIPTION.rst is the description that METADATA, the sdist or the source's readme has; every text in "
    "metadata.json stands in the wheel's other metadata or in the source's packaging files, under the same name and "
    "version.",
    leaves_free="Which of these texts stands under which key of metadata.json, a file that no installer reads.",
    sources=("wheel up to 0.29: bdist_wheel", "PEP 426 (withdrawn): metadata 2.0"),
    explain=explain,
)
