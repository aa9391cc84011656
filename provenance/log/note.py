"""A text and a key in, a signed note out, and back: C2SP signed-note with Ed25519, and its verifier keys."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provenance.errors import BrokenLogError, LogError

ED25519 = b"\x01"
PUBLIC_KEY_SIZE = 32
KEY_ID_SIZE = 4
LARGEST_NOTE = 1_000_000  # bytes; sixteen post-quantum signatures need less than 100,000
NAME = re.compile(r"[^\s+\x00-\x1f]+")
SIGNATURE_LINE = re.compile(r"— ([^\s+]+) (\S+)")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteSigner(Protocol):
    """What signs notes: an Ed25519 key, wherever it is kept."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature."""


@dataclass(frozen=True)
class Verifier:
    """A name, which is a log's origin, and the Ed25519 public key that signs under it; `str()` is its vkey."""

    name: str
    public_key: bytes
    kind: ClassVar[bytes] = ED25519

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise LogError(f"{self.name!r} cannot be the name of a log's key: it has a space or a plus sign")
        if len(self.public_key) != PUBLIC_KEY_SIZE:
            raise LogError(f"The key of {self.name} is not an Ed25519 key")

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read `name+id+key`; raises LogError where it is no verifier key of this kind."""
        name, _, rest = vkey.partition("+")
        _, _, key = rest.partition("+")
        try:
            material = decoded(key)
            if material[:1] != cls.kind:
                raise LogError(f"{vkey!r} is a key of another kind")
            verifier = cls(name, material[1:])
        except (ValueError, LogError) as error:
            raise LogError(f"{vkey!r} is not a verifier key (name+id+key)") from error
        if str(verifier) != vkey:
            raise LogError(f"{vkey!r} is not a verifier key: its id is not that of its name and key")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of the hash over name and key."""
        named = self.name.encode() + b"\n" + self.kind + self.public_key
        return hashlib.sha256(named).digest()[:KEY_ID_SIZE]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.kind + self.public_key).decode()}"


def sign_note(text: str, name: str, signer: NoteSigner) -> bytes:
    """Return the text, which ends in a newline, with a signature under this name."""
    key_id = Verifier(name, signer.public_key).key_id
    signature = b64encode(key_id + signer.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n".encode()


def open_note(content: bytes, verifier: Verifier) -> str:
    """Return the text of a note that this key has signed.

    Signatures by other keys are ignored. Raises BrokenLogError where there is none by this key, one by it is wrong, or
    the bytes are no note.
    """
    text, signatures = split_note(content)
    public_key = Ed25519PublicKey.from_public_bytes(verifier.public_key)
    known = (verifier.name, verifier.key_id)
    found = [signature for *key, signature in signature_lines(signatures) if tuple(key) == known]
    if not found:
        raise BrokenLogError(f"There is no signature by {verifier.name}+{verifier.key_id.hex()}")
    for signature in found:
        try:
            public_key.verify(signature, text.encode())
        except InvalidSignature as error:
            raise BrokenLogError(f"The signature by {verifier.name} does not hold") from error
    return text


def split_note(content: bytes) -> tuple[str, str]:
    """Return a note's text and its signature lines, neither of them checked; raises BrokenLogError."""
    if len(content) > LARGEST_NOTE:
        raise BrokenLogError(f"A signed note is longer than {LARGEST_NOTE} bytes")
    try:
        note = content.decode()
    except UnicodeDecodeError as error:
        raise BrokenLogError("A signed note is not UTF-8") from error
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n") or CONTROL.search(note):
        raise BrokenLogError("There is no signed note: a text, an empty line, and signatures")
    return text + "\n", signatures


def decoded(text: str) -> bytes:
    """Return what standard base64 encodes; raises ValueError where it is not written in its one canonical form."""
    content = b64decode(text, validate=True)
    if b64encode(content).decode() != text:
        raise ValueError("not canonical base64")
    return content


def signature_lines(lines: str) -> Iterator[tuple[str, bytes, bytes]]:
    """Give the key name, key id and signature in each of a note's signature lines; raises BrokenLogError."""
    for line in lines.removesuffix("\n").split("\n"):
        match = SIGNATURE_LINE.fullmatch(line)
        try:
            content = decoded(match[2]) if match else b""
        except ValueError:
            content = b""
        if match is None or len(content) <= KEY_ID_SIZE:
            raise BrokenLogError(f"A signed note has a line that is no signature: {line[:80]!r}")
        yield match[1], content[:KEY_ID_SIZE], content[KEY_ID_SIZE:]
