"""A file's path in, its text or tables out; what cannot be read is a sentence that names the file and the line."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from provenance.errors import UsageError
from provenance.toml import parse_toml

MOST_BYTES = 64 << 20  # the largest lock files have some megabytes
HEADER = re.compile(r"^\[\[packages?\]\]", re.MULTILINE)


def read_text(path: Path, named_by: str = "") -> str:
    """Return a file's text. Raises UsageError, which says who named it."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError(f"{path} has more than {MOST_BYTES:,} bytes")
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not a text file in UTF-8") from error
    except OSError as error:
        by = f", which {named_by} names," if named_by else ""
        raise UsageError(f"{path}{by} cannot be read: {error.strerror or error}") from error


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file's tables. Raises UsageError, which says where it is broken."""
    try:
        return parse_toml(read_text(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not a TOML file: {error}") from error


def parse_json(text: str) -> dict[str, Any]:
    """Return a JSON object's members. Raises ValueError where it is none."""
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(document, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 # like all else that JSON can be
    return document


def packages(path: Path, document: Mapping[str, Any], key: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every package table of a lock file, and its place as `file:line`."""
    rows = document.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{path}: `{key}` is not a list of tables")
    for row, place in zip(rows, places(path, len(rows)), strict=True):
        if not isinstance(row.get("name"), str):
            raise UsageError(f"{place}: a package without a name")
        yield row, place


def places(path: Path, count: int) -> Sequence[str]:
    """Return where each of `count` package tables starts, as `file:line`; the file alone where that is not clear."""
    text = read_text(path)
    lines = [text.count("\n", 0, match.start()) + 1 for match in HEADER.finditer(text)]
    return [f"{path}:{line}" for line in lines] if len(lines) == count else [str(path)] * count


def tables(row: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the tables in a list, or one table as a list of one; anything else is none."""
    found = row.get(key, [])
    found = [found] if isinstance(found, dict) else found
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def text_of(row: Mapping[str, Any], *keys: str) -> str:
    """Return the first of the row's values that is text, "" without one."""
    return next((value for key in keys if isinstance(value := row.get(key), str)), "")
