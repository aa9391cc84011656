"""pyproject.toml's [project] table (PEP 621) or flit's own table in, a Project statement out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from provenance.metadata import parse_requirement
from provenance.project.requirements import with_extra
from provenance.project.setuptools import read_setup_cfg, read_setup_py
from provenance.project.statement import Project
from provenance.tree import Tree, join

HATCHLING = "hatchling.build"

# [project] key -> the core metadata fields that it fills
FIELDS = {
    "name": ("name",),
    "version": ("version",),
    "description": ("summary",),
    "requires-python": ("requires_python",),
    "dependencies": ("requires_dist",),
    "optional-dependencies": ("requires_dist", "provides_extra"),
    "readme": ("description",),
    "keywords": ("keywords",),
    "classifiers": ("classifiers",),
    "urls": ("project_urls", "home_page"),
    "authors": ("author", "author_email"),
    "maintainers": ("maintainer", "maintainer_email"),
    "license": ("license",),
}


def read_project_table(project: Project, table: Mapping[str, Any], tree: Tree) -> Project:
    """Read a [project] table; what it lists under `dynamic` is looked for where the backend would."""
    dynamic = {key for key in table.get("dynamic", ()) if isinstance(key, str)}
    stated: dict[str, Any] = {
        "name": table.get("name"),
        "version": table.get("version"),
        "summary": table.get("description"),
        "requires_python": table.get("requires-python"),
        "requires_dist": _dependencies(table, resolves_own=project.backend == HATCHLING),
        "provides_extra": sorted(
            canonicalize_name(extra) for extra in _table(table, "optional-dependencies")
        ),
        "keywords": table.get("keywords", []),
        "classifiers": table.get("classifiers", []),
        "project_urls": dict(_table(table, "urls")),
        "license": _licence(table.get("license"), project.folder, tree),
        **_people(table.get("authors"), "author"),
        **_people(table.get("maintainers"), "maintainer"),
    }
    fields = {field for key in dynamic for field in FIELDS.get(key, ())}
    read = replace(
        project,
        stated={field: value for field, value in stated.items() if field not in fields and value is not None},
        dynamic=frozenset(fields),
        entry_points=None if dynamic & {"scripts", "gui-scripts", "entry-points"} else _entry_points(table),
        readmes=None if "readme" in dynamic else _readme(table.get("readme")),
    )
    return _with_dynamic(read, tree) if fields or read.entry_points is None else read


def read_flit_table(project: Project) -> Project:
    """Read [tool.flit.metadata], flit's format before PEP 621; name and summary may come from the module."""
    table = project.tool("flit", "metadata")
    module = str(table.get("module", ""))
    extras = _table(table, "requires-extra")
    stated: dict[str, Any] = {
        "name": str(table.get("dist-name") or module),
        "requires_python": table.get("requires-python"),
        "requires_dist": [
            *map(str, table.get("requires", [])),
            *(with_extra(str(row), extra) for extra, rows in extras.items() for row in rows),
        ],
        "provides_extra": sorted(canonicalize_name(extra) for extra in extras),
        "classifiers": table.get("classifiers", []),
        "home_page": table.get("home-page"),
        "project_urls": dict(_table(table, "urls")),
        "author": table.get("author"),
        "author_email": table.get("author-email"),
    }
    scripts = {"console_scripts": _strings(project.tool("flit", "scripts"))}
    groups = _table(project.tool("flit") or {}, "entrypoints")
    return replace(
        project,
        stated={field: value for field, value in stated.items() if value is not None},
        dynamic=frozenset({"version", "summary", "description"}),
        entry_points={
            group: rows
            for group, rows in (scripts | {g: _strings(r) for g, r in groups.items()}).items()
            if rows
        },
        readmes=(str(table["description-file"]),) if "description-file" in table else (),
    )


def _with_dynamic(project: Project, tree: Tree) -> Project:
    """Fill in dynamic fields that setuptools' own files state; the others stay dynamic."""
    legacy = read_setup_cfg(read_setup_py(Project(project.folder), tree), tree)
    found = {field: legacy.stated[field] for field in project.dynamic if field in legacy.stated}
    if "requires_dist" in project.dynamic:
        found |= _dynamic_requirements(project, tree)
    return replace(
        project,
        stated={**found, **project.stated},
        dynamic=project.dynamic - found.keys(),
        entry_points=legacy.entry_points if project.entry_points is None else project.entry_points,
        readmes=legacy.readmes if project.readmes is None else project.readmes,
    )


