"""A TOML document's text in, its tables out: bounded where tomllib takes a time that grows with the square."""

from __future__ import annotations

import tomllib
from typing import Any

LONGEST = 16 << 20  # characters
MOST_DOTS = 500  # in one line: every part of a dotted key is looked up from the document's top again


def parse_toml(text: str) -> dict[str, Any]:
    """Return a document's tables; raises TOMLDecodeError also where it is too long, RecursionError where too deep."""
    if len(text) > LONGEST or any(line.count(".") > MOST_DOTS for line in text.split("\n")):
        raise tomllib.TOMLDecodeError("too long, or a key with too many parts")
    return tomllib.loads(text)
