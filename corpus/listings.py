"""A commit's files as lines of text and back: `mode blob path`, with the target after a link's path."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from provenance.tree import SYMLINK, Entry, Tree, blob_id

ARROW = "\t-> "


def write_listing(tree: Tree, paths: Iterable[str]) -> str:
    """Return the lines for these files of a source tree."""
    return "".join(f"{_line(tree, tree.entries[path])}\n" for path in sorted(paths))


def _line(tree: Tree, entry: Entry) -> str:
    target = tree.text(entry.path) if entry.mode == SYMLINK else None
    return f"{entry.mode:06o} {entry.blob} {entry.path}" + (f"{ARROW}{target}" if target else "")


def read_listing(text: str, load: Callable[[str], bytes | None]) -> Tree:
    """Return the source tree of a listing; `load` gives the bytes of the blobs that artifacts hold too."""
    entries: dict[str, Entry] = {}
    targets: dict[str, bytes] = {}
    for line in text.splitlines():
        mode, blob, rest = line.split(" ", 2)
        path, _, target = rest.partition(ARROW)
        entries[path] = Entry(path, int(mode, 8), blob)
        if target and blob_id(target.encode()) == blob:
            targets[blob] = target.encode()
    return Tree(entries, lambda blob: targets[blob] if blob in targets else load(blob))
