"""A pack that a host sent in, nothing out: raises where its objects would unpack to more than the limits.

Before dulwich unpacks it, which believes what a pack says of its sizes (gitformat-pack, version 2).
"""

from __future__ import annotations

import struct
import zlib
from typing import IO

from provenance.errors import GitError
from provenance.model import Limits

HEADER = struct.Struct(">4sLL")
OFFSET_DELTA, REF_DELTA, ID_BYTES = 6, 7, 20
CHUNK = 1 << 16
MOST_DELTA = 16 << 20  # bytes of one difference between two objects: hosts send larger ones whole


def check_unpacked(file: IO[bytes], limits: Limits, shown: str, before: int = 0) -> int:
    """Return the bytes that a pack's objects come to; `file` stands at its end, before and after.

    Raises GitError where they are too many together with those that came `before`.
    """
    end = file.tell()
    left = limits.git_unpacked_bytes - before
    file.seek(0)
    header = file.read(HEADER.size)
    if len(header) == HEADER.size and header.startswith(b"PACK"):
        count = HEADER.unpack(header)[2]
        if count > limits.git_objects:
            raise GitError(f"{shown} sent more than the limit of {limits.git_objects:,} objects")
        for _ in range(count):
            left -= _unpacked_size(file, left)
            if left < 0:
                raise GitError(
                    f"{shown} sent what unpacks to more than the limit of {limits.git_unpacked_bytes:,} bytes"
                )
    file.seek(end)
    return limits.git_unpacked_bytes - before - left


def _unpacked_size(file: IO[bytes], limit: int) -> int:
    """The bytes that the next object comes to; more than the limit where it is beyond it."""
    byte = _byte(file)
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & 0x80:
        byte = _byte(file)
        size |= (byte & 0x7F) << shift
        shift += 7
    if size > limit:
        return size
    if kind == REF_DELTA:
        file.seek(ID_BYTES, 1)
    elif kind == OFFSET_DELTA:
        while _byte(file) & 0x80:
            pass
    is_delta = kind in (OFFSET_DELTA, REF_DELTA)
    content = _inflated(file, size, is_kept=is_delta)
    return _delta_size(content, limit) if is_delta else size


def _inflated(file: IO[bytes], size: int, *, is_kept: bool) -> bytes:
    """The bytes of an object's own stream, which must be as many as it states; they are dropped unless kept."""
    if is_kept and size > MOST_DELTA:
        raise GitError("The host sent a difference between two objects that is longer than honest ones")
    inflater, kept, inflated = zlib.decompressobj(), bytearray(), 0
    while not inflater.eof:
        packed = inflater.unconsumed_tail or file.read(CHUNK)
        try:
            part = inflater.decompress(packed, CHUNK)
        except zlib.error as error:
            raise GitError(f"The host sent a pack that cannot be unpacked ({error})") from error
        inflated += len(part)
        if inflated > size or not (packed or part):
            break
        if is_kept:
            kept += part
    if inflated != size or not inflater.eof:
        raise GitError("The host sent an object of another size than it states")
    file.seek(-len(inflater.unused_data), 1)
    return bytes(kept)


def _delta_size(delta: bytes, limit: int) -> int:
    """The size of what a difference makes, by its instructions and not by its word."""
    place = _skip_number(delta, _skip_number(delta, 0))
    size = 0
    while place < len(delta) and size <= limit:
        byte = delta[place]
        place += 1
        if byte & 0x80:
            copied = 0
            for bit in range(7):
                if byte >> bit & 1:
                    if bit >= 4 and place < len(delta):
                        copied |= delta[place] << 8 * (bit - 4)
                    place += 1
            size += copied or 0x10000
        else:
            size += byte
            place += byte
    return size


def _skip_number(delta: bytes, place: int) -> int:
    while place < len(delta) and delta[place] & 0x80:
        place += 1
    return place + 1


def _byte(file: IO[bytes]) -> int:
    read = file.read(1)
    if not read:
        raise GitError("The host sent a pack that ends before its last object")
    return read[0]
