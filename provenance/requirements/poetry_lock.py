"""poetry.lock in, the releases and files that it locks out."""

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
    locked_file,
)

OBSTACLES = {"git": FROM_GIT, "url": FROM_URL, "file": FROM_FILE, "directory": FROM_FOLDER}


def read(path: Path) -> list[Required]:
    """Return every package. Raises UsageError."""
    document = read_toml(path)
    metadata = document.get("metadata")
    listed = metadata.get("files") if isinstance(metadata, dict) else None  # before version 2.0 of the format
    apart = listed if isinstance(listed, dict) else {}
    return [_required(row, where, apart) for row, where in packages(path, document, "package")]


def _required(row: Mapping[str, Any], where: str, apart: Mapping[str, Any]) -> Required:
    source = row.get("source")
    source = source if isinstance(source, dict) else {}
    version = text_of(row, "version")
    obstacle = OBSTACLES.get(text_of(source, "type"), "")
    return Required(
        name=row["name"],
        where=where,
        text=f"{row['name']}=={version}" if version else row["name"],
        version=None if obstacle else version or None,
        files=tuple(_files(row if row.get("files") else {"files": apart.get(row["name"], [])})),
        index=text_of(source, "url") if text_of(source, "type") == "legacy" else None,
        obstacle=obstacle,
    )


def _files(row: Mapping[str, Any]) -> Iterator[LockedFile]:
    for file in tables(row, "files"):
        yield from locked_file(text_of(file, "hash"), text_of(file, "file") or None)
