"""A source Tree and a project's folder in, its Project statement out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provenance.project.declared import Declared, read_declared
from provenance.project.poetry import read_poetry
from provenance.project.pyproject import read_flit_table, read_project_table
from provenance.project.setuptools import ALL_FIELDS, read_setup_cfg, read_setup_py
from provenance.project.statement import Project
from provenance.toml import parse_toml
from provenance.tree import Tree, join

REQUIREMENT_LIST = re.compile(r"require[\w./-]*\.(txt|in|pip)$")
CONFIG_FILES = ("pyproject.toml", "setup.cfg", "setup.py")


def read_project(tree: Tree, folder: str) -> Project:
    """Read the packaging files in folder; what they leave to the build is named in `dynamic`.

    That is everything where a value is of another kind than it should be, which no backend would build from.
    """
    try:
        return _read_project(tree, folder)
    except (AttributeError, TypeError, ValueError):
        return _unreadable(Project(folder), tree, None)


def _read_project(tree: Tree, folder: str) -> Project:
    document = _toml(tree.text(join(folder, "pyproject.toml")))
    tools = document.get("tool")
    texts, declared = _declared(tree, folder, document)
    project = Project(
        folder=folder,
        backend=_backend(document),
        tools=tools if isinstance(tools, Mapping) else {},
        texts=texts,
        declared=declared,
    )
    if isinstance(document.get("project"), Mapping):
        stated = read_project_table(project, document["project"], tree)
        if _has_build_hook(project, tree):
            rows = stated.stated.get("requires_dist", ())
            return replace(_unreadable(project, tree, stated.name), floor=tuple(rows))
        return (
            replace(stated, package_dir=_setuptools_layout(stated, tree))
            if _is_setuptools(project)
            else stated
        )
    if isinstance(project.tool("poetry"), Mapping) and "poetry" in project.backend:
        return read_poetry(project)
    if isinstance(project.tool("flit", "metadata"), Mapping) and "flit" in project.backend:
        return read_flit_table(project)
    is_plain = "setuptools" in project.backend and join(folder, "flit.ini") not in tree
    legacy = read_setup_cfg(read_setup_py(project, tree), tree)
    return legacy if is_plain and not _uses_pbr(project) else _unreadable(project, tree, legacy.name)


def _unreadable(project: Project, tree: Tree, name: str | None) -> Project:
    """A build that may compute everything: a backend or a hook of the project's own, or pbr."""
    legacy = read_setup_cfg(read_setup_py(project, tree), tree)
    return replace(
        legacy,
        stated={"name": name} if name else {},
        dynamic=ALL_FIELDS,
        floor=(),
        entry_points=None,
        scripts=None,
        readmes=None,
    )


def _has_build_hook(project: Project, tree: Tree) -> bool:
    """Whether pdm is given a script of the project's own, which may change all metadata."""
    return "pdm" in project.backend and (
        join(project.folder, "pdm_build.py") in tree
        or project.tool("pdm", "build", "custom-hook") is not None
    )


def _uses_pbr(project: Project) -> bool:
    return re.search(r"\bpbr\s*=\s*True\b|['\"]pbr[^'\"\w]*['\"]", project.texts) is not None


def _is_setuptools(project: Project) -> bool:
    return not any(
        word in project.backend
        for word in ("hatchling", "flit", "poetry", "pdm", "maturin", "uv_build", "scikit_build", "mesonpy")
    )


def _setuptools_layout(project: Project, tree: Tree) -> Mapping[str, str] | None:
    """`package-dir` from pyproject.toml, setup.cfg or setup.py, whichever states it."""
    if isinstance(table := project.tool("setuptools", "package-dir"), Mapping):
        return {str(key): str(value) for key, value in table.items()}
    legacy = read_setup_cfg(read_setup_py(Project(project.folder), tree), tree)
    if legacy.package_dir:
        return legacy.package_dir
    where = project.tool("setuptools", "packages", "find", "where")
    return {"": str(where[0])} if isinstance(where, list) and where else legacy.package_dir


def _declared(tree: Tree, folder: str, document: Mapping[str, Any]) -> tuple[str, Declared]:
    """The packaging files' texts and the requirements in them: configuration, lists, a backend of the project's own."""
    system = document.get("build-system")
    places = system.get("backend-path") if isinstance(system, Mapping) else None
    module = _backend(document).partition(":")[0].replace(".", "/")
    own = [
        join(folder, join(str(place).strip("./"), f"{module}.py"))
        for place in (places if isinstance(places, list) else ())
    ]
    modules = _read(tree, [join(folder, "setup.py"), join(folder, "pdm_build.py"), *own])
    configs = _read(tree, [join(folder, "setup.cfg"), join(folder, "flit.ini")])
    paths = [entry.path for entry in tree.under(folder) if REQUIREMENT_LIST.search(entry.path)]
    lists = {path[len(folder) :]: text for path in paths if (text := tree.text(path))}
    texts = [*_read(tree, [join(folder, "pyproject.toml")]), *configs, *modules, *lists.values()]
    return "\n".join(texts), read_declared(document, configs, modules, lists)


def _read(tree: Tree, paths: list[str]) -> list[str]:
    return [text for path in paths if (text := tree.text(path))]


def _backend(document: Mapping[str, Any]) -> str:
    system = document.get("build-system")
    backend = system.get("build-backend") if isinstance(system, Mapping) else None
    return backend if isinstance(backend, str) else "setuptools"


def _toml(text: str | None) -> Mapping[str, Any]:
    if text is None:
        return {}
    try:
        return parse_toml(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
