"""Releases in, one after the other out, whatever becomes of those who work on them: one SQLite file.

One process at a time writes: the coordinator. Others read whenever they like (WAL).
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from provenance.audit.database import Database
from provenance.audit.task import RETRIES, Failed, Task
from provenance.audit.uploads import CLOCKS, Upload
from provenance.report.audited import Audited, changes

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
CREATE TABLE IF NOT EXISTS projects (
    name TEXT PRIMARY KEY,
    seen REAL NOT NULL                                  -- until when its uploads are known; seconds since 1970
);
CREATE INDEX IF NOT EXISTS by_turn ON releases (state, next_try, id);
CREATE INDEX IF NOT EXISTS by_verdict ON releases (state, verdict);
"""


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
        self._pause = pause
        self._database = Database(file, TABLES, told)

    def __enter__(self) -> Self:
        self._database.__enter__()
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._database.__exit__(*error)

    def add(self, wanted: Iterable[Wanted], *, again: bool = False) -> int:
        """Take releases in and return how many were not there; `again` has those that were done done anew."""
        rows = [(each.name, each.version, each.rank) for each in wanted]

        def insert(database: sqlite3.Connection) -> int:
            before = database.total_changes
            database.executemany(
                "INSERT INTO releases (name, version, rank) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows
            )
            added = database.total_changes - before
            if again:
                database.executemany(
                    "UPDATE releases SET state = 'waiting', attempts = 0, next_try = 0, before = ifnull(result, before)"
                    " WHERE name = ? AND version = ? AND state IN ('done', 'failed')",
                    [row[:2] for row in rows],
                )
            now = time.time()
            database.executemany(
                "INSERT INTO projects VALUES (?, ?) ON CONFLICT DO NOTHING", [(row[0], now) for row in rows]
            )
            return added

        return self._database.write(insert)

    def projects(self) -> dict[str, float]:
        """Return until when the uploads of each project are known, in seconds since 1970."""
        return dict(self._database.read("SELECT name, seen FROM projects"))

    def add_uploaded(self, project: str, since: float, until: float, uploads: Iterable[Upload]) -> int:
        """Take in what was uploaded of a project between two moments; return how many releases are to be done.

        A release that was checked after its last upload stays done; the others are done (anew).
        """

        def take(database: sqlite3.Connection) -> int:
            database.execute(
                "UPDATE projects SET seen = max(seen, ?) WHERE name = ? AND seen >= ?",
                (until, project, since),
            )
            return sum(_take_upload(database, project, upload) for upload in uploads)

        return self._database.write(take)

    def recover(self) -> int:
        """Take back what an audit that has ended was working on, and return how many; its tries do not count."""
        return self._database.execute(
            "UPDATE releases SET state = 'waiting', attempts = max(attempts - 1, 0), lease = NULL "
            "WHERE state = 'working'"
        )

    def claim(self, most: int, lease: float) -> list[Task]:
        """Give out the next releases, for so many seconds."""

        def take(database: sqlite3.Connection) -> list[Task]:
            now = time.time()
            rows = database.execute(
                "SELECT id, name, version, attempts FROM releases WHERE state = 'waiting' AND next_try <= ? "
                "ORDER BY next_try, id LIMIT ?",
                (now, most),
            ).fetchall()
            database.executemany(
                "UPDATE releases SET state = 'working', attempts = attempts + 1, lease = ? WHERE id = ?",
                [(now + lease, row[0]) for row in rows],
            )
            return [
                Task(id_, f"{name}=={version}" if version else name, attempts + 1)
                for id_, name, version, attempts in rows
            ]

        return self._database.write(take)

    def finish(self, task: Task, audited: Audited) -> Audited:
        """Keep the answer of a release; return it with what changed since the audit before."""

        def keep(database: sqlite3.Connection) -> Audited:
            rank, before = database.execute(
                "SELECT rank, before FROM releases WHERE id = ?", (task.id,)
            ).fetchone()
            said = changes(Audited.model_validate_json(before), audited) if before else ()
            now = datetime.now(UTC).replace(microsecond=0)
            kept = audited.model_copy(update={"rank": rank, "changes": said, "finished": now})
            database.execute(
                "UPDATE releases SET state = 'done', digest = ?, verdict = ?, failure = NULL, reason = NULL, "
                "result = ?, lease = NULL, finished = ? WHERE id = ?",
                (kept.digest, kept.verdict, kept.model_dump_json(), time.time(), task.id),
            )
            return kept

        return self._database.write(keep)

    def fail(self, task: Task, failed: Failed) -> bool:
        """Note that a try has failed; return whether there will be another."""
        retry = RETRIES[failed.failure]
        will_try = task.attempt < retry.tries
        wait = retry.pause * self._pause * 2 ** (task.attempt - 1)
        state, now = "waiting" if will_try else "failed", time.time()
        self._database.execute(
            "UPDATE releases SET state = ?, next_try = ?, failure = ?, reason = ?, lease = NULL, finished = ? "
            "WHERE id = ?",
            (state, now + wait, failed.failure.value, failed.reason, now, task.id),
        )
        return will_try

    def give_back(self, task: Task) -> None:
        """Take a try back that was none."""
        self._database.execute(
            "UPDATE releases SET state = 'waiting', attempts = attempts - 1, lease = NULL WHERE id = ?",
            (task.id,),
        )

    def retry(self) -> int:
        """Have all that failed for good tried again; return how many."""
        return self._database.execute(
            "UPDATE releases SET state = 'waiting', attempts = 0, next_try = 0 WHERE state = 'failed'"
        )

    def hurry(self) -> int:
        """Have all that wait for a next try tried now; return how many."""
        return self._database.execute(
            "UPDATE releases SET next_try = 0 WHERE state = 'waiting' AND next_try > 0"
        )

    def pause(self) -> float | None:
        """Return the seconds until the next release may be tried, None where none is left."""
        row = self._database.read("SELECT min(next_try) FROM releases WHERE state = 'waiting'")[0]
        return None if row[0] is None else max(0.0, row[0] - time.time())

    def tallies(self) -> Counter[tuple[str, str]]:
        """Return how many releases there are by state and verdict, "" for none."""
        rows = self._database.read(
            "SELECT state, iif(state = 'done', verdict, ''), count(*) FROM releases GROUP BY 1, 2"
        )
        return Counter({(state, verdict): count for state, verdict, count in rows})

    def failures(self) -> list[tuple[str, str, str, str, str]]:
        """Return name, version, state, failure and reason of every release whose last try has failed."""
        return self._database.read(
            "SELECT name, version, state, failure, reason FROM releases "
            "WHERE state IN ('failed', 'waiting') AND failure IS NOT NULL ORDER BY state, failure, name, version"
        )

    def results(self) -> Iterator[Audited]:
        """Yield every release: its answer, or what is known of why there is none."""
        rows = self._database.rows(
            "SELECT name, version, rank, state, failure, reason, result, before FROM releases ORDER BY name, version"
        )
        for name, version, rank, state, failure, reason, result, before in rows:
            if state == "done":
                yield Audited.model_validate_json(result)
                continue
            why = ": ".join(part for part in (failure, reason) if part)
            row = Audited(name=name, version=version, rank=rank, state=state, reason=why, cause=failure or "")
            said = changes(Audited.model_validate_json(before), row) if before and state == "failed" else ()
            yield row.model_copy(update={"changes": said})


def _take_upload(database: sqlite3.Connection, project: str, upload: Upload) -> bool:
    """Have one release done, unless it will be, or was after its last upload; tell which."""
    rows = database.execute(
        "SELECT version, state, json_extract(result, '$.version'), "
        "finished - ifnull(json_extract(result, '$.cost.seconds'), 0), result FROM releases WHERE name = ?",
        (project,),
    ).fetchall()
    asked = (upload.version, "") if upload.is_newest else (upload.version,)
    if any(state in ("waiting", "working") and version in asked for version, state, *_ in rows):
        return False
    answers = [
        (began, version or upload.version, result)
        for version, state, answered, began, result in rows
        if state == "done" and answered == upload.version
    ]
    began, version, before = max(answers, default=(0.0, upload.version, None))
    if upload.moment <= began - CLOCKS:
        return False
    database.execute(
        "INSERT INTO releases (name, version, rank, before) "
        "VALUES (?, ?, (SELECT min(rank) FROM releases WHERE name = ?1), ?) "
        "ON CONFLICT DO UPDATE SET state = 'waiting', attempts = 0, next_try = 0, before = ifnull(result, before)",
        (project, version, before),
    )
    return True
