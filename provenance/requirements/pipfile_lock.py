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

KEY = re.compile(r'\s*"([^"\\]*)"\s*:')  # a name that is spelled with escapes is said to be in line 1
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
    lines = _lines(text)
    return [
        _required(name, row, f"{path}:{lines.get(name, 1)}", indexes)
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


def _lines(text: str) -> Mapping[str, int]:
    """The number of the line that first has a name as a key, by name."""
    numbers: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if match := KEY.match(line):
            numbers.setdefault(match[1], number)
    return numbers
