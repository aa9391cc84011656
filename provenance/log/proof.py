"""A tree and an index in, the `.tlog-proof` of one entry out; a proof and its entry in, where it is logged out."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from provenance.errors import BrokenLogError
from provenance.log.checkpoint import NUMBER, Checkpoint, open_checkpoint
from provenance.log.merkle import HASH_SIZE, is_included, leaf_hash
from provenance.log.note import Verifier, decoded
from provenance.log.tiles import Tree

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
NOT_A_PROOF = "There is no proof of inclusion in a log (c2sp.org/tlog-proof@v1)"


@dataclass(frozen=True)
class Logged:
    """Where an entry stands, and the checkpoint of the log that says so."""

    index: int
    checkpoint: Checkpoint


def prove(tree: Tree, index: int, entry: bytes, checkpoint: Checkpoint) -> bytes:
    """Return the proof, as a file, that the checkpoint's tree has this entry at this index.

    Raises BrokenLogError where the tree's files do not prove it.
    """
    path = tree.inclusion(index)
    if not is_included(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root):
        raise BrokenLogError(f"The files of the log {checkpoint.origin} do not prove its entry {index}")
    lines = [HEADER, f"index {index}", *(b64encode(step).decode() for step in path), "", ""]
    return "\n".join(lines).encode() + checkpoint.note


def check_proof(content: bytes, entry: bytes, trusted: Iterable[Verifier]) -> Logged:
    """Return where the entry is logged, by its proof and the keys of the logs that are trusted; nothing is fetched.

    Raises BrokenLogError that names what does not hold: the proof's form, the checkpoint, or the inclusion. A proof
    with an `extra` line is refused: entries of this log need none, and it would not be signed.
    """
    head, separator, note = content.partition(b"\n\n")
    try:
        header, numbered, *steps = head.decode("ascii").split("\n")
        path = [decoded(step) for step in steps]
    except ValueError as error:
        raise BrokenLogError(NOT_A_PROOF) from error
    word, _, index = numbered.partition(" ")
    is_proof = header == HEADER and word == "index" and NUMBER.fullmatch(index)
    if not separator or not is_proof or any(len(step) != HASH_SIZE for step in path):
        raise BrokenLogError(NOT_A_PROOF)
    checkpoint = open_checkpoint(note, trusted)
    if not is_included(leaf_hash(entry), int(index), checkpoint.size, path, checkpoint.root):
        raise BrokenLogError(
            f"The proof does not hold: the log {checkpoint.origin} does not have this entry at {index}"
        )
    return Logged(int(index), checkpoint)
