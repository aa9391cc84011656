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

from provenance.project.static import parse_module

ABOUT = re.compile(r"^(?!.*python).*(requir|depend|deps|extra|optional)", re.IGNORECASE)
ABOUT_EXTRAS = re.compile(r"extra|optional", re.IGNORECASE)


@dataclass(frozen=True)
class Declared:
    """Requirement texts and extras' names; `listed` are lines of requirement lists, which hold other things too."""

    requirements: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()


def read_declared(
    document: Mapping[str, Any], configs: list[str], modules: list[str], lists: list[str]
) -> Declared:
    """Collect from pyproject.toml's document, INI texts, Python modules' texts and requirement lists."""
    pairs = [*_from_document(document), *(pair for text in configs for pair in _from_config(text))]
    pairs += [pair for text in modules for pair in _from_module(text)]
    return Declared(
        requirements=frozenset(
            text.strip() for kind, text in pairs if kind == "requirement" and text.strip()
        ),
        listed=frozenset(line for text in lists for line in _lines(text)),
        extras=frozenset(
            canonicalize_name(name)
            for kind, text in pairs
            if kind == "extra" and (name := text.partition(":")[0])
        ),
    )


Pair = tuple[str, str]


def _from_document(document: Mapping[str, Any]) -> Iterator[Pair]:
    kept = {key: value for key, value in document.items() if key != "build-system"}
    yield from _from_value(kept, is_about=False, is_extra=False)


def _from_value(value: Any, *, is_about: bool, is_extra: bool) -> Iterator[Pair]:
    """Texts below keys that are about requirements; a table of them has the names for keys, as Poetry's has."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if is_extra:
                yield "extra", str(key)
            elif is_about:
                yield "requirement", str(key)
            about = is_about or ABOUT.search(str(key)) is not None
            extra = not is_about and ABOUT_EXTRAS.search(str(key)) is not None
            yield from _from_value(item, is_about=about, is_extra=extra)
    elif isinstance(value, list):
        for item in value:
            yield from _from_value(item, is_about=is_about, is_extra=False)
    elif isinstance(value, str) and is_about:
        yield "requirement", value


def _from_config(text: str) -> Iterator[Pair]:
    config = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        config.read_string(text)
    except configparser.Error:
        return
    for section in config.sections():
        is_extras = section in ("options.extras_require", "extras")
        for key, value in config.items(section):
            if is_extras:
                yield "extra", key
            if (is_extras or ABOUT.search(key)) and key != "setup_requires":
                yield from (("requirement", line) for line in _lines(value or ""))


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
    if not ABOUT.search(name):
        return
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (("requirement", line) for line in _lines(node.value))
        if isinstance(node, ast.Dict) and ABOUT_EXTRAS.search(name):
            keys = (key.value for key in node.keys if isinstance(key, ast.Constant))
            yield from (("extra", key) for key in keys if isinstance(key, str))


def _lines(text: str) -> list[str]:
    rows = (re.split(r"(?:^|\s)#", line)[0].strip() for line in text.splitlines())
    return [row for row in rows if row and not row.startswith("-")]
