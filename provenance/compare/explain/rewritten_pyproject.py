"""A pyproject.toml that a backend wrote again for the sdist: the same document, at most with the version filled in."""

from __future__ import annotations

import tomllib
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.metadata import same_version
from provenance.model import Evidence, Explanation
from provenance.toml import parse_toml
from provenance.tree import Entry


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Compare both as TOML documents, the source's with the version that pdm fills in."""
    if context.subject.kind != "sdist" or entry.path != "pyproject.toml":
        return None
    counterpart = context.counterpart(entry.path)
    if counterpart is None:
        return None
    own, original = (
        _document(context.tree.text(entry.path)),
        _document(context.source_tree.text(counterpart.path)),
    )
    if own is None or original is None:
        return None
    if _comparable(own) == _comparable(original):
        reason = "the same TOML document as the source's, written again"
        return proof(RULE.name, Evidence.REPRODUCED, reason, counterpart.path)
    if "pdm" in context.project.backend and _comparable(own) in _filled_in(own, original, context.version):
        reason = "the source's TOML document with the release's version filled in"
        return proof(RULE.name, Evidence.REPRODUCED, reason, counterpart.path)
    return None


def _filled_in(own: dict[str, Any], original: dict[str, Any], version: str) -> list[Any]:
    """The source's document as pdm writes it: version stated, no longer dynamic, its recipe kept or dropped."""
    project, stated = dict(original.get("project", {})), own.get("project", {}).get("version")
    if not isinstance(stated, str) or not same_version(stated, version) or "version" in project:
        return []
    project["version"] = stated
    project["dynamic"] = [field for field in project.get("dynamic", ()) if field != "version"]
    kept = {**original, "project": project}
    tool = dict(original.get("tool", {}))
    tool["pdm"] = {key: value for key, value in dict(tool.get("pdm", {})).items() if key != "version"}
    tool_without = {key: value for key, value in tool.items() if value or key != "pdm"}
    return [_comparable(kept), *(_comparable({**kept, "tool": each}) for each in (tool, tool_without))]


def _document(text: str | None) -> dict[str, Any] | None:
    try:
        return None if text is None else parse_toml(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _comparable(value: Any) -> Any:
    """A value in a form in which equal means equal: types count, the order of keys does not."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if not (key == "dynamic" and item == [])}
        return ("table", tuple(sorted((key, _comparable(item)) for key, item in kept.items())))
    if isinstance(value, list):
        return ("array", tuple(_comparable(item) for item in value))
    return (type(value).__name__, repr(value))


RULE = Rule(
    name="rewritten-pyproject",
    proves="Read as TOML, the sdist's pyproject.toml is the source's, key for key and value for value. Where the "
    "backend is pdm's, the release's version may be filled in and no longer be listed as dynamic.",
    leaves_free="Comments, blanks, quotes and the order of keys, which TOML gives no meaning.",
    sources=("TOML 1.0", "pdm-backend: the sdist's pyproject.toml", "uv_build: the rewritten pyproject.toml"),
    explain=explain,
)
