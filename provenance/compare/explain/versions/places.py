"""A Context in, the places out where the project's own configuration has version files written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.rule import once_per_context
from provenance.ini import IniError, read_ini
from provenance.project.static import Scope, Unknown, parse_module
from provenance.tree import Entry, join

PATH_KEYS = {
    "write_to": "write_to_template",
    "version_file": "version_file_template",
    "version-file": "template",
}


@dataclass(frozen=True)
class Place:
    """A path in the source, or (`installed`) in the wheel; `template` None means the generator's own."""

    path: str
    template: str | None = None
    installed: bool = False
    dollar: bool = False


def places_of(entry: Entry, context: Context) -> tuple[Place, ...]:
    """Return the configured places that this artifact file is built from."""
    from_source = set(context.source_paths(entry.path))
    is_wheel = context.subject.kind == "wheel"
    return tuple(
        place
        for place in _configured(context)
        if (place.path == entry.path if place.installed and is_wheel else place.path in from_source)
    )


@once_per_context
def _configured(context: Context) -> tuple[Place, ...]:
    """Every place that pyproject.toml, setup.cfg or setup.py names."""
    folder = context.project.folder
    found = [
        Place(join(base, path), place.template, place.installed, place.dollar)
        for place in (*_in_pyproject(context), *_in_setup_cfg(context), *_in_setup_py(context))
        if (path := place.path.replace("\\", "/").removeprefix("./")) and ".." not in path.split("/")
        for base in ({""} if place.installed else {"", folder})
    ]
    return tuple(dict.fromkeys(found))


def _in_pyproject(context: Context) -> Iterator[Place]:
    project = context.project
    for table in ("setuptools_scm", "setuptools-scm", "vcs-versioning"):
        yield from _of_table(project.tool(table))
    for steps in (("build",), ("build", "targets", "wheel"), ("build", "targets", "sdist")):
        yield from _of_table(project.tool("hatch", *steps, "hooks", "vcs"))
        hook = project.tool("hatch", *steps, "hooks", "version")
        if isinstance(hook, Mapping) and "pattern" not in hook:
            yield from _place(hook.get("path"), hook.get("template"))
    yield from _of_pdm(project.tool("pdm", "version"), project.tool("pdm", "build", "package-dir"))
    yield from _of_scikit_build(project.tool("scikit-build", "generate"))
    yield from _of_versioneer(project.tool("versioneer"))


def _of_table(table: Any) -> Iterator[Place]:
    """The keys of setuptools_scm and hatch-vcs: a path, and perhaps a template for it."""
    if isinstance(table, Mapping):
        for key, template in PATH_KEYS.items():
            yield from _place(table.get(key), table.get(template))


def _place(path: Any, template: Any) -> Iterator[Place]:
    if isinstance(path, str) and (template is None or isinstance(template, str)):
        yield Place(path, template or None)


def _of_pdm(table: Any, package_dir: Any) -> Iterator[Place]:
    """pdm writes below the wheel's root, and in the sdist below package-dir."""
    if not isinstance(table, Mapping) or not isinstance(path := table.get("write_to"), str):
        return
    template = table.get("write_template", "{}\n")
    if isinstance(template, str):
        yield Place(path, template, installed=True)
        yield Place(join(package_dir.strip("/"), path) if isinstance(package_dir, str) else path, template)


def _of_scikit_build(rows: Any) -> Iterator[Place]:
    for row in rows if isinstance(rows, list) else ():
        if (
            isinstance(row, Mapping)
            and isinstance(row.get("path"), str)
            and isinstance(row.get("template"), str)
        ):
            installed = row.get("location", "install") != "source"
            yield Place(row["path"], row["template"], installed, dollar=True)


def _of_versioneer(table: Any) -> Iterator[Place]:
    if isinstance(table, Mapping):
        for key, installed in (("versionfile_source", False), ("versionfile_build", True)):
            if isinstance(path := table.get(key), str):
                yield Place(path.strip(), None, installed)


def _in_setup_cfg(context: Context) -> Iterator[Place]:
    try:
        config = read_ini(context.source_tree.text(join(context.project.folder, "setup.cfg")) or "")
    except IniError:
        return
    if config.has_section("versioneer"):
        yield from _of_versioneer({key.lower(): value for key, value in config.items("versioneer")})


def _in_setup_py(context: Context) -> Iterator[Place]:
    """`use_scm_version={"write_to": …}` and versioneer's attributes, wherever they stand in setup.py."""
    module = parse_module(context.source_tree.text(join(context.project.folder, "setup.py")) or "")
    if module is None:
        return
    scope = Scope(module)
    for node in ast.walk(module):
        match node:
            case ast.Dict(keys=keys, values=values):
                yield from _of_table(
                    _known({_key(key): value for key, value in zip(keys, values, strict=True)}, scope)
                )
            case ast.Call(keywords=keywords):
                yield from _of_table(_known({word.arg or "": word.value for word in keywords}, scope))
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="versioneer"), attr=name)], value=value):
                yield from _of_versioneer(_known({name: value}, scope))


def _key(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _known(nodes: Mapping[str, ast.expr], scope: Scope) -> dict[str, Any]:
    """The values of those keys that state a place; a template that is computed is not one of them."""
    found: dict[str, Any] = {}
    for key, node in nodes.items():
        if re.fullmatch(r"(write_to|version_file)(_template)?|versionfile_(source|build)", key):
            try:
                found[key] = scope.value(node)
            except Unknown:
                found[key] = Unknown
    return found
