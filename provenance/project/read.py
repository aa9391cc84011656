"""A source Tree and a project's folder in, its Project statement out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provenance.project.poetry import read_poetry
from provenance.project.pyproject import read_flit_table, read_project_table
from provenance.project.setuptools import read_setup_cfg, read_setup_py
from provenance.project.statement import Project
from provenance.tree import Tree, join

CONFIG_FILES = ("pyproject.toml", "setup.cfg", "setup.py")


def read_project(tree: Tree, folder: str) -> Project:
    """Read the packaging files in folder; what they leave to the build is named in `dynamic`."""
    document = _toml(tree.text(join(folder, "pyproject.toml")))
    tools = document.get("tool")
    project = Project(
        folder=folder,
        backend=_backend(document),
        tools=tools if isinstance(tools, Mapping) else {},
        texts="\n".join(tree.text(join(folder, name)) or "" for name in CONFIG_FILES),
    )
    if isinstance(document.get("project"), Mapping):
        stated = read_project_table(project, document["project"], tree)
        return (
            replace(stated, package_dir=_setuptools_layout(stated, tree))
            if _is_setuptools(project)
            else stated
        )
    if isinstance(project.tool("poetry"), Mapping) and "poetry" in project.backend:
        return read_poetry(project, tree)
    if isinstance(project.tool("flit", "metadata"), Mapping) and "flit" in project.backend:
        return read_flit_table(project, tree)
    return read_setup_cfg(read_setup_py(project, tree), tree)


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


def _backend(document: Mapping[str, Any]) -> str:
    system = document.get("build-system")
    backend = system.get("build-backend") if isinstance(system, Mapping) else None
    return backend if isinstance(backend, str) else "setuptools"


def _toml(text: str | None) -> Mapping[str, Any]:
    if text is None:
        return {}
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
