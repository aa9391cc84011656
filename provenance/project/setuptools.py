"""setup.py (its syntax tree) and setup.cfg in, a Project statement out; nothing is executed."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from packaging.utils import canonicalize_name

from provenance.ini import IniError, read_ini
from provenance.project.requirements import with_extra, with_marker
from provenance.project.statement import Project
from provenance.project.static import Scope, Unknown, parse_module
from provenance.tree import Tree, join

# setup() keyword or setup.cfg key -> core metadata field
TEXTS = {
    "name": "name",
    "version": "version",
    "description": "summary",
    "url": "home_page",
    "author": "author",
    "author_email": "author_email",
    "maintainer": "maintainer",
    "maintainer_email": "maintainer_email",
    "license": "license",
    "python_requires": "requires_python",
    "download_url": "download_url",
}
ALL_FIELDS = frozenset(
    {*TEXTS.values(), "requires_dist", "provides_extra", "classifiers", "keywords", "project_urls"}
)


def read_setup_py(project: Project, tree: Tree) -> Project:
    """Read the literal arguments of the one `setup()` call; arguments that are computed become dynamic."""
    text = tree.text(join(project.folder, "setup.py"))
    if text is None:
        return replace(project, package_dir=None)
    module = parse_module(text)
    calls = [node for node in ast.walk(module) if _is_setup(node)] if module else []
    if module is None or len(calls) != 1:
        return replace(
            project, dynamic=ALL_FIELDS | {"description"}, entry_points=None, scripts=None, readmes=None
        )
    scope = Scope(module, lambda path: tree.text(join(project.folder, path)))
    arguments, unknown, complete = _arguments(calls[0], scope)
    return _from_arguments(project, arguments, unknown, complete, _package_dir(arguments, module, scope))


def read_setup_cfg(project: Project, tree: Tree) -> Project:
    """Lay setup.cfg's [metadata] and [options] over what setup.py states; setup.cfg wins, as in setuptools."""
    text = tree.text(join(project.folder, "setup.cfg"))
    try:
        config = read_ini(text or "")
    except IniError:
        return project
    stated, dynamic = dict(project.stated), set(project.dynamic)
    metadata = {key.replace("-", "_"): value for key, value in _section(config, "metadata").items()}
    options = {key.replace("-", "_"): value for key, value in _section(config, "options").items()}
    for key, value in (metadata | options).items():
        if field := TEXTS.get({"home_page": "url", "summary": "description"}.get(key, key)):
            computed = value.startswith(("attr:", "file:"))
            (dynamic.add if computed else dynamic.discard)(field)
            stated.pop(field, None) if computed else stated.__setitem__(field, value.strip())
    _set_requirements(stated, dynamic, options, _section(config, "options.extras_require"))
    if "classifiers" in metadata and not metadata["classifiers"].startswith("file:"):
        stated["classifiers"] = _lines(metadata["classifiers"])
        dynamic.discard("classifiers")
    if "project_urls" in metadata:
        stated["project_urls"] = dict(_pairs(metadata["project_urls"]))
        dynamic.discard("project_urls")
    return replace(
        project,
        stated=stated,
        dynamic=frozenset(dynamic),
        floor=() if "install_requires" in options else project.floor,
        entry_points=_cfg_entry_points(config, options, project),
        scripts=tuple(_lines(options["scripts"])) if "scripts" in options else project.scripts,
        package_dir=_cfg_package_dir(config, options) or project.package_dir,
        readmes=_cfg_readmes(metadata.get("long_description"))
        if "long_description" in metadata
        else project.readmes,
    )


def _arguments(call: ast.Call, scope: Scope) -> tuple[dict[str, Any], set[str], bool]:
    """The call's static arguments, the names of the computed ones, and whether there can be no others."""
    arguments: dict[str, Any] = {}
    unknown: set[str] = set()
    complete = not call.args
    for keyword in call.keywords:
        try:
            value = scope.value(keyword.value)
        except Unknown:
            complete &= keyword.arg is not None
            unknown |= {keyword.arg} if keyword.arg else set()
            continue
        if keyword.arg:
            arguments[keyword.arg] = value
        elif isinstance(value, dict):
            arguments |= value
    return arguments, unknown, complete


