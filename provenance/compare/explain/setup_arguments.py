"""An argument of a generated setup() call and a Context in, whether metadata and source state the same out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.setup_packages import (
    Arguments,
    is_list,
    modules_stand,
    package_data_stand,
    package_dir_is_plain,
    packages_stand,
)
from provenance.project.requirements import comparable, with_extra, with_marker

EXTRA = re.compile(r"""extra == ["']([\w.-]+)["']""")


def _field(*fields: str) -> Callable[[Any, Arguments, Context], bool]:
    """Exactly the text that the metadata states under one of these fields; None where it states none."""

    def check(value: Any, arguments: Arguments, context: Context) -> bool:
        stated = [context.subject.metadata.get(field) or None for field in fields]
        texts = [text for row in stated for text in (row.values() if isinstance(row, Mapping) else [row])]
        return (None if value in ("", "None") else value) in texts

    return check


def _long_description(value: Any, arguments: Arguments, context: Context) -> bool:
    own = context.subject.metadata.description
    return value in (own, f"{own}\n", own.removesuffix("\n")) or (value is None and not own)


def _requirements(value: Any, arguments: Arguments, context: Context) -> bool:
    """install_requires and extras_require together, as the source states them or PKG-INFO repeats them."""
    install, extras = arguments.get("install_requires", []), arguments.get("extras_require", {})
    if not is_list(install) or not isinstance(extras, dict) or not all(map(is_list, extras.values())):
        return False
    if not all(
        _is_spelled_as_usual(row, context)
        for row in (*install, *(row for rows in extras.values() for row in rows))
    ):
        return False
    rows = set(map(comparable, install))
    for key, extra_rows in extras.items():
        extra, _, marker = str(key).partition(":")
        for row in extra_rows:
            conditional = with_marker(row, marker) if marker else row
            rows.add(comparable(with_extra(conditional, extra) if extra else conditional))
    stated = set(map(comparable, context.project.stated.get("requires_dist", ())))
    if "requires_dist" not in context.project.dynamic and rows == stated:
        return True
    repeated = context.subject.metadata.get("requires_dist") or ()
    return rows == {comparable(row) for text in repeated for row in _per_extra(text)}


def _is_spelled_as_usual(row: str, context: Context) -> bool:
    """Whether a requirement reads as in the source's own files, as flit copies it, or as Poetry spells it."""
    return (
        row in context.project.texts or re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?([<>=!~]\S*)?", row) is not None
    )


def _per_extra(row: str) -> list[str]:
    """A requirement that several extras ask for, once for each of them."""
    requirement, _, marker = row.partition(";")
    extras = [EXTRA.fullmatch(part.strip()) for part in marker.split(" or ")]
    if len(extras) < 2 or not all(extras):
        return [row]
    return [with_extra(requirement.strip(), match[1]) for match in extras if match]


def _python_requires(value: Any, arguments: Arguments, context: Context) -> bool:
    """As PKG-INFO spells it; nothing where that and the source state nothing."""
    repeated, stated = (
        context.subject.metadata.get("requires_python"),
        context.project.stated.get("requires_python"),
    )
    return value == (repeated or stated) or (value is None and not repeated and not stated)


def _entry_points(value: Any, arguments: Arguments, context: Context) -> bool:
    stated = context.project.entry_points
    if stated is None or not isinstance(value, dict) or not all(map(is_list, value.values())):
        return False
    rows = [(group, row) for group, lines in value.items() for row in lines]
    return sorted(rows) == sorted(
        (group, f"{name} = {target}") for group, names in stated.items() for name, target in names.items()
    )


CHECKS: Mapping[str, Callable[[Any, Arguments, Context], bool]] = {
    "name": _field("name"),
    "version": _field("version"),
    "description": _field("summary"),
    "long_description": _long_description,
    "author": _field("author"),
    "author_email": _field("author_email"),
    "maintainer": _field("maintainer"),
    "maintainer_email": _field("maintainer_email"),
    "url": _field("home_page"),
    "package_dir": package_dir_is_plain,
    "packages": packages_stand,
    "package_data": package_data_stand,
    "py_modules": modules_stand,
    "install_requires": _requirements,
    "extras_require": _requirements,
    "entry_points": _entry_points,
    "python_requires": _python_requires,
}
