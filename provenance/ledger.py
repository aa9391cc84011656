"""A small database on disk: the commit that a repository's tag named when it was seen in, all it ever named out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance.errors import LedgerError

SECONDS = 10.0  # to wait for another process that writes
TABLE = """\
CREATE TABLE IF NOT EXISTS tags (
    repository TEXT NOT NULL, tag TEXT NOT NULL, commit_id TEXT NOT NULL, first_seen TEXT NOT NULL,
    PRIMARY KEY (repository, tag, commit_id)
)"""


@dataclass(frozen=True)
class Seen:
    """A commit that a tag named, and when it was first seen to do so."""

    tag: str
    commit: str
    first_seen: datetime


class Ledger:
    """What tags named, in one file; nothing is ever changed or removed. Processes may share the file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def remember(self, repository: str, tag: str, commit: str, when: datetime) -> None:
        """Note what a tag names; only the first time counts. Raises LedgerError where it cannot be written."""
        row = (_key(repository), tag, commit, when.astimezone(UTC).isoformat(timespec="seconds"))
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO tags VALUES (?, ?, ?, ?)", row)

    def tags(self, repository: str) -> tuple[Seen, ...]:
        """Return all that the repository's tags were seen to name, the earliest first. Raises LedgerError."""
        asked = "SELECT tag, commit_id, first_seen FROM tags WHERE repository = ? ORDER BY first_seen, rowid"
        with self._open() as database:
            rows = database.execute(asked, (_key(repository),)).fetchall()
        return tuple(Seen(tag, commit, datetime.fromisoformat(when)) for tag, commit, when in rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self.file, timeout=SECONDS)
            try:
                with database:
                    database.execute(TABLE)
                    yield database
            finally:
                database.close()
        except (OSError, ValueError, sqlite3.Error) as error:
            raise LedgerError(f"The record of tags in {self.file} cannot be used: {error}") from error


def _key(repository: str) -> str:
    """One key for every way to write a repository's address."""
    return repository.rstrip("/").removesuffix(".git").lower()