def _from_arguments(
    project: Project,
    arguments: dict[str, Any],
    unknown: set[str],
    complete: bool,
    package_dir: Mapping[str, str] | None,
) -> Project:
    stated: dict[str, Any] = {
        field: arguments[key] for key, field in TEXTS.items() if isinstance(arguments.get(key), str)
    }
    dynamic = {TEXTS[key] for key in unknown if key in TEXTS}
    if isinstance(arguments.get("project_urls"), dict):
        stated["project_urls"] = arguments["project_urls"]
    if isinstance(arguments.get("classifiers"), list | tuple):
        stated["classifiers"] = list(arguments["classifiers"])
    dynamic |= {"classifiers"} & unknown | ({"project_urls"} & unknown)
    known = _requirements(arguments.get("install_requires") or (), arguments.get("extras_require") or {})
    if unknown & {"install_requires", "extras_require"}:
        dynamic |= {"requires_dist", "provides_extra"}
    else:
        stated |= known
    if not complete:
        dynamic |= ALL_FIELDS - stated.keys()
        dynamic |= (
            set()
            if "install_requires" in arguments and "extras_require" in arguments
            else {"requires_dist", "provides_extra"}
        )
    if dynamic & {"requires_dist"}:
        stated.pop("requires_dist", None)
        stated.pop("provides_extra", None)
    return replace(
        project,
        stated=stated,
        dynamic=frozenset(dynamic),
        floor=tuple(known["requires_dist"]),
        entry_points=None
        if "entry_points" in unknown or not complete
        else _entry_points(arguments.get("entry_points")),
        scripts=None
        if "scripts" in unknown or not complete
        else tuple(map(str, arguments.get("scripts") or ())),
        package_dir=package_dir,
        readmes=None,
    )


def _requirements(install: Any, extras: Any) -> dict[str, Any]:
    """Requires-Dist and Provides-Extra as setuptools derives them, conditional extras (`:marker`) included."""
    rows = _requirement_list(install)
    names = set()
    for key, values in extras.items() if isinstance(extras, dict) else ():
        extra, _, marker = str(key).partition(":")
        for row in _requirement_list(values):
            conditional = with_marker(row, marker) if marker else row
            rows.append(with_extra(conditional, extra) if extra else conditional)
        names |= {canonicalize_name(extra)} if extra else set()
    return {"requires_dist": rows, "provides_extra": sorted(names)}


def _requirement_list(value: Any) -> list[str]:
    """Requirement lines as setuptools reads them: comments dropped, lines that end in a backslash joined."""
    rows: list[str] = []
    joined = ""
    for line in value.splitlines() if isinstance(value, str) else [str(row) for row in value]:
        text = "" if line.strip().startswith("#") else line.partition(" #")[0].strip()
        joined += text.removesuffix("\\").rstrip() + " " if text.endswith("\\") else text
        if text and not text.endswith("\\"):
            rows.append(joined)
            joined = ""
    return rows


def _set_requirements(
    stated: dict[str, Any], dynamic: set[str], options: dict[str, str], extras: dict[str, str]
) -> None:
    """Lay [options] install_requires and its extras over the requirements that setup.py states."""
    if "install_requires" not in options and not extras:
        return
    computed = any(
        value.startswith("file:") for value in (options.get("install_requires", ""), *extras.values())
    )
    if computed or ("requires_dist" in dynamic and not ("install_requires" in options and extras)):
        dynamic |= {"requires_dist", "provides_extra"}
        stated.pop("requires_dist", None)
        stated.pop("provides_extra", None)
        return
    rows = stated.get("requires_dist", [])
    if "install_requires" in options:
        rows = _requirement_list(options["install_requires"]) + [row for row in rows if "extra ==" in row]
    if extras:
        found = _requirements((), extras)
        rows = [row for row in rows if "extra ==" not in row] + found["requires_dist"]
        stated["provides_extra"] = found["provides_extra"]
    stated["requires_dist"] = rows
    stated.setdefault("provides_extra", [])
    dynamic -= {"requires_dist", "provides_extra"}


