"""A compressed file in, its bytes out as they are asked for, again too: one stream to its end, in bounded memory."""

from __future__ import annotations

import bz2
import lzma
import tempfile
import weakref
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from typing import IO

from provenance.errors import AmbiguousArchiveError, UnreadableArchiveError
from provenance.model import Limits

CHUNK = 1 << 16  # bytes of the file
BLOCK = 1 << 20  # bytes that come out at once
MARKED = 1 << 20  # bytes between two places from which a stream can be unpacked again
GZIP = 16 + zlib.MAX_WBITS


class Decompressed:
    """The bytes of a tar archive, which may be compressed in any of the three ways that sdists know.

    None of them are kept. A gzip stream is unpacked again from the nearest mark, a copy of the decoder's state; bz2's
    and xz's decoders cannot be copied, so what they give goes to a temporary file. A second stream behind the first is
    refused: some tools read on there, others have come to their end.
    """

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._block, self._start = b"", 0  # what came out last, and where in the whole it begins
        self.place = 0
        self._marks: list[tuple[int, zlib._Decompress, int]] = []
        magic = file.read(6)
        file.seek(0)
        self._decoder = zlib.decompressobj(GZIP) if magic.startswith(b"\x1f\x8b") else None
        if magic.startswith(b"BZh"):
            self._spool(bz2.BZ2Decompressor())
        elif magic.startswith(b"\xfd7zXZ\0"):
            self._spool(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limits.window_bytes))

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end. Raises where there are more than the limit in all."""
        here = self.place - self._start
        found = self._block[here : here + size]
        if len(found) < size:
            return b"".join(self.parts(size))
        self.place += size
        return found

    def parts(self, size: int) -> Iterator[memoryview]:
        """Yield so many bytes as they come out, each part to be used before the next; fewer only at the end."""
        while size > 0:
            here = self.place - self._start
            part = memoryview(self._block)[here : here + size]
            if not part and not self._advance():
                return
            self.place += len(part)
            size -= len(part)
            yield part

    def seek(self, place: int) -> None:
        """Stand at a place that was passed before."""
        if self._decoder is None:
            self._file.seek(place)
            self._start, self._block = place, b""
        elif not self._start <= place < self._start + len(self._block):
            start, decoder, offset = self._marks[
                bisect_right(self._marks, place, key=lambda mark: mark[0]) - 1
            ]
            if place < self._start or start > self._start:
                self._file.seek(offset)
                self._start, self._block, self._decoder = start, b"", decoder.copy()
            while self._start + len(self._block) <= place and self._advance():
                pass
        self.place = place

    def _advance(self) -> bool:
        """Replace the block by the next one; False at the end."""
        self._start += len(self._block)
        self._block = b""
        self._block = self._file.read(CHUNK) if self._decoder is None else self._unpacked(self._decoder)
        self._check_total(self._start + len(self._block))
        return bool(self._block)

    def _unpacked(self, decoder: zlib._Decompress) -> bytes:
        while not decoder.eof:
            content = decoder.unconsumed_tail
            if not content:
                if not self._marks or self._start >= self._marks[-1][0] + MARKED:
                    self._marks.append((self._start, decoder.copy(), self._file.tell()))
                content = _more(self._file)
            if part := decoder.decompress(content, BLOCK):
                return part
        self._check_end(decoder.unused_data)
        return b""

    def _spool(self, decoder: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        """Unpack the whole into a temporary file, which then is the archive."""
        plain = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as this object lives
        weakref.finalize(self, plain.close)
        while not decoder.eof:
            plain.write(decoder.decompress(_more(self._file) if decoder.needs_input else b"", BLOCK))
            self._check_total(plain.tell())
        self._check_end(decoder.unused_data)
        plain.seek(0)
        self._file = plain

    def _check_total(self, size: int) -> None:
        if size > self._limits.unpacked_bytes:
            raise UnreadableArchiveError(
                f"The archive unpacks to more than the limit of {self._limits.unpacked_bytes:,} bytes"
            )

    def _check_end(self, rest: bytes) -> None:
        while rest:
            if any(rest):
                raise AmbiguousArchiveError(
                    "The file holds something behind its compressed archive, where some tools read on: they would "
                    "install other files than those judged here"
                )
            rest = self._file.read(CHUNK)


def _more(file: IO[bytes]) -> bytes:
    content = file.read(CHUNK)
    if not content:
        raise UnreadableArchiveError("The archive is broken: its compressed stream has no end")
    return content
