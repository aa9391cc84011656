"""pdm.lock in, the releases and files that it locks out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provenance.model import LockedFile
from provenance.requirements.reading import packages, read_toml, tables, text_of
from provenance.requirements.required import (
    FROM_FOLDER,
    FROM_GIT,
    FROM_URL,
    Required,
    file_name,
    locked_file,
)

OBSTACLES = {"git": FROM_GIT, "hg": FROM_GIT, "svn": FROM_GIT, "url": FROM_URL, "path": FROM_FOLDER}


def read(path: Path) -> list[Required]:
    """Return every package. Raises UsageError."""
    document = read_toml(path)
    metadata = document.get("metadata")
    listed = metadata.get("files") if isinstance(metadata, dict) else None  # before version 4.4 of the format
    apart = listed if isinstance(listed, dict) else {}
    return [_required(row, where, apart) for row, where in packages(path, document, "package")]


def _required(row: Mapping[str, Any], where: str, apart: Mapping[str, Any]) -> Required:
    version = text_of(row, "version")
    obstacle = next((obstacle for kind, obstacle in OBSTACLES.items() if kind in row), "")
    files = row if row.get("files") else {"files": apart.get(f"{row['name']} {version}", [])}
    return Required(
        name=row["name"],
        where=where,
        text=f"{row['name']}=={version}" if version else row["name"],
        version=None if obstacle else version or None,
        files=tuple(_files(files)),
        obstacle=obstacle,
    )


def _files(row: Mapping[str, Any]) -> Iterator[LockedFile]:
    for file in tables(row, "files"):
        yield from locked_file(text_of(file, "hash"), file_name(text_of(file, "file", "url")) or None)