def _entry_points(value: Any) -> dict[str, dict[str, str]] | None:
    if not value:
        return {}
    if isinstance(value, str):
        return parse_entry_points(value)
    if not isinstance(value, dict):
        return None
    rows = {
        str(group): _lines(lines) if isinstance(lines, str) else list(lines) for group, lines in value.items()
    }
    return {group: dict(_assignment(str(row)) for row in lines) for group, lines in rows.items() if lines}


def parse_entry_points(text: str) -> dict[str, dict[str, str]] | None:
    """Parse entry_points.txt; None where it is not a plain INI of assignments."""
    config = configparser.RawConfigParser(
        delimiters=("=",), strict=True, interpolation=None, default_section="\0"
    )
    config.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
    try:
        read_ini(text, config)
    except IniError:
        return None
    return {group: {key: _spaced(value) for key, value in config.items(group)} for group in config.sections()}


def _assignment(row: str) -> tuple[str, str]:
    name, _, value = row.partition("=")
    return name.strip(), _spaced(value)


def _spaced(value: str) -> str:
    """An object reference with its blanks in one form: `module:object [extra]`."""
    return " ".join(value.replace("[", " [").split()).replace(": ", ":").replace(" :", ":")


def _package_dir(arguments: dict[str, Any], module: ast.Module, scope: Scope) -> Mapping[str, str] | None:
    """`package_dir`, also where it is given through a dictionary that is built elsewhere in setup.py."""
    value = arguments.get("package_dir")
    if isinstance(value, dict):
        return {str(key): str(folder) for key, folder in value.items()}
    for node in ast.walk(module):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="package_dir")], value=found)
                | ast.keyword(arg="package_dir", value=found)
            ):
                pass
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value="package_dir"))], value=found):
                pass
            case _:
                continue
        try:
            folders = scope.value(found)
        except Unknown:
            continue
        if isinstance(folders, dict):
            return {str(key): str(folder) for key, folder in folders.items()}
    return None


def _cfg_package_dir(config: configparser.RawConfigParser, options: dict[str, str]) -> dict[str, str] | None:
    if "package_dir" in options:
        return dict(_pairs(options["package_dir"]))
    where = _section(config, "options.packages.find").get("where", "").strip()
    return {"": where} if where else None


def _cfg_entry_points(
    config: configparser.RawConfigParser, options: dict[str, str], project: Project
) -> Mapping[str, Mapping[str, str]] | None:
    groups = {
        group: dict(_assignment(row) for row in _lines(rows))
        for group, rows in _section(config, "options.entry_points").items()
    }
    if options.get("entry_points", "").startswith("file:"):
        return None
    if not groups:
        return project.entry_points
    return {**(project.entry_points or {}), **groups} if project.entry_points is not None else None


def _cfg_readmes(value: str | None) -> tuple[str, ...] | None:
    if value is None or not value.startswith("file:"):
        return None
    return tuple(
        name.strip() for name in value.removeprefix("file:").replace("\n", ",").split(",") if name.strip()
    )


def _pairs(value: str) -> list[tuple[str, str]]:
    rows = _lines(value) if "\n" in value else [row.strip() for row in value.split(",")]
    return [(key.strip(), text.strip()) for key, _, text in (row.partition("=") for row in rows if row)]


def _lines(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]


def _section(config: configparser.RawConfigParser, name: str) -> dict[str, str]:
    return dict(config.items(name)) if config.has_section(name) else {}


def _is_setup(node: ast.AST) -> TypeGuard[ast.Call]:
    match node:
        case ast.Call(func=ast.Name(id="setup")) | ast.Call(func=ast.Attribute(attr="setup")):
            return True
    return False
