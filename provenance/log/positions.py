"""A leaf's hash in, its index in the log out: a database made from the log's tiles, and made again when it is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from provenance.errors import LogError
from provenance.log.tiles import WIDTH, Tree

TABLE = """\
CREATE TABLE IF NOT EXISTS leaves (position INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS by_hash ON leaves (hash);
"""


class Positions:
    """The indexes of a tree's leaves. Nothing that a log promises rests on them."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def find(self, leaf: bytes) -> int | None:
        """Return the first index of a leaf, None where the log does not have it."""
        asked = "SELECT MIN(position) FROM leaves WHERE hash = ?"
        position: int | None = self._database.execute(asked, (leaf,)).fetchone()[0]
        return position

    def add(self, first: int, leaves: Iterable[bytes]) -> None:
        """Note the leaves that stand at `first` and after it."""
        with self._database:
            self._database.executemany("INSERT INTO leaves VALUES (?, ?)", enumerate(leaves, first))

    def catch_up(self, tree: Tree) -> None:
        """Note the leaves that were published without being noted, and forget those that are not of the tree."""
        with self._database:
            self._database.execute("DELETE FROM leaves WHERE position >= ?", (tree.size,))
        known = self._database.execute("SELECT COALESCE(MAX(position) + 1, 0) FROM leaves").fetchone()[0]
        steps = [known, *range((known // WIDTH + 1) * WIDTH, tree.size, WIDTH), tree.size]
        for begin, end in pairwise(steps):
            if begin < end:
                self.add(begin, tree.tile(0, begin // WIDTH)[begin % WIDTH : (end - 1) % WIDTH + 1])


@contextmanager
def open_positions(file: Path, tree: Tree) -> Iterator[Positions]:
    """Yield the indexes of this tree's leaves; raises LogError where the file cannot be used."""
    try:
        with closing(_opened(file, tree)) as database:
            yield Positions(database)
    except sqlite3.Error as error:
        raise LogError(f"{file} cannot be used: {error}", hint="remove it: it is made again") from error


def _opened(file: Path, tree: Tree) -> sqlite3.Connection:
    try:
        return _caught_up(file, tree)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        file.unlink()  # damaged
        return _caught_up(file, tree)


def _caught_up(file: Path, tree: Tree) -> sqlite3.Connection:
    database = sqlite3.connect(file)
    try:
        database.execute("PRAGMA synchronous = OFF")  # it can be made again
        database.executescript(TABLE)
        Positions(database).catch_up(tree)
    except BaseException:
        database.close()
        raise
    return database
