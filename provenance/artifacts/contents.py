"""Where an archive's members are in, their bytes out on demand: read again, compared with their id, never kept."""

from __future__ import annotations

import lzma
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Generic, TypeVar

from provenance.artifacts.compressed import BLOCK, CHUNK, Decompressed
from provenance.artifacts.zip_layout import AMBIGUOUS
from provenance.errors import AmbiguousArchiveError, OperationError, UnreadableArchiveError
from provenance.tree import blob_id

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    MemoryError,
)

Place = TypeVar("Place")


class Contents(Generic[Place]):
    """The members' bytes by blob id, in an archive that stays open as long as this object lives.

    `places` are where `read` finds each, `kept` the few that stand nowhere in the archive. The last one that was read
    is remembered: several rules in a row ask for the same file.
    """

    def __init__(self, file: IO[bytes], read: Callable[[Place], Iterator[bytes | memoryview]]) -> None:
        weakref.finalize(self, file.close)
        self.places: dict[str, Place] = {}
        self.kept: dict[str, bytes] = {}
        self._read = read
        self._last = "", b""

    def load(self, blob: str) -> bytes | None:
        """Return a member's bytes, None where the archive has no such file; raises OperationError where it changed."""
        if blob in self.kept:
            return self.kept[blob]
        if blob not in self.places:
            return None
        if blob != self._last[0]:
            self._last = "", b""  # not two of them at a time
            self._last = blob, self._again(blob)
        return self._last[1]

    def start(self, blob: str, size: int) -> bytes | None:
        """Return a member's first bytes, `size` of them or all; None where the archive has no such file."""
        if blob in self.kept or blob not in self.places or blob == self._last[0]:
            content = self.load(blob)
            return content if content is None else content[:size]
        found = bytearray()
        try:
            for part in self._read(self.places[blob]):
                found += part[:size]
                if len(found) >= size:
                    break
        except (*BROKEN, UnreadableArchiveError, AmbiguousArchiveError) as error:
            raise _changed() from error
        return bytes(found[:size])

    def _again(self, blob: str) -> bytes:
        try:
            content = b"".join(self._read(self.places[blob]))
        except (*BROKEN, UnreadableArchiveError, AmbiguousArchiveError) as error:
            raise _changed() from error
        if blob_id(content) != blob:
            raise _changed()
        return content


def tar_parts(archive: Decompressed, place: tuple[int, int]) -> Iterator[memoryview]:
    """Yield the bytes of a member, by where it begins in the unpacked archive and its size."""
    archive.seek(place[0])
    return archive.parts(place[1])


def zip_parts(file: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's bytes. zipfile itself ends at the size that is stated, where others go on.

    Raises AmbiguousArchiveError behind the last where they are not what the archive states.
    """
    file.seek(info.header_offset + 26)
    name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
    file.seek(name + extra, 1)
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableArchiveError(
            f"{info.filename} is encrypted, or packed in a way that wheels do not know"
        )
    is_packed = info.compress_type == zipfile.ZIP_DEFLATED
    size = crc = 0
    for part in (_inflated if is_packed else _stored)(file, info):
        size += len(part)
        crc = zlib.crc32(part, crc)
        if size > info.file_size:
            break
        yield part
    if size != info.file_size or crc != info.CRC:
        raise misstated(info)


def misstated(info: zipfile.ZipInfo) -> AmbiguousArchiveError:
    """A member whose bytes are not what the archive states of them."""
    return AmbiguousArchiveError(
        f"{info.filename} does not have the size or the checksum that the archive states: {AMBIGUOUS}"
    )


def _stored(file: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    left = info.compress_size
    while left and (part := file.read(min(left, CHUNK))):
        left -= len(part)
        yield part


def _inflated(file: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    """One deflate stream, which must take up all of the member's packed bytes."""
    inflater, left = zlib.decompressobj(-zlib.MAX_WBITS), info.compress_size
    while not inflater.eof:
        packed = inflater.unconsumed_tail
        if not packed:
            packed = file.read(min(left, CHUNK))
            left -= len(packed)
        part = inflater.decompress(packed, BLOCK)
        if not packed and not part:
            raise misstated(info)
        yield part
    if left or inflater.unused_data:
        raise misstated(info)


def _changed() -> OperationError:
    return OperationError("An artifact was changed while it was being read", hint="check it again")
