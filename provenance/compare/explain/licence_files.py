"""Licence texts that a backend copies: into a wheel's .dist-info, or from a folder above into an sdist."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.compare.classify import (
    BUILD_FILES,
    BUILD_SUFFIXES,
    CODE,
    COMPILED,
    LICENCE_NAMES,
    STARTS_PYTHON,
    STEERING_METADATA,
    is_document,
)
from provenance.compare.context import Context
from provenance.compare.explain.line_endings import how_checked_out
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import REGULAR, SYMLINK, Entry, join, parent

NEVER = (*CODE, *COMPILED, *STARTS_PYTHON, *BUILD_SUFFIXES)


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Compare with the nearest source file that the licence's path names."""
    for path in _origins(entry, context):
        original = context.source_tree.get(path)
        if original is None or original.mode == SYMLINK:
            continue
        if original.blob == entry.blob:
            return proof(RULE.name, Evidence.IDENTICAL, f"a copy of {path}, the same bytes", path)
        how = how_checked_out(entry, original, context)
        return proof(RULE.name, Evidence.NORMALIZED, f"a copy of {path}, {how}", path) if how else None
    return _copied_from_elsewhere(entry, context)


def _copied_from_elsewhere(entry: Entry, context: Context) -> Explanation | None:
    """A wheel's licence that the project keeps in another folder of its source, or under another name."""
    info, name = context.subject.dist_info, entry.name.lower()
    if info is None or not entry.path.startswith(f"{info}/") or entry.mode != REGULAR or not entry.size:
        return None
    if not (is_document(name) or name.endswith(".txt")) or name in STEERING_METADATA or _steers(name):
        return None
    licences = [path for path in context.source_tree.by_blob.get(entry.blob, ()) if _is_licence(path)]
    if not licences:
        return None
    return proof(RULE.name, Evidence.IDENTICAL, f"a copy of {licences[0]}, the same bytes", licences[0])


def _is_licence(path: str) -> bool:
    return LICENCE_NAMES.fullmatch(path.rpartition("/")[2]) is not None


def _origins(entry: Entry, context: Context) -> Iterator[str]:
    """Source paths that a backend would have copied this licence from, the project's own folder first."""
    folder, path = context.project.folder, entry.path
    info = context.subject.dist_info
    if entry.mode != REGULAR or not _may_be_licence(entry, context):
        return
    if context.subject.kind == "wheel":
        if info is None or not path.startswith(f"{info}/"):
            return
        path = path.removeprefix(f"{info}/")
        path = path.removeprefix("license_files/").removeprefix("licenses/")
    elif "/" in path or not _is_named(path, context):
        return
    while True:
        yield join(folder, path)
        if not folder:
            break
        folder = parent(folder)


def _may_be_licence(entry: Entry, context: Context) -> bool:
    """Whether the name is a document's, or one that the metadata calls a licence and that no tool reads or runs."""
    name = entry.name.lower()
    if _steers(name):
        return False
    is_plain = "." not in name or name.endswith(".txt")
    return is_document(name) or (is_plain and _is_named(entry.path, context))


def _steers(name: str) -> bool:
    """Whether Python, a compiler or a build reads files of this name."""
    return name.endswith(NEVER) or name in BUILD_FILES


def _is_named(path: str, context: Context) -> bool:
    named = context.subject.metadata.get("license_files") or ()
    return any(path == name or path.endswith(f"/{name}") for name in named)


RULE = Rule(
    name="licence-files",
    proves="A licence text or document in a wheel's .dist-info, or one that an sdist's metadata names, has the bytes "
    "of the file of the same path in the project's folder of the source, or in the nearest folder above it that has "
    "one; or what git makes of its line endings; or, in a wheel, the bytes of a licence anywhere in the source. "
    "It is never code, and never a file that steers a build.",
    leaves_free="The name of a licence text in a wheel's .dist-info, where the bytes are a licence of the source.",
    sources=(
        "PEP 639: License-File and .dist-info/licenses/",
        "setuptools, hatchling and flit copy these files",
    ),
    explain=explain,
)
