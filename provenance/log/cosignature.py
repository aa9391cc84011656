"""A log's checkpoint and a witness's key in, the witness's signature line out, and back: C2SP tlog-cosignature.

Ed25519, cosignature/v1. It says: at this moment, no larger tree of this log was seen, and none that contradicts.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provenance.errors import BrokenLogError
from provenance.log.note import NoteSigner, Verifier, signature_lines, split_note

TIME_SIZE = 8  # bytes, seconds since 1970, big-endian


class Witness(Verifier):
    """A witness's name and the Ed25519 key that it cosigns with; `str()` is its vkey."""

    kind: ClassVar[bytes] = b"\x04"


@dataclass(frozen=True)
class Cosigned:
    """That a witness vouches for a checkpoint, and since when."""

    witness: str
    moment: datetime

    def __str__(self) -> str:
        return f"{self.witness} ({self.moment:%Y-%m-%d})"


def cosign(note: bytes, name: str, signer: NoteSigner, moment: datetime) -> bytes:
    """Return a signed checkpoint with this witness's line, which takes the place of an older one of its own."""
    text, lines = split_note(note)
    witness = Witness(name, signer.public_key)
    seconds = int(moment.timestamp())
    signed = seconds.to_bytes(TIME_SIZE, "big") + signer.sign(_message(text, seconds))
    line = f"— {name} {b64encode(witness.key_id + signed).decode()}\n"
    found = zip(lines.removesuffix("\n").split("\n"), signature_lines(lines), strict=True)
    others = [f"{other}\n" for other, (of, key_id, _) in found if (of, key_id) != (name, witness.key_id)]
    return "".join([text, "\n", *others, line]).encode()


def cosigned_by(note: bytes, witnesses: Iterable[Witness]) -> list[Cosigned]:
    """Return which of these witnesses cosigned a checkpoint; lines by others are passed over.

    Raises BrokenLogError where a line by one of them does not hold.
    """
    text, lines = split_note(note)
    known = {(witness.name, witness.key_id): witness for witness in witnesses}
    found = []
    for name, key_id, signed in signature_lines(lines):
        if witness := known.get((name, key_id)):
            found.append(Cosigned(name, _verified(text, witness, signed)))
    return found


def _verified(text: str, witness: Witness, signed: bytes) -> datetime:
    seconds = int.from_bytes(signed[:TIME_SIZE], "big")
    try:
        public_key = Ed25519PublicKey.from_public_bytes(witness.public_key)
        public_key.verify(signed[TIME_SIZE:], _message(text, seconds))
        return datetime.fromtimestamp(seconds, UTC)
    except (InvalidSignature, ValueError, OverflowError, OSError) as error:
        raise BrokenLogError(f"The cosignature by {witness.name} does not hold") from error


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
