"""An SQLite file and statements in, rows out: others that hold it are waited for, a broken one is an AuditError."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from provenance.errors import AuditError

SECONDS = 15.0  # to wait for another process that writes, before saying so
PATIENCE = 40  # times that long
Found = TypeVar("Found")


class Database:
    """One file with these tables, whose changes are transactions; a context manager.

    `told` hears what is waited for. Every method raises AuditError where the file cannot be used.
    """

    def __init__(self, file: Path, tables: str, told: Callable[[str], None]) -> None:
        self.file = file
        self._tables = tables
        self._told = told

    def __enter__(self) -> Self:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.file, timeout=SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._broken(error) from error
        self._patiently(self._prepare)
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(self._tables)

    def read(self, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
        """Return all rows that a question has."""
        return self._patiently(lambda: self._connection.execute(statement, values).fetchall())

    def rows(self, statement: str) -> Iterator[Any]:
        """Yield the rows that a question has, one after the other."""
        yield from self._patiently(lambda: self._connection.execute(statement))

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> int:
        """Carry out a change of one statement; return how many rows it was about."""
        return self.write(lambda connection: connection.execute(statement, values).rowcount)

    def write(self, change: Callable[[sqlite3.Connection], Found]) -> Found:
        """Carry out a change of several statements: all of them or none."""

        def transaction() -> Found:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                found = change(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return found

        return self._patiently(transaction)

    def _patiently(self, act: Callable[[], Found]) -> Found:
        for _ in range(PATIENCE):
            try:
                return act()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) and "busy" not in str(error):
                    raise self._broken(error) from error
                self._told(f"{self.file} is held by another process; waiting for it")
            except sqlite3.Error as error:
                raise self._broken(error) from error
        raise AuditError(f"{self.file} was held by another process for {PATIENCE * SECONDS / 60:.0f} minutes")

    def _broken(self, error: Exception) -> AuditError:
        return AuditError(
            f"The state of the audit in {self.file} cannot be used: {error}",
            hint="free some disk space if it is full, and start the same audit again: it goes on where it was",
        )
