"""uv.lock in, the releases and files that it locks out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance.model import LockedFile
from provenance.requirements.reading import packages, read_toml, tables, text_of
from provenance.requirements.required import (
    FROM_FILE,
    FROM_FOLDER,
    FROM_GIT,
    FROM_URL,
    Required,
    file_name,
    locked_file,
)

OBSTACLES = {
    "git": FROM_GIT,
    "url": FROM_URL,
    "path": FROM_FILE,
    "directory": FROM_FOLDER,
    "editable": FROM_FOLDER,
    "virtual": FROM_FOLDER,
}


def read(path: Path) -> list[Required]:
    """Return every package but the project itself and the members of its workspace. Raises UsageError."""
    document = read_toml(path)
    manifest = document.get("manifest")
    stated = manifest.get("members") if isinstance(manifest, dict) else None
    members = stated if isinstance(stated, list) else []
    return [
        _required(row, where)
        for row, where in packages(path, document, "package")
        if row["name"] not in members and not _is_project(_source(row))
    ]


def _required(row: Mapping[str, Any], where: str) -> Required:
    source = _source(row)
    version = text_of(row, "version")
    registry = text_of(source, "registry")
    obstacle = next((obstacle for kind, obstacle in OBSTACLES.items() if kind in source), "")
    return Required(
        name=row["name"],
        where=where,
        text=f"{row['name']}=={version}" if version else row["name"],
        version=None if obstacle else version or None,
        files=tuple(_files(row)),
        index=registry if "://" in registry else None,
        obstacle=obstacle,
    )


def _files(row: Mapping[str, Any]) -> Iterator[LockedFile]:
    for file in (*tables(row, "sdist"), *tables(row, "wheels")):
        yield from locked_file(text_of(file, "hash"), file_name(text_of(file, "filename", "url", "path")))


def _source(row: Mapping[str, Any]) -> Mapping[str, Any]:
    source = row.get("source")
    return source if isinstance(source, dict) else {}


def _is_project(source: Mapping[str, Any]) -> bool:
    return text_of(source, "virtual", "editable") == "."