def _dynamic_requirements(project: Project, tree: Tree) -> dict[str, Any]:
    """[tool.setuptools.dynamic] dependencies = {file = …}: requirement lines of files at the commit."""
    table = project.tool("setuptools", "dynamic")
    if not isinstance(table, Mapping) or "dependencies" not in table:
        return {}
    rows = _requirement_lines(project, table["dependencies"], tree)
    extras = _table(table, "optional-dependencies")
    if rows is None:
        return {}
    for extra, value in extras.items():
        lines = _requirement_lines(project, value, tree)
        if lines is None:
            return {}
        rows += [with_extra(line, extra) for line in lines]
    return {"requires_dist": rows, "provides_extra": sorted(map(canonicalize_name, extras))}


def _requirement_lines(project: Project, value: Any, tree: Tree) -> list[str] | None:
    files = value.get("file") if isinstance(value, Mapping) else None
    names = [files] if isinstance(files, str) else files
    if not isinstance(names, list):
        return None
    texts = [tree.text(join(project.folder, str(name))) for name in names]
    if any(text is None for text in texts):
        return None
    lines = [line.partition("#")[0].strip() for text in texts if text for line in text.splitlines()]
    return None if any(line.startswith("-") for line in lines) else [line for line in lines if line]


def _dependencies(table: Mapping[str, Any], *, resolves_own: bool) -> list[str]:
    rows = [str(row) for row in table.get("dependencies", [])]
    extras = {
        extra: list(map(str, listed)) for extra, listed in _table(table, "optional-dependencies").items()
    }
    for extra in extras:
        listed = _resolved(extra, extras, str(table.get("name")), set()) if resolves_own else extras[extra]
        rows += [with_extra(row, extra) for row in listed]
    return rows


def _resolved(extra: str, extras: Mapping[str, list[str]], name: str, seen: set[str]) -> list[str]:
    """An extra's requirements, those of the project's own extras in the place of itself, as hatchling writes them."""
    seen.add(canonicalize_name(extra))
    rows = []
    for row in extras[extra]:
        own = _own_extras(row, name)
        rows += [row] if own is None else []
        following = [other for other in extras if canonicalize_name(other) in (own or set()) - seen]
        rows += [found for other in following for found in _resolved(other, extras, name, seen)]
    return rows


def _own_extras(row: str, name: str) -> set[str] | None:
    """The extras of the project itself that a requirement asks for; None for one of another project."""
    try:
        requirement = parse_requirement(row)
    except InvalidRequirement:
        return None
    if canonicalize_name(requirement.name) != canonicalize_name(name):
        return None
    return {canonicalize_name(extra) for extra in requirement.extras}


def _entry_points(table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    groups = {group: _strings(rows) for group, rows in _table(table, "entry-points").items()}
    for key, group in (("scripts", "console_scripts"), ("gui-scripts", "gui_scripts")):
        groups[group] = groups.get(group, {}) | _strings(table.get(key))
    return {group: rows for group, rows in groups.items() if rows}


def _licence(value: Any, folder: str, tree: Tree) -> str | None:
    """The licence expression, or the text that the table states or names a file for."""
    if isinstance(value, Mapping):
        return tree.text(join(folder, str(value["file"]))) if "file" in value else value.get("text")
    return value if isinstance(value, str) else None


def _people(value: Any, field: str) -> dict[str, str | None]:
    """Author and Author-email as PEP 621 derives them: those with an address go to the latter."""
    people = [person for person in value or () if isinstance(person, Mapping)]
    names = [str(person["name"]) for person in people if "name" in person and "email" not in person]
    mails = [
        f"{person['name']} <{person['email']}>" if "name" in person else str(person["email"])
        for person in people
        if "email" in person
    ]
    return {field: ", ".join(names) or None, f"{field}_email": ", ".join(mails) or None}


def _readme(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Mapping):
        return (str(value["file"]),) if "file" in value else None
    return ()


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, Mapping) else {}


def _strings(value: Any) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, Mapping) else {}
