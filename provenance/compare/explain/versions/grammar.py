"""Python text in, whether it is nothing but constants that state this release's version and commit out."""

from __future__ import annotations

import ast
import re

from provenance.compare.explain.versions.facts import Facts, Part
from provenance.project.static import parse_module

LONGEST, LONGEST_DOCSTRING = 20_000, 500
COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
VERSIONS = {"version", "full_version", "version_string", "version_text"}
SHORT_VERSIONS = {"short_version", "base_version", "public_version"}
TUPLES = {"version_tuple", "version_info"}
COMMITS = {
    "commit_id",
    "commit",
    "git_commit",
    "git_revision",
    "git_version",
    "git_hash",
    "revision",
    "commit_hash",
}
NUMBERS = {"major": 0, "minor": 1, "micro": 2, "patch": 2}
COUNTS = {"commit_count"}
FLAGS = {"release", "dirty"}
NAMES = VERSIONS | SHORT_VERSIONS | TUPLES | COMMITS | COUNTS | FLAGS | NUMBERS.keys()

# Statements that generators write besides constants; each may stand only as it is written here.
STATEMENTS = """
from __future__ import annotations
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Tuple
if TYPE_CHECKING:
    from typing import Tuple, Union
    VERSION_TUPLE = Tuple[Union[int, str], ...]
else:
    VERSION_TUPLE = object
if TYPE_CHECKING:
    from typing import Tuple
    from typing import Union
    VERSION_TUPLE = Tuple[Union[int, str], ...]
else:
    VERSION_TUPLE = object
if TYPE_CHECKING:
    from typing import Tuple
    from typing import Union
    VERSION_TUPLE = Tuple[Union[int, str], ...]
    COMMIT_ID = Union[str, None]
else:
    VERSION_TUPLE = object
    COMMIT_ID = object
release = 'dev' not in version and '+' not in version
short_version = version.split('+')[0]
if not release:
    version = full_version
"""
ANNOTATIONS = """
str
bool
tuple
VERSION_TUPLE
COMMIT_ID
str | None
tuple[int, int, int]
tuple[int | str, ...]
'tuple[int | str, ...]'
"""
KNOWN_STATEMENTS = frozenset(ast.dump(node) for node in ast.parse(STATEMENTS).body)
KNOWN_ANNOTATIONS = frozenset(
    ast.dump(node.value) for node in ast.parse(ANNOTATIONS).body if isinstance(node, ast.Expr)
)


def states_only(text: str, facts: Facts) -> bool:
    """Whether text is a module of constants, each the version or the commit, and at least one the version."""
    if len(text) > LONGEST or not text.isascii() or "\\" in text or not _is_utf8(text):
        return False
    module = parse_module(text)
    if module is None or not module.body:
        return False
    first, names = module.body[0], _Names(facts)
    body = module.body[1:] if _is_docstring(first) else module.body
    return all(map(names.allows, body)) and names.states_version and names.exported <= names.bound.keys()


def _is_utf8(text: str) -> bool:
    """Whether no comment in the first two lines asks Python to read the file in another encoding."""
    cookies = [match[1] for line in text.split("\n")[:2] if (match := COOKIE.match(line))]
    return all(cookie.lower() in ("utf-8", "utf8", "ascii") for cookie in cookies)


def _is_docstring(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return len(text) <= LONGEST_DOCSTRING
    return False


class _Names:
    """The names bound so far, each to its constant."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.bound: dict[str, ast.expr] = {}
        self.exported: set[str] = set()
        self.states_version = False

    def allows(self, node: ast.stmt) -> bool:
        """Whether the statement is one that a version file may hold."""
        if ast.dump(node) in KNOWN_STATEMENTS:
            return True
        match node:
            case ast.Assign(
                targets=[ast.Name(id="__all__")], value=ast.List(elts=items) | ast.Tuple(elts=items)
            ):
                return self._exports(items)
            case ast.Assign(targets=targets, value=value):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                return len(names) == len(targets) and all(self._binds(name, value) for name in names)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=None):
                return ast.dump(annotation) in KNOWN_ANNOTATIONS and _usual(name) is not None
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                return ast.dump(annotation) in KNOWN_ANNOTATIONS and self._binds(name, value)
        return False

    def _exports(self, items: list[ast.expr]) -> bool:
        names = [
            item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)
        ]
        self.exported |= set(names)
        return len(names) == len(items)

    def _binds(self, name: str, value: ast.expr) -> bool:
        """Whether name may stand for value; another name stands for what it was bound to before."""
        if isinstance(value, ast.Name):
            if value.id not in self.bound:
                return False
            value = self.bound[value.id]
        self.bound[name] = value
        usual = _usual(name)
        return usual is not None and self._holds(usual, value)

    def _holds(self, name: str, value: ast.expr) -> bool:
        match value:
            case ast.Constant(value=str(text)) if name in COUNTS:
                return re.fullmatch(r"[0-9]{1,7}", text) is not None
            case ast.Constant(value=str(text)):
                return self._is_stated(name, text)
            case ast.Constant(value=None):
                return name in COMMITS
            case ast.Constant(value=bool(flag)):
                return (name == "release" and flag == self._facts.is_final) or (name == "dirty" and not flag)
            case ast.Constant(value=int(number)):
                return self._is_number(name, number)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return name in TUPLES | VERSIONS and self._facts.is_tuple(_parts(items))
        return False

    def _is_stated(self, name: str, text: str) -> bool:
        """Whether a text is the version, or under a name that says so a part of it or the commit."""
        if name in COMMITS:
            return text == "" or self._facts.is_commit(text) or self._facts.is_version(text)
        if name in VERSIONS and self._facts.is_version(text):
            self.states_version = True
            return True
        return name in SHORT_VERSIONS and self._facts.is_short_version(text)

    def _is_number(self, name: str, number: int) -> bool:
        place, version = NUMBERS.get(name), self._facts.parsed
        if place is None or version is None:
            return name in COUNTS and 0 <= number < 10_000_000
        return number == (*version.release, 0, 0, 0)[place]


def _usual(name: str) -> str | None:
    """The usual name that this is, in lower case and without underscores around it; None where it is none."""
    plain = name.removeprefix("__").removesuffix("__") if name.startswith("__") else name.removeprefix("_")
    spelled = name in (plain, f"_{plain}", f"__{plain}__")
    usual = plain if plain.islower() else plain.lower() if plain.isupper() else ""
    return usual if spelled and usual in NAMES else None


def _parts(items: list[ast.expr]) -> tuple[Part, ...]:
    """The constants of a tuple; one that is no text or number makes it fit nothing."""
    parts = [item.value if isinstance(item, ast.Constant) else None for item in items]
    return tuple(part if isinstance(part, str | int) else "\0" for part in parts)
