"""Trees and a Project statement in, where the project stands in the repository and where its wheels come from out."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from packaging.utils import canonicalize_name

from provenance.project.read import CONFIG_FILES, read_project
from provenance.project.statement import Project
from provenance.toml import parse_toml
from provenance.tree import Tree, join, parent

Root = tuple[str, str]
MOST_PROJECTS = 300  # in one repository


def project_folder(source: Tree, sdist: Tree | None, wheels: Sequence[Tree]) -> str:
    """Return the folder of the repository that most of the artifacts' files come from.

    It is the nearest folder with packaging files at or above that place; the root where nothing fits.
    """
    prefix = prefix_by_content(source, sdist) if sdist is not None else None
    if prefix is None:
        prefix = next(
            (found for wheel in wheels if (found := prefix_by_content(source, wheel)) is not None), ""
        )
    manifest = _moved_manifest(sdist) if sdist is not None else None
    if manifest is not None and join(prefix, "pyproject.toml") not in source:
        return _nearest(parent(join(prefix, manifest)), source)
    return _nearest(prefix, source)


def sdist_root(project: Project, sdist: Tree) -> str:
    """Return the source folder that an sdist's own root stands for: the project's, or maturin's workspace above it."""
    folder, manifest = project.folder, _moved_manifest(sdist) if project.backend == "maturin" else None
    crate = parent(manifest) if manifest else ""
    if crate and (folder == crate or folder.endswith(f"/{crate}")):
        return folder[: -len(crate)].rstrip("/")
    return folder


def _moved_manifest(sdist: Tree) -> str | None:
    """The manifest-path that maturin writes into the pyproject.toml of an sdist of a whole workspace."""
    try:
        document = parse_toml(sdist.text("pyproject.toml") or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    maturin = _mapping(_mapping(document.get("tool")).get("maturin"))
    place = maturin.get("manifest-path")
    return place if isinstance(place, str) and not {"", ".", ".."} & set(place.split("/")) else None


def _nearest(folder: str, source: Tree) -> str:
    """The nearest folder with packaging files at or above this one."""
    while folder and not any(join(folder, name) in source for name in CONFIG_FILES):
        folder = parent(folder)
    return folder


def can_be(project: Project, source: Tree, name: str) -> bool:
    """Whether a project's folder has packaging files that name this distribution, or leave the name to the build."""
    if project.name is not None:
        return canonicalize_name(project.name) == canonicalize_name(name)
    return any(join(project.folder, file) in source for file in CONFIG_FILES)


def is_alone(source: Tree) -> bool:
    """Whether one folder at most has packaging files."""
    return len(_config_folders(source)) < 2


def named_folder(source: Tree, name: str) -> str | None:
    """Return the folder nearest to the root whose packaging files name this distribution, None without one."""
    folders = sorted(_config_folders(source), key=lambda folder: (folder.count("/"), folder))
    stated = ((folder, read_project(source, folder).name) for folder in folders)
    wanted = canonicalize_name(name)
    return next((folder for folder, found in stated if found and canonicalize_name(found) == wanted), None)


def config_blobs(source: Tree) -> list[str]:
    """Return the blob ids of the packaging files that `named_folder` reads."""
    places = (join(folder, name) for folder in _config_folders(source) for name in CONFIG_FILES)
    return [entry.blob for place in places if (entry := source.get(place)) is not None]


def _config_folders(source: Tree) -> list[str]:
    folders = {parent(entry.path) for entry in source if entry.name in CONFIG_FILES}
    return sorted(folders)[:MOST_PROJECTS]


def prefix_by_content(source: Tree, artifact: Tree) -> str | None:
    """Return the folder below which most of the artifact's files stand at their own path, None for no file."""
    votes: Counter[str] = Counter()
    for entry in artifact:
        for path in source.by_blob.get(entry.blob, ()):
            if path == entry.path:
                votes[""] += 1
            elif path.endswith(f"/{entry.path}"):
                votes[path[: -len(entry.path) - 1]] += 1
    return min(votes, key=lambda prefix: (-votes[prefix], len(prefix), prefix)) if votes else None


def wheel_roots(project: Project, source: Tree) -> tuple[Root, ...]:
    """Return (wheel path prefix, source path prefix) pairs, most specific first, from the project's configuration.

    Where the configuration leaves it open, the backends' documented search stands in: `src/` if the
    package is there, else the project's own folder.
    """
    roots = [*_hatch(project), *_poetry(project), *_others(project), *_setuptools(project)]
    if not any(target == "" for target, _ in roots):
        roots += [("", place) for place in _searched(project, source)]
    ordered = sorted(dict.fromkeys(roots), key=lambda root: -len(root[0]))
    return tuple((target, join(project.folder, place)) for target, place in ordered)


def _searched(project: Project, source: Tree) -> list[str]:
    """Where backends look for packages by themselves; explicit `package_dir` has been dealt with before."""
    candidates = ("src", "python") if "scikit_build_core" in project.backend else ("src",)
    return [*(place for place in candidates if join(project.folder, place) in source.folders), ""]


def _setuptools(project: Project) -> list[Root]:
    if project.package_dir is None:
        return []
    return [
        (package.replace(".", "/"), "" if (place := folder.strip("/").removeprefix("./")) == "." else place)
        for package, folder in project.package_dir.items()
    ]


def _hatch(project: Project) -> list[Root]:
    """`packages`, `sources` and `force-include` of hatchling's wheel target."""
    if "hatchling" not in project.backend:
        return []
    build = _mapping(project.tool("hatch", "build"))
    wheel = _mapping(project.tool("hatch", "build", "targets", "wheel"))
    roots: list[Root] = []
    for package in _list(wheel.get("packages", build.get("packages"))):
        roots.append((package.rpartition("/")[2], package.strip("/")))
    sources = wheel.get("sources", build.get("sources"))
    if isinstance(sources, Mapping):
        roots += [(str(target).strip("/"), str(place).strip("/")) for place, target in sources.items()]
    else:
        roots += [("", place.strip("/")) for place in _list(sources)]
    forced = {**_mapping(build.get("force-include")), **_mapping(wheel.get("force-include"))}
    roots += [
        (str(target).strip("/"), str(place).strip("/"))
        for place, target in forced.items()
        if ".." not in str(place)
    ]
    return roots


def _poetry(project: Project) -> list[Root]:
    if "poetry" not in project.backend:
        return []
    roots = []
    packages = project.tool("poetry", "packages")
    for package in packages if isinstance(packages, list) else ():
        if isinstance(package, Mapping):
            roots.append((str(package.get("to", "")).strip("/"), str(package.get("from", "")).strip("/")))
    return roots


def _others(project: Project) -> list[Root]:
    """One key of the backends that have a single root for all packages."""
    places: list[Any] = []
    if project.backend == "maturin":
        places = [project.tool("maturin", "python-source")]
    elif "pdm" in project.backend:
        places = [project.tool("pdm", "build", "package-dir")]
    elif "uv_build" in project.backend:
        root = project.tool("uv", "build-backend", "module-root")
        places = ["src" if root is None else root]
    elif "scikit_build_core" in project.backend:
        packages = project.tool("scikit-build", "wheel", "packages")
        if isinstance(packages, Mapping):
            return [(str(target), str(place)) for target, place in packages.items()]
        return [(place.rpartition("/")[2], place) for place in _list(packages)]
    return [("", place.strip("/").removeprefix("./")) for place in places if isinstance(place, str)]


def _list(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
