"""Files kept in Git LFS: the commit holds a pointer with the content's digest and size."""

from __future__ import annotations

import re

from provenance.compare.attributes import attributes_of
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import EXECUTABLE, REGULAR, Entry

POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (0|[1-9]\d{0,18})\n"
)


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Read the source blob as a pointer and compare digest and size with the file's."""
    counterpart = context.counterpart(entry.path)
    if counterpart is None or not {counterpart.mode, entry.mode} <= {REGULAR, EXECUTABLE}:
        return None
    pointer = POINTER.fullmatch(context.source_tree.load(counterpart.blob) or b"")
    if pointer is None or attributes_of(context.source_tree, counterpart.path).get("filter") != "lfs":
        return None
    if (pointer[1].decode(), int(pointer[2])) != (entry.sha256, entry.size):
        return None
    reason = "the content that the source's Git LFS pointer names, by sha256 and size"
    return proof(RULE.name, Evidence.NORMALIZED, reason, counterpart.path)


RULE = Rule(
    name="lfs-pointers",
    proves="The commit's .gitattributes keep the file in Git LFS, the commit holds a pointer, and the file has the "
    "sha256 and the size that the pointer states.",
    leaves_free="Nothing.",
    sources=("Git LFS specification: the pointer, version 1",),
    explain=explain,
)
