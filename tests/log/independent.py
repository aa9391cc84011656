"""A folder in, the log's entries out, by a second reader written from the specifications alone.

It shares no code with the room under test: C2SP tlog-tiles, tlog-checkpoint and signed-note, RFC 6962 section 2.1.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def read_checkpoint(folder: Path, origin: str, public_key: bytes) -> tuple[int, bytes]:
    """Return size and root of the log's checkpoint, after its signature held."""
    note = (folder / "checkpoint").read_bytes()
    end = note.rindex(b"\n\n") + 1
    text, signature_line = note[:end], note[end + 1 :]
    name, size, root = text.decode().splitlines()
    dash, signer, encoded = signature_line.decode().rstrip("\n").split(" ")
    assert (dash, name, signer) == ("\u2014", origin, origin)
    signature = base64.b64decode(encoded)
    assert signature[:4] == hashlib.sha256(origin.encode() + b"\n\x01" + public_key).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature[4:], text)
    return int(size), base64.b64decode(root)


def read_entries(folder: Path, size: int) -> list[bytes]:
    """Return the first `size` entries, out of the bundles that a log of this size must serve."""
    entries: list[bytes] = []
    for number in range((size + 255) // 256):
        data = _tile(folder / "tile" / "entries", number, min(256, size - 256 * number)).read_bytes()
        while data:
            (length,) = struct.unpack(">H", data[:2])
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
    assert len(entries) == size
    return entries


def tree_hash(entries: list[bytes]) -> bytes:
    """Return MTH of RFC 6962, as its section 2.1 defines it."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def check_tiles(folder: Path, entries: list[bytes]) -> int:
    """Compare every tile that a log of these entries must serve with its definition; return how many there are."""
    level, count = 0, 0
    while (hashes := len(entries) // 256**level) > 0:
        for number in range((hashes + 255) // 256):
            width = min(256, hashes - 256 * number)
            starts = [(number * 256 + i) * 256**level for i in range(width)]
            expected = b"".join(tree_hash(entries[start : start + 256**level]) for start in starts)
            assert _tile(folder / "tile" / str(level), number, width).read_bytes() == expected
            count += 1
        level += 1
    return count


def _tile(folder: Path, number: int, width: int) -> Path:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = folder.joinpath(*["x" + group for group in groups[:-1]], groups[-1])
    return path if width == 256 else path.with_name(path.name + ".p") / str(width)
