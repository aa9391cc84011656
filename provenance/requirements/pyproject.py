"""pyproject.toml in, what the project asks for out: dependencies, extras and dependency groups (PEP 621, 735)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.dependency_groups import resolve_dependency_groups
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from provenance.errors import UsageError
from provenance.metadata import parse_requirement
from provenance.requirements.reading import read_text, read_toml
from provenance.requirements.required import Required, from_requirement


def read(path: Path) -> list[Required]:
    """Return every dependency, of every extra and group too, but for the project's own extras. Raises UsageError."""
    document = read_toml(path)
    project = document.get("project")
    project = project if isinstance(project, dict) else {}
    if not project and "dependency-groups" not in document:
        raise UsageError(
            f"{path} has neither [project] nor [dependency-groups]",
            hint="give the lock file that belongs to it instead",
        )
    if "dependencies" in (dynamic := project.get("dynamic") or []):
        raise UsageError(
            f"{path} leaves the dependencies to the build (dynamic = {dynamic})",
            hint="give a lock file instead",
        )
    text, own = read_text(path), canonicalize_name(str(project.get("name", "")))
    rows = dict.fromkeys([*_declared(path, project), *_grouped(path, document)])
    found = [from_requirement(_parsed(path, text, row), _place(path, text, row)) for row in rows]
    return [required for required in found if required.name != own]


def _declared(path: Path, project: Mapping[str, Any]) -> Iterator[str]:
    extras = project.get("optional-dependencies", {})
    for rows in (project.get("dependencies", []), *(extras.values() if isinstance(extras, dict) else ())):
        if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
            raise UsageError(f"{path}: dependencies are not a list of texts")
        yield from rows


def _grouped(path: Path, document: Mapping[str, Any]) -> Iterator[str]:
    groups = document.get("dependency-groups", {})
    try:
        yield from resolve_dependency_groups(groups, *groups)
    except (ValueError, TypeError, AttributeError, LookupError, ExceptionGroup) as error:
        raise UsageError(f"{path}: [dependency-groups] cannot be read: {error}") from error


def _parsed(path: Path, text: str, row: str) -> Requirement:
    try:
        return parse_requirement(row)
    except InvalidRequirement as error:
        raise UsageError(f"{_place(path, text, row)}: `{row}` is not a requirement") from error


def _place(path: Path, text: str, row: str) -> str:
    """The line that has this text in quotation marks, or at least the file."""
    match = re.search(rf"""["']{re.escape(row)}["']""", text)
    return f"{path}:{text.count(chr(10), 0, match.start()) + 1}" if match else str(path)
