"""A log's folder, entries and a key in; the entries in the log out, and a signed checkpoint that commits to them.

Whenever the process is killed, the next append goes on from what is there. The order makes it so: first the bundles and
tiles of the larger tree, beside those of the published one; then its head, unsigned, as what is going to be published;
then its signature and the checkpoint. So no two different trees of one size are ever signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import BrokenLogError, LogError
from provenance.log.checkpoint import Checkpoint, TreeHead, claimed_head, open_checkpoint, read_head
from provenance.log.files import CHECKPOINT, LOCAL, LogFiles
from provenance.log.merkle import EMPTY_ROOT, is_consistent, leaf_hash, perfect_root
from provenance.log.note import NoteSigner, Verifier, sign_note
from provenance.log.positions import open_positions
from provenance.log.tiles import ENTRIES, HEIGHT, WIDTH, Tree, bundle, tile_path

NEXT = f"{LOCAL}/next"
POSITIONS = f"{LOCAL}/positions.sqlite"


@dataclass(frozen=True)
class Appended:
    """The index of every entry that was handed in, in its order, and the checkpoint that has them all."""

    indexes: tuple[int, ...]
    checkpoint: Checkpoint


@dataclass(frozen=True)
class NewTile:
    """A file of the larger tree: a bundle of entries or a tile of hashes, and how much of it is filled."""

    level: int | str
    index: int
    width: int
    content: bytes

    @property
    def path(self) -> str:
        """Where the file stands."""
        return tile_path(self.level, self.index, self.width)

    @property
    def full_path(self) -> str:
        """Where it will stand when it is full."""
        return tile_path(self.level, self.index)


def create(folder: Path, origin: str, signer: NoteSigner) -> Checkpoint:
    """Make an empty log; raises LogError where the folder holds one, or what is left of one."""
    Verifier(origin, signer.public_key)  # refuses what cannot be an origin
    files = LogFiles(folder)
    with files.locked():
        if files.read(CHECKPOINT) is not None or (folder / "tile").exists():
            raise LogError(f"There is a log in {folder} already")
        return _publish(files, TreeHead(origin, 0, EMPTY_ROOT), signer)


def append(folder: Path, entries: Sequence[bytes], signer: NoteSigner) -> Appended:
    """Append the entries that the log does not have yet, all of them or none, and say where each stands.

    When this returns, they are on the disk and published. Raises BrokenLogError where the log's files do not hold what
    its checkpoint states, LogError where they cannot be read or written.
    """
    files = LogFiles(folder)
    _published(files, signer)
    leaves = [leaf_hash(entry) for entry in entries]
    with files.locked():
        checkpoint = _continued(files, signer)
        tree = Tree(files.read, checkpoint.size)
        if tree.root() != checkpoint.root:
            raise BrokenLogError(f"The tiles in {folder} do not give the root that its checkpoint states")
        with open_positions(folder / POSITIONS, tree) as positions:
            known = {leaf: positions.find(leaf) for leaf in leaves}
            fresh = {leaf: entry for leaf, entry in zip(leaves, entries, strict=True) if known[leaf] is None}
            if fresh:
                checkpoint = _extend(files, tree, checkpoint.origin, fresh, signer)
                positions.add(tree.size, fresh)
    indexes = known | {leaf: index for index, leaf in enumerate(fresh, tree.size)}
    return Appended(tuple(index for leaf in leaves if (index := indexes[leaf]) is not None), checkpoint)


def _published(files: LogFiles, signer: NoteSigner) -> Checkpoint:
    content = files.read(CHECKPOINT)
    if content is None:
        raise LogError(f"There is no log in {files.folder}")
    try:
        return open_checkpoint(content, [Verifier(claimed_head(content).origin, signer.public_key)])
    except BrokenLogError as error:
        hint = "a log is continued with the key that it was begun with"
        raise BrokenLogError(str(error), hint=hint) from error


def _continued(files: LogFiles, signer: NoteSigner) -> Checkpoint:
    """The log's checkpoint, after what an interrupted append was going to publish is published."""
    published = _published(files, signer)
    intended = files.read(NEXT)
    head = read_head(intended.decode()) if intended else published
    if head.size <= published.size:
        return published
    tree = Tree(files.read, head.size)
    path = tree.consistency(published.size)
    is_extension = is_consistent(published.size, head.size, path, published.root, head.root)
    if head.origin != published.origin or tree.root() != head.root or not is_extension:
        raise BrokenLogError(
            f"The log in {files.folder} was put back to {published.size} entries after {head.size} were published",
            hint="bring the newer files back: to append to the older ones would fork the log",
        )
    return _publish(files, head, signer)


def _extend(
    files: LogFiles, tree: Tree, origin: str, fresh: dict[bytes, bytes], signer: NoteSigner
) -> Checkpoint:
    tiles = [*_new_bundles(tree, list(fresh.values())), *_new_tiles(tree, list(fresh))]
    files.write({tile.path: tile.content for tile in tiles})
    for tile in tiles:
        if tile.width < WIDTH:
            files.drop_wider(tile.full_path, tile.width)
    larger = Tree(files.read, tree.size + len(fresh))
    checkpoint = _publish(files, TreeHead(origin, larger.size, larger.root()), signer)
    for tile in tiles:
        if tile.width == WIDTH:
            files.drop_partial(tile.full_path)
    return checkpoint


def _publish(files: LogFiles, head: TreeHead, signer: NoteSigner) -> Checkpoint:
    files.write({NEXT: head.text.encode()})
    note = sign_note(head.text, head.origin, signer)
    checkpoint = open_checkpoint(note, [Verifier(head.origin, signer.public_key)])
    files.write({CHECKPOINT: note})
    return checkpoint


def _new_bundles(tree: Tree, entries: list[bytes]) -> Iterator[NewTile]:
    edge, filled = divmod(tree.size, WIDTH)
    kept = tree.entries(edge) if filled else []
    if filled and [leaf_hash(entry) for entry in kept] != tree.tile(0, edge):
        raise BrokenLogError(f"The entries in {tile_path(ENTRIES, edge, filled)} are not those of the tree")
    for index, part in _parts(edge, kept + entries):
        yield NewTile(ENTRIES, index, len(part), bundle(part))


def _new_tiles(tree: Tree, hashes: list[bytes]) -> Iterator[NewTile]:
    level = 0
    while hashes:
        edge, filled = divmod(tree.size >> HEIGHT * level, WIDTH)
        kept = tree.tile(level, edge) if filled else []
        parts = list(_parts(edge, kept + hashes))
        for index, part in parts:
            yield NewTile(level, index, len(part), b"".join(part))
        hashes = [perfect_root(part) for _, part in parts if len(part) == WIDTH]
        level += 1


def _parts(first: int, row: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """A row of entries or hashes in tiles, with their indexes."""
    for begin in range(0, len(row), WIDTH):
        yield first + begin // WIDTH, row[begin : begin + WIDTH]
