"""Pipfile.lock in, the releases and digests that it locks out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from provenance.errors import UsageError
from provenance.requirements.reading import parse_json, read_text, tables, text_of
from provenance.requirements.required import (
    FROM_FILE,
    FROM_FOLDER,
    FROM_GIT,
    Required,
    locked_file,
)

OBSTACLES = {"git": FROM_GIT, "hg": FROM_GIT, "path": FROM_FOLDER, "file": FROM_FILE}


def read(path: Path) -> list[Required]:
    """Return every package of every category (`default`, `develop`, …). Raises UsageError."""
    text = read_text(path)
    try:
        document = parse_json(text)
    except ValueError as error:
        raise UsageError(f"{path} is not a Pipfile.lock: {error}") from error
    if not isinstance(document.get("_meta"), dict):
        raise UsageError(f"{path} is not a Pipfile.lock: it has no table `_meta`")
    indexes = {text_of(row, "name"): text_of(row, "url") for row in tables(document["_meta"], "sources")}
    categories = [
        rows for name, rows in document.items() if not name.startswith("_") and isinstance(rows, dict)
    ]
    return [
        _required(name, row, f"{path}:{_line(text, name)}", indexes)
        for rows in categories
        for name, row in rows.items()
        if isinstance(row, dict)
    ]


def _required(name: str, row: Mapping[str, Any], where: str, indexes: Mapping[str, str]) -> Required:
    version = text_of(row, "version")
    exact = re.fullmatch(r"===?\s*([^*,\s]+)", version)
    hashes = row.get("hashes")
    return Required(
        name=name,
        where=where,
        text=f"{name}{version}",
        version=exact[1] if exact else None,
        specifier="" if version == "*" else version,
        files=tuple(
            file for each in (hashes if isinstance(hashes, list) else []) for file in locked_file(str(each))
        ),
        index=indexes.get(text_of(row, "index")) or next(iter(indexes.values()), None),
        obstacle=next((obstacle for kind, obstacle in OBSTACLES.items() if kind in row), ""),
    )


def _line(text: str, name: str) -> int:
    """The number of the line that first has this name as a key; 1 where it is spelled in another way."""
    match = re.search(rf'^\s*"{re.escape(name)}"\s*:', text, re.MULTILINE)
    return text.count("\n", 0, match.end()) + 1 if match else 1
