"""A source text and an artifact's text in, whether they differ in one literal that is now the version out."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import Any

from packaging.version import Version

from provenance.compare.explain.versions.facts import Facts
from provenance.project.static import parse_module
from provenance.toml import parse_toml

LINE = re.compile(
    r"(?P<head>(?P<name>[A-Za-z_]+)(?:[ \t]*:[ \t]*str)?[ \t]*=[ \t]*)(?P<quote>['\"])"
    r"(?P<text>[^'\"\\\n]*)(?P=quote)(?P<tail>[ \t]*(?:#[^\n]*)?)"
)
VERSION_NAME = re.compile(r"_*version_*", re.IGNORECASE)
PLACEHOLDER = re.compile(
    r"|unknown|git|dev|develop|development|local|main|master|head|placeholder|[{}@$%_]*(?:project_)?version[{}@$%_]*",
    re.IGNORECASE | re.ASCII,
)


def stamped(content: str, original: str, filename: str, facts: Facts) -> bool:
    """Whether content is the original but for one version literal, at the top level of its module or table."""
    ours, theirs = content.split("\n"), original.split("\n")
    if len(ours) != len(theirs):
        return False
    differing = [place for place, line in enumerate(ours) if line != theirs[place]]
    if len(differing) != 1:
        return False
    place = differing[0]
    new, old = LINE.fullmatch(ours[place]), LINE.fullmatch(theirs[place])
    if new is None or old is None or (new["head"], new["tail"]) != (old["head"], old["tail"]):
        return False
    if new["text"] not in facts.spellings or not _may_be_replaced(new["name"], old["text"]):
        return False
    if filename == "pyproject.toml":
        return _is_project_version(content, original)
    return filename.endswith((".py", ".pyi")) and _is_top_level(content, place + 1, new["text"])


def _may_be_replaced(name: str, old: str) -> bool:
    """Whether this literal states the module's own version: `__version__`, or a placeholder under a name like it."""
    if not VERSION_NAME.fullmatch(name):
        return False
    try:
        return not any(Version(old).release) or name == "__version__"
    except ValueError:  # not a version, or numbers too long to be read
        return PLACEHOLDER.fullmatch(old) is not None


def _is_top_level(content: str, line: int, text: str) -> bool:
    """Whether the line is a statement of the module itself and not part of a longer text."""
    module = parse_module(content)
    for node in module.body if module else ():
        match node:
            case ast.Assign(value=ast.Constant(value=value)) | ast.AnnAssign(value=ast.Constant(value=value)):
                if (node.lineno, node.end_lineno) == (line, line) and value == text:
                    return True
    return False


def _is_project_version(content: str, original: str) -> bool:
    """Whether only the version of [project] or [tool.poetry] differs."""
    try:
        ours, theirs = parse_toml(content), parse_toml(original)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return _without_version(ours) == _without_version(theirs)


def _without_version(document: dict[str, Any]) -> dict[str, Any]:
    tools = document.get("tool")
    for table in (document.get("project"), tools.get("poetry") if isinstance(tools, dict) else None):
        if isinstance(table, dict):
            table.pop("version", None)
    return document
