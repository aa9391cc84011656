"""Licence texts that a backend copies: into a wheel's .dist-info, or from a folder above into an sdist."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.compare.classify import is_document
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import Entry, join, parent


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Compare with the source file that the licence's path names."""
    for path in _origins(entry, context):
        original = context.source_tree.get(path)
        if original is not None and original.blob == entry.blob:
            return proof(RULE.name, Evidence.IDENTICAL, f"a copy of {path}, the same bytes", path)
    return None


def _origins(entry: Entry, context: Context) -> Iterator[str]:
    """Source paths that a backend would have copied this licence from."""
    folder = context.project.folder
    named = set(context.subject.metadata.get("license_files") or ())
    info = context.subject.dist_info
    if context.subject.kind == "wheel":
        if info is None or not entry.path.startswith(f"{info}/"):
            return
        path = entry.path.removeprefix(f"{info}/")
        for prefix in ("licenses/", "license_files/"):
            path = path.removeprefix(prefix)
        if path not in named and not is_document(entry.name):
            return
    else:
        path = entry.path
        if path not in named or "/" in path:
            return
    while True:
        yield join(folder, path)
        if not folder:
            break
        folder = parent(folder)


RULE = Rule(
    name="licence-files",
    proves="A licence text in a wheel's .dist-info, or one that an sdist's metadata names, has the bytes of the file "
    "of the same path in the project's folder of the source, or in a folder above it.",
    leaves_free="Nothing.",
    sources=(
        "PEP 639: License-File and .dist-info/licenses/",
        "setuptools, hatchling and flit copy these files",
    ),
    explain=explain,
)
