"""Symbolic links of the source that an archive keeps, or writes out as the file or folder they point to."""

from __future__ import annotations

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import GITLINK, SYMLINK, Entry, Tree, join, parent

MOST_STEPS = 200


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Follow the commit's own links to the file that stands at this path, and compare its bytes."""
    for path in context.source_paths(entry.path):
        found = _follow(context.source_tree, path)
        behind = context.source_tree.get(found) if found else None
        original = context.source_tree.get(path)
        if found == path and behind is not None:
            return None
        if original is not None and original.blob == entry.blob:
            reason = "the link's target, written as a text file as git does where links are not allowed"
            return proof(RULE.name, Evidence.NORMALIZED, reason, path)
        if behind is not None and behind.mode != GITLINK:
            if behind.blob != entry.blob or entry.mode == SYMLINK:
                return None
            reason = f"the source links here to {found}, the same bytes"
            return proof(RULE.name, Evidence.NORMALIZED, reason, found)
    return None


def _follow(tree: Tree, path: str) -> str | None:
    """Return the path that a file system would reach through the tree's links; None outside it or in a loop."""
    done, todo = "", path.split("/")
    for _ in range(MOST_STEPS):
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
