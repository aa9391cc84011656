"""A report's log entry, a proof or a log's files, and the logs that a user trusts in; whether it is logged out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provenance.errors import BrokenLogError, LogError
from provenance.log import (
    Logged,
    Read,
    SeenCheckpoints,
    Tree,
    Verifier,
    Witness,
    check_proof,
    claimed_head,
    cosigned_by,
    prove,
)
from provenance.log.merkle import leaf_hash
from provenance.verification.check import Check, Standing

Trusted = Callable[[str], Sequence[Verifier]]  # a log's name -> the keys that are trusted if it is called so


def check_log(
    entry: bytes,
    proof: bytes | None,
    trusted: Trusted,
    seen: SeenCheckpoints,
    read: Read | None,
    witnesses: Sequence[Witness] = (),
) -> Check:
    """Return whether the entry is in a log, by its proof or else by the log's files (`read`), and the log is one.

    One: its checkpoint, and that of the proof, contradict none that this user has seen. Every one of `witnesses` must
    have cosigned the log's checkpoint, or the proof's where there are no files.
    """
    what = "log"
    try:
        claimed = claimed_head(_note(proof, read)).origin
        keys = trusted(claimed)
        if claimed not in {key.name for key in keys}:
            return Check(what, Standing.OPEN, f"the key of the log {claimed} is not trusted here")
        logged = check_proof(proof, entry, keys) if proof is not None else _found(entry, keys, seen, read)
        agrees = seen.agrees(logged.checkpoint, keys, read)
        shown = seen.follow(read, keys) if read is not None else logged.checkpoint
        cosigned = cosigned_by(shown.note, witnesses)
    except BrokenLogError as error:
        return Check(what, Standing.FAILS, str(error))
    except LogError as error:
        return Check(what, Standing.OPEN, str(error))
    missing = {each.name for each in witnesses} - {each.witness for each in cosigned}
    if missing:
        return Check(what, Standing.OPEN, f"it is not cosigned by {', '.join(sorted(missing))}")
    where = f"included at index {logged.index}, checkpoint signed by {logged.checkpoint.origin}"
    where += f", cosigned by {', '.join(map(str, cosigned))}" if cosigned else ""
    if agrees:
        return Check(what, Standing.HOLDS, f"{where}, consistent with the newest seen")
    sentence = f"{where}; to compare it with the newest seen takes the log's files (--log)"
    return Check(what, Standing.HOLDS, sentence)


def _note(proof: bytes | None, read: Read | None) -> bytes:
    """The signed checkpoint in the proof, or the one in the log's files."""
    if proof is not None:
        return proof.partition(b"\n\n")[2]
    content = read("checkpoint") if read is not None else None
    if content is None:
        raise LogError("There is no log: the file `checkpoint` is missing")
    return content


def _found(entry: bytes, trusted: Sequence[Verifier], seen: SeenCheckpoints, read: Read | None) -> Logged:
    """Where the log's files have the entry."""
    if read is None:
        raise LogError("There is neither a proof nor a log")
    checkpoint = seen.follow(read, trusted)
    tree, leaf = Tree(read, checkpoint.size), leaf_hash(entry)
    index = next((index for index in range(checkpoint.size) if tree.leaf(index) == leaf), None)
    if index is None:
        raise BrokenLogError(f"The log {checkpoint.origin} does not have this report")
    return check_proof(prove(tree, index, entry, checkpoint), entry, trusted)
