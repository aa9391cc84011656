"""A source Tree and a path in, the git attributes of that file out, as gitattributes(5) defines them."""

from __future__ import annotations

import re
from functools import lru_cache

from provenance.tree import Tree, join, parent

Attributes = dict[str, str | bool]
Line = tuple[str, Attributes]


def attributes_of(tree: Tree, path: str) -> Attributes:
    """Return attribute -> True (set), False (unset) or its value; deeper files and later lines win."""
    folders = [""]
    for part in parent(path).split("/") if "/" in path else ():
        folders.append(join(folders[-1], part))
    found: Attributes = {}
    for folder in folders:
        text = tree.text(join(folder, ".gitattributes"))
        relative = path.removeprefix(f"{folder}/") if folder else path
        for pattern, attributes in _lines(text) if text else ():
            if _regex(pattern).fullmatch(relative):
                for name, value in attributes.items():
                    found[name] = value
    return {name: value for name, value in found.items() if value != "!"}


@lru_cache(maxsize=256)
def _lines(text: str) -> tuple[Line, ...]:
    lines = []
    for row in text.splitlines():
        parts = row.split()
        if len(parts) < 2 or parts[0].startswith(("#", "[attr]", "!")):
            continue
        lines.append((parts[0], _attributes(parts[1:])))
    return tuple(lines)


def _attributes(words: list[str]) -> Attributes:
    found: Attributes = {}
    for word in words:
        name, has_value, value = word.partition("=")
        if name == "binary":
            found |= {"diff": False, "merge": False, "text": False}
        elif has_value:
            found[name] = value
        elif name.startswith("-"):
            found[name[1:]] = False
        elif name.startswith("!"):
            found[name[1:]] = "!"
        else:
            found[name] = True
    return found


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    """A pattern as git matches it: without a slash against the file's name, else against the whole path."""
    pattern = pattern.strip('"')
    if "/" not in pattern.rstrip("/"):
        return re.compile("(?:.*/)?" + _glob(pattern))
    return re.compile(_glob(pattern.removeprefix("/")))


def _glob(pattern: str) -> str:
    out, place = [], 0
    tokens = {"**/": "(?:[^/]+/)*", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}
    while place < len(pattern):
        token = next((token for token in tokens if pattern.startswith(token, place)), None)
        end = pattern.find("]", place + 2) if pattern[place] == "[" else -1
        if token:
            out.append(tokens[token])
            place += len(token)
        elif end > 0:
            inner = pattern[place + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            out.append(f"[{'^' + inner[1:] if inner[0] in '!^' else inner}]")
            place = end + 1
        else:
            out.append(re.escape(pattern[place]))
            place += 1
    return "".join(out)
