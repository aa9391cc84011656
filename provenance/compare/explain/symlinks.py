"""Symbolic links of the source that an archive keeps, or writes out as the file or folder they point to."""

from __future__ import annotations

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import SYMLINK, Entry, Tree, join, parent

MOST_STEPS = 20


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Follow the commit's own links to the file that stands at this path, and compare its bytes."""
    for target, place in context.roots:
        if target and not entry.path.startswith(f"{target}/"):
            continue
        path = join(place, entry.path.removeprefix(f"{target}/") if target else entry.path)
        found = _follow(context.source_tree, path)
        if found is None or found == path:
            continue
        original = context.source_tree.get(path)
        if original is not None and original.blob == entry.blob:
            reason = f"the link to {found}, written as a text file as git does where links are not allowed"
            return proof(RULE.name, Evidence.NORMALIZED, reason, path)
        behind = context.source_tree.get(found)
        if behind is not None and behind.blob == entry.blob and entry.mode != SYMLINK:
            return proof(
                RULE.name, Evidence.NORMALIZED, f"the source links here to {found}, the same bytes", found
            )
    return None


def _follow(tree: Tree, path: str) -> str | None:
    """Return the path that a file system would reach through the tree's links; None outside it or in a loop."""
    done, todo = "", path.split("/")
    for _ in range(MOST_STEPS * 10):
        if not todo:
            return done
        part = todo.pop(0)
        if part == "..":
            if not done:
                return None
            done = parent(done)
            continue
        if part in ("", "."):
            continue
        here = join(done, part)
        entry = tree.get(here)
        if entry is None or entry.mode != SYMLINK:
            done = here
            continue
        target = tree.text(here)
        if target is None or target.startswith("/"):
            return None
        todo = target.split("/") + todo
    return None


RULE = Rule(
    name="symlinks",
    proves="The commit holds a symbolic link at this path, or at a folder above it, and the file is what the link "
    "leads to inside the same commit, byte for byte.",
    leaves_free="Nothing.",
    sources=(
        "git: symbolic links are blobs of mode 120000",
        "tarfile and setuptools write links out when they copy",
    ),
    explain=explain,
)
