"""Trees and a Project statement in, where the project stands in the repository and where its wheels come from out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from provenance.project.read import CONFIG_FILES
from provenance.project.statement import Project
from provenance.tree import Tree, join, parent

Root = tuple[str, str]


def project_folder(source: Tree, sdist: Tree | None, wheels: Sequence[Tree]) -> str:
    """Return the folder of the repository that most of the artifacts' files come from.

    It is the nearest folder with packaging files at or above that place; the root where nothing fits.
    """
    prefix = prefix_by_content(source, sdist) if sdist is not None else None
    if prefix is None:
        prefix = next(
            (found for wheel in wheels if (found := prefix_by_content(source, wheel)) is not None), ""
        )
    folder = prefix
    while folder and not any(join(folder, name) in source for name in CONFIG_FILES):
        folder = parent(folder)
    return folder


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
    build = project.tool("hatch", "build") or {}
    wheel = project.tool("hatch", "build", "targets", "wheel") or {}
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
    for package in project.tool("poetry", "packages") or ():
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
