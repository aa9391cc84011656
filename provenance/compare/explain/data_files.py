"""Files that a wheel installs outside site-packages (`NAME.data/data/`), against the source files they copy."""

from __future__ import annotations

from provenance.compare.classify import COMPILED
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import Entry, parent

DOCUMENTATION = ("share/doc/", "share/man/", "man/")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Find the source file of the same name and bytes, and the place where the configuration names the target."""
    data = context.subject.data_folder
    if data is None or not entry.path.startswith(f"{data}/data/") or entry.name.endswith((".pth", *COMPILED)):
        return None
    target = entry.path.removeprefix(f"{data}/data/")
    if target.startswith(("bin/", "lib/", "Scripts/", "Lib/")):
        return None
    for path in context.source_tree.by_blob.get(entry.blob, ()) if entry.size else ():
        if path.rpartition("/")[2] == entry.name and (
            target.startswith(DOCUMENTATION) or _is_named(target, path, context)
        ):
            reason = f"a copy of {path}, installed where the packaging configuration says"
            return proof(RULE.name, Evidence.IDENTICAL, reason, path)
    return None


def _is_named(target: str, path: str, context: Context) -> bool:
    """Whether the packaging files name a folder of the target, and the file or a folder of its origin."""
    texts = context.project.texts
    relative = path.removeprefix(f"{context.project.folder}/") if context.project.folder else path
    return any(f'"{place}"' in texts or f"'{place}'" in texts for place in _upwards(target)) and any(
        origin in texts for origin in _upwards(relative)
    )


def _upwards(path: str) -> list[str]:
    """The path and the folders above it."""
    found = [path]
    while "/" in found[-1]:
        found.append(parent(found[-1]))
    return found


RULE = Rule(
    name="data-files",
    proves="The file has the name and the bytes of a source file, and goes into a documentation folder, or into a "
    "folder that the packaging configuration names as its target; never among programs or modules.",
    leaves_free="Nothing in the file; which of the named folders it goes to.",
    sources=(
        "PyPA specification: binary distribution format, .data",
        "setuptools: data_files; hatchling: shared-data",
    ),
    explain=explain,
)
