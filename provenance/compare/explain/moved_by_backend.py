"""Source files that a build backend puts elsewhere, because its configuration or its documented habit says so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.compare.classify import is_document
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, proof
from provenance.model import Evidence, Explanation
from provenance.toml import parse_toml
from provenance.tree import EXECUTABLE, REGULAR, Entry, join, parent

Origin = tuple[str, str]  # a source path, and why the backend takes it from there
FILES = (REGULAR, EXECUTABLE)


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Compare with the source file that the configuration maps here, where the path's own place has none."""
    if entry.mode not in FILES or context.counterpart(entry.path) is not None:
        return None
    for path, reason in _origins(entry.path, context):
        original = context.source_tree.get(path)
        if original is not None and original.mode in FILES and original.blob == entry.blob:
            return proof(RULE.name, Evidence.IDENTICAL, f"the bytes of {path}: {reason}", path)
    return None


def _origins(path: str, context: Context) -> Iterator[Origin]:
    project, is_sdist = context.project, context.subject.kind == "sdist"
    if (
        is_sdist
        and path == ".gitignore"
        and any(word in project.backend for word in ("hatchling", "uv_build"))
    ):
        yield from _nearest_above(path, context)
    if "hatchling" in project.backend:
        yield from _hatch(path, context)
    if is_sdist:
        yield from _stated_above(path, context)
        yield from _beside_manifest(path, context)
        yield from _kept_original(path, context)


def _nearest_above(path: str, context: Context) -> Iterator[Origin]:
    """The file of this name in the nearest folder above the project's own."""
    folder = context.project.folder
    while folder:
        folder = parent(folder)
        if join(folder, path) in context.source_tree:
            yield join(folder, path), "the backend adds the nearest one above the project's folder"
            return


def _hatch(path: str, context: Context) -> Iterator[Origin]:
    """`force-include`, an sdist's `sources`, a wheel's `shared-data` and `extra-metadata`."""
    kind, subject = context.subject.kind, context.subject
    build = _table(context.project.tool("hatch", "build"))
    target = _table(context.project.tool("hatch", "build", "targets", kind))
    tables = [("force-include", table.get("force-include"), "") for table in (build, target)]
    if kind == "wheel" and subject.dist_info and subject.data_folder:
        tables.append(("shared-data", target.get("shared-data"), f"{subject.data_folder}/data"))
        tables.append(("extra-metadata", target.get("extra-metadata"), f"{subject.dist_info}/extra_metadata"))
    else:
        sources = target.get("sources", build.get("sources"))
        listed = {str(place): "" for place in sources} if isinstance(sources, list) else sources
        tables.append(("sources", listed, ""))
    for key, mapping, prefix in tables:
        for place, goal in _table(mapping).items():
            rest = _below(path, join(prefix, str(goal).strip("/")))
            origin = None if rest is None else resolved(context.project.folder, f"{place}/{rest}")
            if origin is not None:
                yield origin, f"hatch's {key} maps {place} here"


def _stated_above(path: str, context: Context) -> Iterator[Origin]:
    """A readme or licence that pyproject.toml names by a path out of the project's folder, put into the root."""
    for stated in _stated_documents(context):
        origin = resolved(context.project.folder, stated)
        if ".." in stated and stated.rpartition("/")[2] == path and is_document(path) and origin is not None:
            yield origin, f"pyproject.toml names it as {stated}"


@once_per_context
def _stated_documents(context: Context) -> tuple[str, ...]:
    document = _toml(context.source_tree.text(join(context.project.folder, "pyproject.toml")))
    table = _table(document.get("project"))
    stated = [
        table.get("readme"),
        _table(table.get("readme")).get("file"),
        _table(table.get("license")).get("file"),
    ]
    stated += [*(context.project.readmes or ()), *_list(table.get("license-files"))]
    return tuple(dict.fromkeys(name for name in stated if isinstance(name, str)))


def _beside_manifest(path: str, context: Context) -> Iterator[Origin]:
    """A readme or licence that the source's Cargo.toml names by a path out of its folder: maturin and cargo copy it."""
    folder, _, name = path.rpartition("/")
    manifest = context.counterpart(join(folder, "Cargo.toml"))
    if manifest is None or not is_document(name):
        return
    package = _table(_toml(context.source_tree.text(manifest.path)).get("package"))
    for key in ("readme", "license-file"):
        stated = package.get(key)
        origin = resolved(parent(manifest.path), stated) if isinstance(stated, str) else None
        if origin is not None and str(stated).rpartition("/")[2] == name:
            yield origin, f"{manifest.path} names it as {stated}"


def _kept_original(path: str, context: Context) -> Iterator[Origin]:
    """`Cargo.toml.orig` and `pyproject.toml.orig`: the file before the backend rewrote it."""
    name = path.rpartition("/")[2]
    before = context.counterpart(path.removesuffix(".orig"))
    if before is not None and (name == "Cargo.toml.orig" or path == "pyproject.toml.orig"):
        yield before.path, "the backend keeps it beside the one that it rewrites"


def resolved(folder: str, path: str) -> str | None:
    """Follow `.` and `..` of a relative path from a folder; None where it leaves the repository."""
    parts = folder.split("/") if folder else []
    if path.startswith("/"):
        return None
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _below(path: str, folder: str) -> str | None:
    """The path below folder, "" for the folder's own path, None where it is elsewhere."""
    if not folder or path == folder:
        return "" if path == folder else path
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None


def _toml(text: str | None) -> Mapping[str, Any]:
    try:
        return parse_toml(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


RULE = Rule(
    name="moved-by-backend",
    proves="The file has the bytes of another source file, nothing stands in the source at its own path, and the "
    "backend takes that file for this path: hatchling's force-include, sources, shared-data and extra-metadata; "
    "a readme or licence that pyproject.toml or Cargo.toml names by a path out of its folder; "
    "the .gitignore nearest above the project's folder, which hatchling adds to an sdist; the original of a file that "
    "cargo or uv rewrites.",
    leaves_free="Nothing.",
    sources=(
        "hatch: build configuration",
        "maturin: source_distribution",
        "cargo: package",
    ),
    explain=explain,
)
