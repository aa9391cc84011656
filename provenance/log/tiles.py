"""Files of a log in the C2SP tlog-tiles layout in, the hashes, entries and proofs of its tree out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provenance.errors import BrokenLogError, LogError
from provenance.log.merkle import (
    HASH_SIZE,
    Range,
    consistency_ranges,
    inclusion_ranges,
    perfect_root,
    range_hash,
)

WIDTH = 256
HEIGHT = 8  # levels of the Merkle tree in one tile: 2**8 hashes
LARGEST_ENTRY = 0xFFFF
ENTRIES = "entries"

Read = Callable[
    [str], bytes | None
]  # a path below the log's prefix in, the file out, None where there is none


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return a tile's path; the level is a number, or ENTRIES for a bundle of entries."""
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as one bundle; raises LogError where one is longer than 65,535 bytes."""
    if any(len(entry) > LARGEST_ENTRY for entry in entries):
        raise LogError(f"An entry of a log can have no more than {LARGEST_ENTRY} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_of(content: bytes, path: str) -> list[bytes]:
    """Return the entries in a bundle; raises BrokenLogError where it ends within one."""
    entries, position = [], 0
    while position < len(content):
        begin = position + 2
        position = begin + int.from_bytes(content[position:begin], "big")
        entries.append(content[begin:position])
    if position > len(content):
        raise BrokenLogError(f"{path} ends within an entry")
    return entries


class Tree:
    """The tree over a log's first `size` entries. Every file is read when it is needed, and once.

    Its methods raise LogError where a file is missing, BrokenLogError where one has another length than it must. What
    the hashes say is not checked here: a root or a proof is worth what it is compared with.
    """

    def __init__(self, read: Read, size: int) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self) -> bytes:
        """Return the hash over all entries."""
        return self._hash((0, self.size))

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that an entry stands at its index."""
        return [self._hash(leaves) for leaves in inclusion_ranges(index, self.size)]

    def consistency(self, first: int) -> list[bytes]:
        """Return the proof that the tree begins with the tree over the first entries."""
        return [self._hash(leaves) for leaves in consistency_ranges(first, self.size)]

    def leaf(self, index: int) -> bytes:
        """Return the hash of one entry."""
        return self._subtree(0, index)

    def width(self, level: int, index: int) -> int:
        """Return how many hashes a tile has; 0 and less where the tree has no such tile."""
        return min(WIDTH, (self.size >> HEIGHT * level) - WIDTH * index)

    def tile(self, level: int, index: int) -> list[bytes]:
        """Return the hashes in a tile."""
        if (level, index) not in self._tiles:
            width = self.width(level, index)
            path, content = self._file(level, index, width)
            if len(content) not in (HASH_SIZE * width, HASH_SIZE * WIDTH):
                raise BrokenLogError(f"{path} is {len(content)} bytes long and should be {HASH_SIZE * width}")
            starts = range(0, HASH_SIZE * width, HASH_SIZE)
            self._tiles[level, index] = [content[start : start + HASH_SIZE] for start in starts]
        return self._tiles[level, index]

    def entries(self, index: int) -> list[bytes]:
        """Return the entries in a bundle."""
        width = self.width(0, index)
        path, content = self._file(ENTRIES, index, width)
        entries = entries_of(content, path)
        if len(entries) not in (width, WIDTH):
            raise BrokenLogError(f"{path} holds {len(entries)} entries and should hold {width}")
        return entries[:width]

    def _file(self, level: int | str, index: int, width: int) -> tuple[str, bytes]:
        """A tile's content; where it is partial, the full one may stand in its place."""
        for path in dict.fromkeys((tile_path(level, index, width), tile_path(level, index))):
            if (content := self._read(path)) is not None:
                return path, content
        raise LogError(f"The log has no file {tile_path(level, index, width)}")

    def _hash(self, leaves: Range) -> bytes:
        return range_hash(leaves, self._subtree)

    def _subtree(self, level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        tile_index, first = divmod(index << height, WIDTH)
        return perfect_root(self.tile(tile_level, tile_index)[first : first + (1 << height)])
