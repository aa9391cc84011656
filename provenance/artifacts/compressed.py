"""A compressed file in, its bytes out as they are asked for: one stream to the file's end, within bounded memory."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import IO, Protocol

from provenance.errors import AmbiguousArchiveError, UnreadableArchiveError
from provenance.model import Limits

CHUNK = 1 << 16
GZIP = 16 + zlib.MAX_WBITS


class Decoder(Protocol):
    """What bz2 and lzma offer; a gzip stream is made to."""

    @property
    def eof(self) -> bool:
        """Whether the stream is at its end."""

    @property
    def needs_input(self) -> bool:
        """Whether more has to be read of the file before more comes out."""

    @property
    def unused_data(self) -> bytes:
        """What was read behind the stream's end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most so many bytes."""


class Decompressed:
    """The bytes of a tar archive, which may be compressed in any of the three ways that sdists know.

    A second stream behind the first is refused: some tools read on there, others have come to their end.
    """

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        self._file, self._left, self._limits = file, limits.unpacked_bytes, limits
        self._decoder = _decoder(file.read(6), limits)
        file.seek(0)

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end. Raises where there are more than the limit in all."""
        parts = []
        missing = size
        while missing > 0 and (part := self._some(missing)):
            parts.append(part)
            missing -= len(part)
            self._left -= len(part)
            if self._left < 0:
                raise UnreadableArchiveError(
                    f"The archive unpacks to more than the limit of {self._limits.unpacked_bytes:,} bytes"
                )
        return b"".join(parts)

    def _some(self, most: int) -> bytes:
        decoder = self._decoder
        if decoder is None:
            return self._file.read(min(most, CHUNK))
        while not decoder.eof:
            content = self._file.read(CHUNK) if decoder.needs_input else b""
            if decoder.needs_input and not content:
                raise UnreadableArchiveError("The archive is broken: its compressed stream has no end")
            if part := decoder.decompress(content, min(most, CHUNK)):
                return part
        self._check_end(decoder.unused_data)
        return b""

    def _check_end(self, rest: bytes) -> None:
        while rest:
            if any(rest):
                raise AmbiguousArchiveError(
                    "The file holds something behind its compressed archive, where some tools read on: they would "
                    "install other files than those judged here"
                )
            rest = self._file.read(CHUNK)


class _Gzip:
    """A gzip stream's decoder, in the manner of those of bz2 and lzma."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(GZIP)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflater.unconsumed_tail and not self.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inflater.decompress(self._inflater.unconsumed_tail + data, max_length)


def _decoder(magic: bytes, limits: Limits) -> Decoder | None:
    if magic.startswith(b"\x1f\x8b"):
        return _Gzip()
    if magic.startswith(b"BZh"):
        return bz2.BZ2Decompressor()
    if magic.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limits.window_bytes)
    return None
