"""A signed note in, the log's name, size and root that it states out: C2SP tlog-checkpoint."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from provenance.errors import BrokenLogError
from provenance.log.merkle import HASH_SIZE
from provenance.log.note import Verifier, decoded, open_note, split_note

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class TreeHead:
    """What a log says of its tree: the log's origin, the number of entries, and the hash over all of them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def __str__(self) -> str:
        entries = "1 entry" if self.size == 1 else f"{self.size} entries"
        return f"{entries}, root {b64encode(self.root).decode()}"


@dataclass(frozen=True)
class Checkpoint(TreeHead):
    """A tree head whose signature by the log's key was verified; `note` is the signed form."""

    note: bytes


def read_head(text: str) -> TreeHead:
    """Return what a checkpoint's text states; raises BrokenLogError where it has another form."""
    origin, size, root, *extensions = text.removesuffix("\n").split("\n") + [""] * 2
    try:
        head = TreeHead(origin, int(size), decoded(root))
    except ValueError as error:
        raise BrokenLogError("There is no checkpoint: a log's name, size and root") from error
    if not (origin and NUMBER.fullmatch(size) and len(head.root) == HASH_SIZE and all(extensions[:-2])):
        raise BrokenLogError("There is no checkpoint: a log's name, size and root")
    return head


def claimed_head(content: bytes) -> TreeHead:
    """Return what a signed checkpoint claims, whoever signed it; raises BrokenLogError."""
    return read_head(split_note(content)[0])


def open_checkpoint(content: bytes, trusted: Iterable[Verifier]) -> Checkpoint:
    """Return a checkpoint that is signed by the trusted key of its log, whose name is the log's origin.

    Raises BrokenLogError where no key of that name is trusted, or the signature does not hold.
    """
    origin = claimed_head(content).origin
    verifiers = [verifier for verifier in trusted if verifier.name == origin]
    if not verifiers:
        raise BrokenLogError(f"The log {origin!r} is not one whose key is trusted here")
    problem = None
    for verifier in verifiers:
        try:
            head = read_head(open_note(content, verifier))
        except BrokenLogError as error:
            problem = error
        else:
            return Checkpoint(head.origin, head.size, head.root, content)
    raise BrokenLogError(f"The checkpoint of {origin} does not hold: {problem}") from problem
