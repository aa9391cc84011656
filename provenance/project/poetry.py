"""Poetry's own [tool.poetry] table in, a Project statement out, with Poetry's version ranges as PEP 440 ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from provenance.project.requirements import with_extra
from provenance.project.statement import Project


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


def _links(table: Mapping[str, Any]) -> dict[str, str]:
    named = {
        label: table[label] for label in ("repository", "documentation") if isinstance(table.get(label), str)
    }
    return named | dict(table.get("urls", {}))


def _requirements(dependencies: Any, extras: Any) -> list[str] | None:
    """Requires-Dist as Poetry writes it, or None where a dependency takes a form that is not read here."""
    rows: list[str] = []
    for name, value in dependencies.items():
        if name == "python":
            continue
        table = {"version": value} if isinstance(value, str) else value
        if not isinstance(table, Mapping) or not isinstance(table.get("version"), str) or "platform" in table:
            return None
        specifier = _range(table["version"])
        if specifier is None:
            return None
        needed = f"[{','.join(table.get('extras', ()))}]" if table.get("extras") else ""
        markers = [table["markers"]] if "markers" in table else []
        if "python" in table:
            condition = _python_marker(table["python"])
            if condition is None:
                return None
            markers.append(condition)
        joined = " and ".join(f"({marker})" for marker in markers)
        row = f"{name}{needed} {specifier}" + (f" ; {joined}" if joined else "")
        wanted_by = [extra for extra, names in extras.items() if name in names]
        if table.get("optional") and not wanted_by:
            continue
        rows += (
            [with_extra(row, extra) for extra in wanted_by]
            if len(wanted_by) == 1
            else [row]
            if not wanted_by
            else []
        )
        if len(wanted_by) > 1:
            return None
    return rows


def _python_marker(constraint: str) -> str | None:
    specifier = _range(constraint)
    if specifier is None:
        return None
    parts = [re.fullmatch(r"(\W+)(.+)", part) for part in specifier.split(",") if part]
    if not all(parts):
        return None
    return " and ".join(f'python_version {part[1]} "{part[2]}"' for part in parts if part)


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
        except InvalidVersion:
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
