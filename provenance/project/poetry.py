"""Poetry's own [tool.poetry] table in, a Project statement out, with Poetry's version ranges as PEP 440 ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from provenance.project.statement import Project

ALTERNATIVES = re.compile(r"\s*\|\|?\s*")


def read_poetry(project: Project) -> Project:
    """Read [tool.poetry]; dependencies on paths, repositories or several conditions stay dynamic."""
    table = project.tool("poetry")
    dependencies = table.get("dependencies", {})
    requirements = _requirements(dependencies, table.get("extras", {}))
    python = dependencies.get("python") if isinstance(dependencies, Mapping) else None
    stated: dict[str, Any] = {
        "name": table.get("name"),
        "version": table.get("version"),
        "summary": table.get("description"),
        "requires_python": _range(python) if isinstance(python, str) else None,
        "home_page": table.get("homepage"),
        "project_urls": _links(table),
        "keywords": table.get("keywords", []),
    }
    if requirements is not None:
        stated["requires_dist"] = requirements
        stated["provides_extra"] = sorted(map(canonicalize_name, table.get("extras", {})))
    scripts = {name: value for name, value in table.get("scripts", {}).items() if isinstance(value, str)}
    groups = {"console_scripts": scripts, **table.get("plugins", {})}
    readme = table.get("readme")
    return replace(
        project,
        stated={field: value for field, value in stated.items() if value is not None},
        dynamic=frozenset({"description", "classifiers", "author", "author_email", "license"})
        | (frozenset({"requires_dist", "provides_extra"}) if requirements is None else frozenset())
        | (frozenset({"requires_python"}) if python and _range(str(python)) is None else frozenset()),
        entry_points={group: dict(rows) for group, rows in groups.items() if rows},
        readmes=(readme,) if isinstance(readme, str) else tuple(readme or ()),
    )


def python_ranges(project: Project) -> list[str] | None:
    """Return [tool.poetry]'s alternative ranges of Python, as PEP 440 specifiers; None where they cannot be read."""
    constraint = project.tool("poetry", "dependencies", "python")
    if not isinstance(constraint, str) or "poetry" not in project.backend:
        return None
    ranges = [_range(alternative) for alternative in ALTERNATIVES.split(constraint)]
    return None if None in ranges else [each for each in ranges if each is not None]


def _links(table: Mapping[str, Any]) -> dict[str, str]:
    named = {
        label: table[label] for label in ("repository", "documentation") if isinstance(table.get(label), str)
    }
    return named | dict(table.get("urls", {}))


def _requirements(dependencies: Any, extras: Any) -> list[str] | None:
    """Requires-Dist as Poetry writes it, or None where a dependency takes a form that is not read here."""
    rows: list[str] = []
    for name, value in dependencies.items():
        wanted_by = [extra for extra, names in extras.items() if name in names]
        for each in value if isinstance(value, list) else [value]:
            row = "" if name == "python" else _requirement(name, each, wanted_by)
            if row is None:
                return None
            rows.append(row)
    return [row for row in rows if row]


def _requirement(name: str, value: Any, wanted_by: list[str]) -> str | None:
    """One row; versions of Poetry differ over an optional dependency that no extra asks for."""
    table = {"version": value} if isinstance(value, str) else value
    if not isinstance(table, Mapping) or not isinstance(table.get("version"), str) or "platform" in table:
        return None
    specifier = _range(table["version"])
    condition = _python_marker(table.get("python", "*"))
    if specifier is None or condition is None or (table.get("optional") and not wanted_by):
        return None
    needed = f"[{','.join(table.get('extras', ()))}]" if table.get("extras") else ""
    asked = " or ".join(f'extra == "{canonicalize_name(extra)}"' for extra in wanted_by)
    markers = [marker for marker in (table.get("markers"), condition, asked) if marker]
    joined = " and ".join(f"({marker})" for marker in markers)
    return f"{name}{needed} {specifier}" + (f" ; {joined}" if joined else "")


def _python_marker(constraint: str) -> str | None:
    """A condition on python_version, "" for any; None for a range that Poetry's versions write differently."""
    alternatives: list[str] = []
    for alternative in ALTERNATIVES.split(constraint):
        specifier = _range(alternative)
        parts = [
            re.fullmatch(r"(\W+)(\d+(?:\.\d+)?(?:\.\*)?)", part)
            for part in (specifier or "").split(",")
            if part
        ]
        if specifier is None or not all(parts):
            return None
        alternatives.append(" and ".join(f'python_version {part[1]} "{part[2]}"' for part in parts if part))
    return " or ".join(alternatives) if all(alternatives) else ""


def _range(constraint: str) -> str | None:
    """A Poetry constraint (`^1.2`, `~1.2`, `1.*`, `>=1,<2`) as PEP 440 specifiers; None where it has alternatives."""
    if "||" in constraint or "|" in constraint:
        return None
    specifiers: list[str] = []
    for part in re.split(r"\s*,\s*|\s+(?=[<>=!~^])", constraint.strip()):
        match = re.fullmatch(r"(\^|~(?!=)|==|===|!=|>=|<=|<|>|~=)?\s*v?([\w.*+!-]+)", part)
        if part == "*":
            continue
        if match is None:
            return None
        operator, text = match[1] or ("==" if "*" not in match[2] else ""), match[2]
        try:
            specifiers += _specifiers(operator, text)
        except ValueError:  # not a version, or numbers too long to be read
            return None
    return ",".join(specifiers)


def _specifiers(operator: str, text: str) -> list[str]:
    if operator in ("^", "~"):
        version = Version(text)
        release = version.release
        if operator == "~":
            keep = min(2, len(release))
        else:
            keep = next((place + 1 for place, number in enumerate(release) if number), len(release))
        upper = [*release[: keep - 1], release[keep - 1] + 1]
        upper += [0] * (len(release) - len(upper) if len(release) > len(upper) else 0)
        return [f">={text}", f"<{'.'.join(map(str, upper))}"]
    if operator == "" and text.endswith(".*"):
        return [f"=={text}"]
    return [f"{operator}{text}"]
