"""Git objects in, the bytes of a pack that holds them out, and back, each under the id that its own bytes have.

A pack as git writes and reads it (gitformat-pack, version 2), of whole objects in one order: equal objects, equal
packs. Read here and not by dulwich, which unpacks as much as a file of strangers makes it.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping

from dulwich.objects import ShaFile

from provenance.errors import ReportError

HEADER = struct.Struct(">4sLL")
MAGIC, VERSION = b"PACK", 2
TYPES = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
TRAILER = 20  # bytes of the SHA-1 over all that stands before it
ROOM = 64  # bytes that compressing may add, beside an eighth


def write_pack(objects: Iterable[ShaFile]) -> bytes:
    """Return a pack of these objects, ordered by type and id."""
    rows = sorted({(each.type_num, each.id): each for each in objects}.items(), key=lambda row: row[0])
    parts = [HEADER.pack(MAGIC, VERSION, len(rows))]
    for (kind, _), each in rows:
        content = each.as_raw_string()
        parts += [_size(kind, len(content)), zlib.compress(content, 9)]
    body = b"".join(parts)
    return body + _checksum(body)


def read_pack(content: bytes, limit: int) -> Mapping[str, ShaFile]:
    """Return the objects of a pack by their ids.

    Raises ReportError where the bytes are no such pack, were changed, or unpack to more than `limit` bytes.
    """
    body, checksum = content[:-TRAILER], content[-TRAILER:]
    if len(content) < HEADER.size + TRAILER or not content.startswith(MAGIC):
        raise ReportError("The bundle is not a git pack")
    if _checksum(body) != checksum:
        raise ReportError("The bundle was changed or damaged: its checksum does not hold")
    try:
        return dict(_objects(body, limit))
    except (zlib.error, struct.error, IndexError) as error:
        raise ReportError(f"The bundle is not a pack of whole objects: {error}") from error


def _objects(body: bytes, limit: int) -> Iterator[tuple[str, ShaFile]]:
    _, version, count = HEADER.unpack_from(body)
    if version != VERSION:
        raise ReportError(f"The bundle is a pack of version {version}, not {VERSION}")
    place = HEADER.size
    for _ in range(count):
        kind, size, place = _read_size(body, place)
        if kind not in TYPES:
            raise ReportError("The bundle is not a pack of whole objects: it holds a difference between two")
        limit -= size
        if limit < 0:
            raise ReportError("The bundle unpacks to more bytes than the limit")
        inflater = zlib.decompressobj()
        content = inflater.decompress(body[place : place + size + size // 8 + ROOM], size + 1)
        if len(content) != size or not inflater.eof:
            raise ReportError("The bundle is not a pack of whole objects: one has another size than it says")
        place = min(place + size + size // 8 + ROOM, len(body)) - len(inflater.unused_data)
        name = hashlib.sha1(b"%s %d\0" % (TYPES[kind], size) + content, usedforsecurity=False)
        yield name.hexdigest(), _parsed(kind, content, name.hexdigest())
    if place != len(body):
        raise ReportError("The bundle has bytes that belong to no object")


def _parsed(kind: int, content: bytes, name: str) -> ShaFile:
    try:
        return ShaFile.from_raw_string(kind, content)
    except Exception as error:  # dulwich raises what comes to it
        raise ReportError(f"The object {name} in the bundle is not as git writes it: {error}") from error


def _size(kind: int, size: int) -> bytes:
    """The type of an object and its size, as a pack writes them: four bits, then seven at a time."""
    written = [kind << 4 | size & 15]
    size >>= 4
    while size:
        written[-1] |= 0x80
        written.append(size & 0x7F)
        size >>= 7
    return bytes(written)


def _read_size(body: bytes, place: int) -> tuple[int, int, int]:
    """The type, the size, and where the content begins."""
    byte = body[place]
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & 0x80:
        place += 1
        byte = body[place]
        size |= (byte & 0x7F) << shift
        shift += 7
    return kind, size, place + 1


def _checksum(body: bytes) -> bytes:
    return hashlib.sha1(body, usedforsecurity=False).digest()
