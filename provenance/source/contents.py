"""A checkout in, the same with the content of files at hand that would be known by their ids alone out (`--full`)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace

from provenance.errors import GitError
from provenance.model import Notice, Severity
from provenance.source.checkout import Checkout
from provenance.tree import GITLINK, Tree


def with_contents(checkout: Checkout, blobs: Collection[str]) -> tuple[Checkout, Notice]:
    """Fetch every file of the source whose id is among these of artifacts, and note its sha256 in the tree.

    Nothing is taken from the artifacts any more, so that no content rests on SHA-1. Raises GitError where one is
    not given.
    """
    bare = replace(checkout, known={}, asked=set(), used=set())
    bare = replace(bare, tree=Tree(checkout.tree.entries, bare.load))
    wanted = {entry.blob for entry in bare.tree if entry.mode != GITLINK and entry.blob in blobs}
    bare.obtain(wanted)
    sums = {blob: _sha256(bare, blob) for blob in sorted(wanted)}
    entries = {
        path: replace(entry, sha256=sums.get(entry.blob, "")) for path, entry in bare.tree.entries.items()
    }
    message = f"{len(wanted):,} contents that are the same by git's ids were fetched and compared by sha256."
    notice = Notice(code="full", severity=Severity.INFO, message=message, is_lasting=False)
    return replace(bare, tree=Tree(entries, bare.load)), notice


def _sha256(checkout: Checkout, blob: str) -> str:
    content = checkout.load(blob)
    if content is None:
        where = checkout.source.repository.removeprefix("https://")
        raise GitError(f"{where} did not send the file {blob}, so not all contents can be compared")
    return hashlib.sha256(content).hexdigest()
