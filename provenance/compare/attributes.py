"""A source Tree and a path in, the git attributes of that file out, as gitattributes(5) defines them."""

from __future__ import annotations

import re
from functools import lru_cache

from provenance.tree import Tree, join, parent

Attributes = dict[str, str | bool]
Line = tuple[str, Attributes]

ROW = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|(\S+))\s+(.*)')
MOST_STARS = 8  # of a pattern with `**`; one with more is taken to match nothing
NOTHING = re.compile(r"(?!)")


def attributes_of(tree: Tree, path: str) -> Attributes:
    """Return attribute -> True (set), False (unset) or its value; deeper files and later lines win."""
    folders = [""]
    for part in parent(path).split("/") if "/" in path else ():
        folders.append(join(folders[-1], part))
    found: Attributes = {}
    macros = tree.text(".gitattributes") or ""
    for folder in folders:
        place = join(folder, ".gitattributes")
        text = tree.text(place) if place in tree else None
        relative = path.removeprefix(f"{folder}/") if folder else path
        for pattern, attributes in _lines(text, macros) if text else ():
            if _regex(pattern).fullmatch(relative):
                for name, value in attributes.items():
                    found[name] = value
    return {name: value for name, value in found.items() if value != "!"}


@lru_cache(maxsize=256)
def _lines(text: str, macros: str) -> tuple[Line, ...]:
    lines = []
    known = _macros(macros)
    for row in text.splitlines():
        match = ROW.fullmatch(row.strip())
        if match is None or row.lstrip().startswith(("#", "[attr]", "!")):
            continue
        pattern = match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1])
        lines.append((pattern, _attributes(match[3].split(), known)))
    return tuple(lines)


@lru_cache(maxsize=16)
def _macros(text: str) -> dict[str, Attributes]:
    """What `[attr]` lines of the root's file define, and git's own `binary`."""
    known: dict[str, Attributes] = {"binary": {"diff": False, "merge": False, "text": False}}
    for row in text.splitlines():
        if row.startswith("[attr]") and (words := row.removeprefix("[attr]").split()):
            known[words[0]] = _attributes(words[1:], known)
    return known


def _attributes(words: list[str], macros: dict[str, Attributes]) -> Attributes:
    found: Attributes = {}
    for word in words:
        name, has_value, value = word.partition("=")
        if has_value:
            found[name] = value
        elif name.startswith("-"):
            found[name[1:]] = False
        elif name.startswith("!"):
            found[name[1:]] = "!"
        else:
            found |= {**macros.get(name, {}), name: True}
    return found


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    """A pattern as git matches it: without a slash against the file's name, else against the whole path."""
    if "**" in pattern and pattern.count("*") > MOST_STARS:
        return NOTHING
    start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    try:
        return re.compile(start + _glob(pattern.removeprefix("/")), re.DOTALL)
    except re.error:
        return NOTHING


def _glob(pattern: str) -> str:
    """A glob as a regular expression; between single stars each part is taken where it first fits, which suffices."""
    if "**" in pattern:
        return _part(pattern)
    first, *parts = pattern.split("*")
    inner = "".join(f"(?>[^/]*?{_part(part)})" for part in parts[:-1])
    return _part(first) + inner + (f"[^/]*{_part(parts[-1])}" if parts else "")


def _part(pattern: str) -> str:
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
