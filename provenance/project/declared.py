"""Packaging files in, every requirement and extra that they name where requirements belong out.

What a build computes cannot be read statically; but whatever it computes is made from words that stand there.
"""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name

from provenance.ini import IniError, read_ini
from provenance.project.static import parse_module

ABOUT = re.compile(r"^(?!.*python).*(requir|depend|deps|extra|optional)", re.IGNORECASE)
ABOUT_EXTRAS = re.compile(r"extra|optional", re.IGNORECASE)

APART = re.compile(r"test|dev|doc|lint|example|(?:^|[/._-])ci[/._-]", re.IGNORECASE)


@dataclass(frozen=True)
class Declared:
    """Requirement texts, those below an extra apart; extras' names and the conditions in them (`name:condition`).

    `listed` are lines of requirement lists, which hold other things too, `apart` those of lists for tests and the like.
    """

    requirements: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()


def read_declared(
    document: Mapping[str, Any], configs: list[str], modules: list[str], lists: Mapping[str, str]
) -> Declared:
    """Collect from pyproject.toml's document, INI texts, Python modules' texts and requirement lists by their paths."""
    pairs = [*_from_document(document), *(pair for text in configs for pair in _from_config(text))]
    pairs += [pair for text in modules for pair in _from_module(text)]
    found = {kind: {text.strip() for each, text in pairs if each == kind} - {""} for kind in KINDS}
    return Declared(
        requirements=frozenset(found["requirement"]),
        optional=frozenset(found["optional"]),
        listed=frozenset(line for path in lists if not APART.search(path) for line in _lines(lists[path])),
        apart=frozenset(line for path in lists if APART.search(path) for line in _lines(lists[path])),
        extras=frozenset(
            canonicalize_name(name) for key in found["extra"] if (name := key.partition(":")[0])
        ),
        conditions=frozenset(marker for key in found["extra"] if (marker := key.partition(":")[2])),
    )


KINDS = ("requirement", "optional", "extra")
Pair = tuple[str, str]


def _from_document(document: Mapping[str, Any]) -> Iterator[Pair]:
    kept = {key: value for key, value in document.items() if key != "build-system"}
    yield from _from_value(kept, kind="", is_extra=False)


def _from_value(value: Any, *, kind: str, is_extra: bool) -> Iterator[Pair]:
    """Texts below keys that are about requirements; a table of them has the names for keys, as Poetry's has."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if is_extra:
                yield "extra", str(key)
            elif kind:
                yield kind, str(key)
            is_about = ABOUT.search(str(key)) is not None
            extra = not kind and ABOUT_EXTRAS.search(str(key)) is not None
            below = kind or ("optional" if extra else "requirement" if is_about else "")
            yield from _from_value(item, kind=below, is_extra=extra)
    elif isinstance(value, list):
        for item in value:
            yield from _from_value(item, kind=kind, is_extra=False)
    elif isinstance(value, str) and kind:
        yield kind, value


def _from_config(text: str) -> Iterator[Pair]:
    lenient = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="\0")
    try:
        config = read_ini(text, lenient)
    except IniError:
        return
    for section in config.sections():
        is_extras = section in ("options.extras_require", "extras")
        for key, value in config.items(section):
            if is_extras:
                yield "extra", key
            if (is_extras or ABOUT.search(key)) and key != "setup_requires":
                kind = "optional" if is_extras and key.partition(":")[0] else "requirement"
                yield from ((kind, line) for line in _lines(value or ""))


def _from_module(text: str) -> Iterator[Pair]:
    """Plain texts in values that are bound to, passed as, or stored under a name about requirements."""
    module = parse_module(text)
    for node in ast.walk(module) if module else ():
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from (pair for target in targets for pair in _assigned(target, value))
            case (
                ast.AugAssign(target=target, value=value)
                | ast.AnnAssign(target=target, value=ast.expr() as value)
            ):
                yield from _assigned(target, value)
            case ast.keyword(arg=str(name), value=value):
                yield from _texts_of(name, value)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr=("append" | "extend" | "insert")), args=args
            ):
                yield from (pair for value in args for pair in _texts_of(name, value))
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield from _texts_of(key.value, value)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[Pair]:
    match target:
        case ast.Name(id=name):
            yield from _texts_of(name, value)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
            yield from _texts_of(f"{name} {key}", value)
            if ABOUT_EXTRAS.search(name):
                yield "extra", key


def _texts_of(name: str, value: ast.expr) -> Iterator[Pair]:
    """Texts in the value of a name; in a table of extras those below `:condition` are asked for without an extra."""
    if not ABOUT.search(name):
        return
    is_extras = ABOUT_EXTRAS.search(name) is not None
    unasked: set[ast.AST] = set()
    for node in ast.walk(value):
        if isinstance(node, ast.Dict) and is_extras:
            for key, below in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield "extra", key.value
                    unasked |= set(ast.walk(below)) if key.value.startswith(":") else set()
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            kind = "optional" if is_extras and ":" not in name and node not in unasked else "requirement"
            yield from ((kind, line) for line in _lines(node.value))


def _lines(text: str) -> list[str]:
    rows = (re.split(r"(?:^|\s)#", line)[0].strip() for line in text.splitlines())
    return [row for row in rows if row and not row.startswith("-")]
