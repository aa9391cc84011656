"""Minified JavaScript and style sheets, and their source maps: recognized by form and by the file they come from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, open_question
from provenance.model import Explanation
from provenance.tree import REGULAR, Entry, join

NAME = re.compile(r"(.+)\.min\.(js|css|mjs)(\.map)?")
MAPPINGS = re.compile(r"[A-Za-z0-9+/,;]*")
WORD = re.compile(rb"[\w$]{4,}")
SHORTEST_LINE = 200  # characters of an average line in minified code
LARGEST = 8 << 20  # bytes


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Look for the readable file of the same name in the commit, and compare the words that minifying keeps."""
    match = NAME.fullmatch(entry.name)
    if match is None or entry.mode != REGULAR or context.counterpart(entry.path) is not None:
        return None
    origin = next(_origins(entry, f"{match[1]}.{match[2]}", context), None)
    content = context.tree.load(entry.blob) if origin else None
    if origin is None or content is None or len(content) > LARGEST:
        return None
    if match[3]:
        is_known = _is_map(content, f"{match[1]}.{match[2]}")
    else:
        is_known = _is_minified(content, context.source_tree.read(origin) or b"")
    if not is_known:
        return None
    return open_question(
        RULE.name, f"claims to be {origin}, minified; only running the minifier would prove it", origin
    )


def _origins(entry: Entry, name: str, context: Context) -> Iterator[str]:
    """The readable file, beside the minified one."""
    found = context.counterpart(join(entry.path.rpartition("/")[0], name))
    if found is not None:
        yield found.path


def _is_minified(content: bytes, original: bytes) -> bool:
    """Whether lines are long, and every longer word stands in the readable file too."""
    lines = content.strip().count(b"\n") + 1
    if b"\0" in content or not original or len(content) < lines * SHORTEST_LINE:
        return False
    words = set(WORD.findall(content))
    return bool(words) and words <= set(WORD.findall(original))


def _is_map(content: bytes, name: str) -> bool:
    """A source map, version 3, of the readable file alone."""
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return False
    keys = {"version", "file", "sources", "names", "mappings", "sourcesContent", "sourceRoot"}
    if not isinstance(document, dict) or not document.keys() <= keys or document.get("version") != 3:
        return False
    sources, mappings = document.get("sources"), document.get("mappings")
    is_of_it = isinstance(sources, list) and [str(path).rpartition("/")[2] for path in sources] == [name]
    return is_of_it and isinstance(mappings, str) and MAPPINGS.fullmatch(mappings) is not None


RULE = Rule(
    name="minified-scripts",
    proves="Nothing: the file is recognized as minified code by its long lines and by the readable file of its name "
    "beside it in the commit, which holds every longer word of it; or as the source map of that file.",
    leaves_free="What the minified code does with these words.",
    sources=("ECMA-426: source map", "terser, uglify-js"),
    explain=explain,
)
