"""Releases in, one after the other out, whatever becomes of those who work on them: one SQLite file.

One process at a time writes: the coordinator. Others read whenever they like (WAL).
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from provenance.audit.task import Failed, Failure, Task
from provenance.errors import AuditError
from provenance.report.audited import Audited, changes

SECONDS = 15.0  # to wait for another process that writes, before saying so
PATIENCE = 40  # times that long
TABLES = """\
CREATE TABLE IF NOT EXISTS releases (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, version TEXT NOT NULL,          -- as asked; no version asks for the newest
    rank INTEGER,
    state TEXT NOT NULL DEFAULT 'waiting',              -- waiting, working, done, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    next_try REAL NOT NULL DEFAULT 0, lease REAL,       -- seconds since 1970
    digest TEXT, verdict TEXT, failure TEXT, reason TEXT,
    result TEXT, before TEXT,                           -- Audited as JSON: now, and in the audit before
    finished REAL,
    UNIQUE (name, version)
);
CREATE INDEX IF NOT EXISTS by_turn ON releases (state, next_try, id);
CREATE INDEX IF NOT EXISTS by_verdict ON releases (state, verdict);
"""
Found = TypeVar("Found")


@dataclass(frozen=True)
class Retry:
    """How often a release is tried, and the seconds before the second try; each later pause is twice as long."""

    tries: int
    pause: float


RETRIES = {
    Failure.HOST: Retry(8, 15.0),
    Failure.CRASH: Retry(6, 1.0),
    Failure.TIME: Retry(2, 60.0),
    Failure.OPERATION: Retry(3, 15.0),
    Failure.DEFECT: Retry(1, 0.0),
    Failure.NOT_ON_INDEX: Retry(1, 0.0),
    Failure.NOT_UNDERSTOOD: Retry(1, 0.0),
}


@dataclass(frozen=True)
class Wanted:
    """A release that an audit is asked for; no version is the newest, `rank` its place among the most downloaded."""

    name: str
    version: str = ""
    rank: int | None = None


class Queue:
    """The releases of one audit; a context manager. Raises AuditError where its file cannot be used.

    `pause` scales all pauses between tries, `told` hears what is waited for.
    """

    def __init__(
        self, file: Path, *, pause: float = 1.0, told: Callable[[str], None] = lambda _said: None
    ) -> None:
        self.file = file
        self._pause = pause
        self._told = told

    def __enter__(self) -> Self:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self.file, timeout=SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._broken(error) from error
        self._patiently(self._prepare)
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._database.close()

    def _prepare(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(TABLES)

    def add(self, wanted: Iterable[Wanted], *, again: bool = False) -> int:
        """Take releases in and return how many were not there; `again` has those that were done done anew."""
        rows = [(each.name, each.version, each.rank) for each in wanted]

        def insert() -> int:
            before = self._database.total_changes
            self._database.executemany(
                "INSERT INTO releases (name, version, rank) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows
            )
            added = self._database.total_changes - before
            if again:
                self._database.executemany(
                    "UPDATE releases SET state = 'waiting', attempts = 0, next_try = 0, before = ifnull(result, before)"
                    " WHERE name = ? AND version = ? AND state IN ('done', 'failed')",
                    [row[:2] for row in rows],
                )
            return added

        return self._write(insert)

    def recover(self) -> int:
        """Take back what an audit that has ended was working on, and return how many; its tries do not count."""
        return self._execute(
            "UPDATE releases SET state = 'waiting', attempts = max(attempts - 1, 0), lease = NULL "
            "WHERE state = 'working'"
        )

    def claim(self, most: int, lease: float) -> list[Task]:
        """Give out the next releases, for so many seconds."""

        def take() -> list[Task]:
            now = time.time()
            rows = self._database.execute(
                "SELECT id, name, version, attempts FROM releases WHERE state = 'waiting' AND next_try <= ? "
                "ORDER BY next_try, id LIMIT ?",
                (now, most),
            ).fetchall()
            self._database.executemany(
                "UPDATE releases SET state = 'working', attempts = attempts + 1, lease = ? WHERE id = ?",
                [(now + lease, row[0]) for row in rows],
            )
            return [
                Task(id_, f"{name}=={version}" if version else name, attempts + 1)
                for id_, name, version, attempts in rows
            ]

        return self._write(take)

    def finish(self, task: Task, audited: Audited) -> Audited:
        """Keep the answer of a release; return it with what changed since the audit before."""

        def keep() -> Audited:
            rank, before = self._database.execute(
                "SELECT rank, before FROM releases WHERE id = ?", (task.id,)
            ).fetchone()
            said = changes(Audited.model_validate_json(before), audited) if before else ()
            kept = audited.model_copy(update={"rank": rank, "changes": said})
            self._database.execute(
                "UPDATE releases SET state = 'done', digest = ?, verdict = ?, failure = NULL, reason = NULL, "
                "result = ?, lease = NULL, finished = ? WHERE id = ?",
                (kept.digest, kept.verdict, kept.model_dump_json(), time.time(), task.id),
            )
            return kept

        return self._write(keep)

    def fail(self, task: Task, failed: Failed) -> bool:
        """Note that a try has failed; return whether there will be another."""
        retry = RETRIES[failed.failure]
        will_try = task.attempt < retry.tries
        wait = retry.pause * self._pause * 2 ** (task.attempt - 1)
        self._execute(
            "UPDATE releases SET state = ?, next_try = ?, failure = ?, reason = ?, lease = NULL, finished = ? "
            "WHERE id = ?",
            (
                "waiting" if will_try else "failed",
                time.time() + wait,
                failed.failure.value,
                failed.reason,
                time.time(),
                task.id,
            ),
        )
        return will_try

    def give_back(self, task: Task) -> None:
        """Take a try back that was none."""
        self._execute(
            "UPDATE releases SET state = 'waiting', attempts = attempts - 1, lease = NULL WHERE id = ?",
            (task.id,),
        )

    def retry(self) -> int:
        """Have all that failed for good tried again; return how many."""
        return self._execute(
            "UPDATE releases SET state = 'waiting', attempts = 0, next_try = 0 WHERE state = 'failed'"
        )

    def hurry(self) -> int:
        """Have all that wait for a next try tried now; return how many."""
        return self._execute("UPDATE releases SET next_try = 0 WHERE state = 'waiting' AND next_try > 0")

    def pause(self) -> float | None:
        """Return the seconds until the next release may be tried, None where none is left."""
        row = self._read("SELECT min(next_try) FROM releases WHERE state = 'waiting'")[0]
        return None if row[0] is None else max(0.0, row[0] - time.time())

    def tallies(self) -> Counter[tuple[str, str]]:
        """Return how many releases there are by state and verdict, "" for none."""
        rows = self._read(
            "SELECT state, iif(state = 'done', verdict, ''), count(*) FROM releases GROUP BY 1, 2"
        )
        return Counter({(state, verdict): count for state, verdict, count in rows})

    def failures(self) -> list[tuple[str, str, str, str, str]]:
        """Return name, version, state, failure and reason of every release whose last try has failed."""
        return self._read(
            "SELECT name, version, state, failure, reason FROM releases "
            "WHERE state IN ('failed', 'waiting') AND failure IS NOT NULL ORDER BY state, failure, name, version"
        )

    def results(self) -> Iterator[Audited]:
        """Yield every release: its answer, or what is known of why there is none."""
        cursor = self._database.execute(
            "SELECT name, version, rank, state, failure, reason, result, before FROM releases ORDER BY name, version"
        )
        for name, version, rank, state, failure, reason, result, before in cursor:
            if state == "done":
                yield Audited.model_validate_json(result)
                continue
            why = ": ".join(part for part in (failure, reason) if part)
            row = Audited(name=name, version=version, rank=rank, state=state, reason=why, cause=failure or "")
            said = changes(Audited.model_validate_json(before), row) if before and state == "failed" else ()
            yield row.model_copy(update={"changes": said})

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> int:
        return self._write(lambda: self._database.execute(statement, values).rowcount)

    def _read(self, statement: str) -> list[Any]:
        return self._patiently(lambda: self._database.execute(statement).fetchall())

    def _write(self, change: Callable[[], Found]) -> Found:
        def transaction() -> Found:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                found = change()
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
            return found

        return self._patiently(transaction)

    def _patiently(self, act: Callable[[], Found]) -> Found:
        """Wait for another process that holds the file; anything else that is wrong with it is an AuditError."""
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
