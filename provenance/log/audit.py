"""A log's files and its checkpoint in; everything that does not hold out, computed again from the entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance.errors import BrokenLogError, LogError
from provenance.log.checkpoint import TreeHead
from provenance.log.entry import read_entry
from provenance.log.merkle import leaf_hash, perfect_root
from provenance.log.tiles import ENTRIES, WIDTH, Read, Tree, tile_path


def audit(read: Read, head: TreeHead) -> Iterator[str]:
    """Yield a sentence for everything that does not hold: bundles, entries, tiles, the root.

    Hashes are computed from the entries upwards, none is taken from a tile. One bundle is in memory at a time.
    """
    computed: dict[str, bytes] = {}
    row: list[bytes] = []
    is_complete = True
    for index in range(-(-head.size // WIDTH)):
        tree = Tree(read, head.size)
        try:
            entries = tree.entries(index)
        except LogError as error:
            yield str(error)
            is_complete = False
            continue
        hashes = [leaf_hash(entry) for entry in entries]
        yield from _wrong_entries(entries, index)
        yield from _wrong_tile(tree, 0, index, hashes)
        row += _kept(computed, 0, index, hashes)
    if is_complete:
        yield from _wrong_upper_levels(Tree(read, head.size), row, computed)
        if (root := Tree(computed.get, head.size).root()) != head.root:
            yield f"checkpoint: its root is {head.root.hex()}, and that of the entries {root.hex()}"
    else:
        yield "the tiles above and the root are not checked: not all entries can be read"


def _wrong_entries(entries: Sequence[bytes], index: int) -> Iterator[str]:
    for number, entry in enumerate(entries, index * WIDTH):
        try:
            read_entry(entry)
        except BrokenLogError as error:
            yield f"entry {number} in {tile_path(ENTRIES, index, len(entries))}: {error}"


def _wrong_upper_levels(tree: Tree, row: list[bytes], computed: dict[str, bytes]) -> Iterator[str]:
    level = 1
    while row:
        above: list[bytes] = []
        for index, begin in enumerate(range(0, len(row), WIDTH)):
            hashes = row[begin : begin + WIDTH]
            yield from _wrong_tile(tree, level, index, hashes)
            above += _kept(computed, level, index, hashes)
        level, row = level + 1, above


def _wrong_tile(tree: Tree, level: int, index: int, hashes: list[bytes]) -> Iterator[str]:
    """Compare a tile with what was computed; the hashes of level 0 are those of entries."""
    path = tile_path(level, index, len(hashes))
    try:
        stated = tree.tile(level, index)
    except LogError as error:
        yield str(error)
        return
    wrong = [place for place, pair in enumerate(zip(stated, hashes, strict=True)) if pair[0] != pair[1]]
    if wrong:
        numbers = ", ".join(str(index * WIDTH + place) for place in wrong)
        what = f"entry {numbers}" if level == 0 else f"tile {numbers} of level {level - 1}"
        yield f"{path} does not hold: it has another hash for {what}"


def _kept(computed: dict[str, bytes], level: int, index: int, hashes: list[bytes]) -> list[bytes]:
    """The root of a full tile; of a partial one, and above the entries, the hashes are kept for the log's root."""
    if level or len(hashes) < WIDTH:
        computed[tile_path(level, index, len(hashes))] = b"".join(hashes)
    return [perfect_root(hashes)] if len(hashes) == WIDTH else []
