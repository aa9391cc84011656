"""What was published of each release in; what changed, sums and shards over all of them out: one SQLite file."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from provenance.errors import OperationError, ReportError
from provenance.model import Evidence, Kind, Verdict

SHARD_DIGITS = 3  # 4,096 shards: some 250 releases in each at a million, far below 1 MB
TABLES = """\
CREATE TABLE IF NOT EXISTS releases (
    address TEXT PRIMARY KEY, folder TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, project TEXT NOT NULL,
    shard TEXT NOT NULL, version TEXT NOT NULL, verdict TEXT NOT NULL, moment TEXT NOT NULL,
    repository TEXT NOT NULL, ref TEXT NOT NULL, sentence TEXT NOT NULL, signers TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS artifacts (
    address TEXT NOT NULL, filename TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL,
    verdict TEXT NOT NULL, PRIMARY KEY (address, filename)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS evidence (
    address TEXT NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, files INTEGER NOT NULL,
    PRIMARY KEY (address, kind, level)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_shard ON releases (shard);
CREATE INDEX IF NOT EXISTS by_project ON releases (project);
CREATE INDEX IF NOT EXISTS by_moment ON releases (moment);
CREATE INDEX IF NOT EXISTS by_verdict ON releases (verdict, moment);
CREATE INDEX IF NOT EXISTS by_digest ON artifacts (sha256);
"""


@dataclass(frozen=True)
class Line:
    """One release in lists; `address` is its folder below the site's root, `moment` when it was checked."""

    address: str
    folder: str
    stamp: str
    project: str
    version: str
    verdict: Verdict
    moment: str
    repository: str
    ref: str
    sentence: str
    signers: tuple[str, ...]


@dataclass(frozen=True)
class Shelved:
    """One artifact in lists."""

    filename: str
    sha256: str
    kind: Kind
    verdict: Verdict


Counts = dict[tuple[Kind, Evidence], int]


class Catalogue:
    """The releases that the site has. What is put is kept once the `with` block of `open_catalogue` ends well."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.projects: set[str] = set()  # those with a release that was put
        self.digests: set[str] = set()  # shards of digests that were touched

    def stamp(self, folder: str) -> str | None:
        """Return what the files in a release's folder were when it was published, None before that."""
        found = self._database.execute("SELECT stamp FROM releases WHERE folder = ?", (folder,)).fetchone()
        return found and str(found[0])

    def put(self, line: Line, artifacts: list[Shelved], counts: Counts) -> None:
        """Note a release in the place of what was there; raises ReportError where another folder has its address."""
        asked = "SELECT folder FROM releases WHERE address = ? AND folder != ?"
        if other := self._database.execute(asked, (line.address, line.folder)).fetchone():
            raise ReportError(
                f"{line.folder} holds reports of a release of which there are some in {other[0]}"
            )
        was = self._database.execute("SELECT sha256 FROM artifacts WHERE address = ?", (line.address,))
        self.digests |= {row[0][:SHARD_DIGITS] for row in was} | {
            each.sha256[:SHARD_DIGITS] for each in artifacts
        }
        self.projects.add(line.project)
        for table in ("artifacts", "evidence"):
            self._database.execute(f"DELETE FROM {table} WHERE address = ?", (line.address,))  # noqa: S608
        values = [getattr(line, name) for name in ("address", "folder", "stamp", "project")]
        values += [project_shard(line.project), line.version, line.verdict, line.moment]
        values += [line.repository, line.ref, line.sentence, " ".join(line.signers)]
        marks = ", ".join("?" * len(values))
        self._database.execute(f"INSERT OR REPLACE INTO releases VALUES ({marks})", values)  # noqa: S608
        self._database.executemany(
            "INSERT INTO artifacts VALUES (?, ?, ?, ?, ?)",
            [(line.address, each.filename, each.sha256, each.kind, each.verdict) for each in artifacts],
        )
        self._database.executemany(
            "INSERT INTO evidence VALUES (?, ?, ?, ?)",
            [(line.address, kind, level, files) for (kind, level), files in counts.items() if files],
        )

    def releases(self, project: str) -> list[Line]:
        """Return the releases of a project, in no order."""
        return self._lines("WHERE project = ?", project)

    def latest(self, count: int, verdict: Verdict | None = None) -> list[Line]:
        """Return the releases that were checked last, newest first; only those with a verdict where one is given."""
        chosen = "WHERE verdict = ? " if verdict else ""
        return self._lines(f"{chosen}ORDER BY moment DESC, address LIMIT ?", *filter(None, (verdict, count)))

    def verdicts(self) -> dict[Verdict, int]:
        """Return how many releases have each verdict."""
        return self._months("SELECT '', verdict, COUNT(*) FROM releases GROUP BY verdict").get("", {})

    def months(self) -> dict[str, dict[Verdict, int]]:
        """Return how many releases were checked in each month (`2026-11`), by verdict; "" is a time unknown."""
        return self._months(
            "SELECT substr(moment, 1, 7) AS month, verdict, COUNT(*) FROM releases GROUP BY month, verdict"
        )

    def evidence(self) -> Counts:
        """Return how many files have each level of evidence, by the kind of their artifact."""
        rows = self._database.execute("SELECT kind, level, SUM(files) FROM evidence GROUP BY kind, level")
        return {(kind, Evidence(level)): files for kind, level, files in rows}

    def project_count(self) -> int:
        """Return how many projects have releases here."""
        count: int = self._database.execute("SELECT COUNT(DISTINCT project) FROM releases").fetchone()[0]
        return count

    def project_shards(self) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
        """Give each touched shard of projects: versions and their verdicts, by project."""
        for shard in sorted({project_shard(project) for project in self.projects}):
            listed: dict[str, dict[str, str]] = {}
            asked = "SELECT project, address, verdict FROM releases WHERE shard = ? ORDER BY address"
            for project, address, verdict in self._database.execute(asked, (shard,)):
                listed.setdefault(project, {})[address] = verdict
            yield shard, listed

    def digest_shards(self) -> Iterator[tuple[str, dict[str, list[str]]]]:
        """Give each touched shard of digests: the address, file name and verdict of each artifact, by its sha256."""
        for shard in sorted(self.digests):
            asked = (
                "SELECT sha256, address, filename, verdict FROM artifacts "
                "WHERE sha256 >= ? AND sha256 < ? ORDER BY sha256, address"
            )
            rows = self._database.execute(asked, (shard, f"{shard}g"))
            yield shard, {sha256: [address, name, verdict] for sha256, address, name, verdict in rows}

    def _months(self, asked: str) -> dict[str, dict[Verdict, int]]:
        counted: dict[str, dict[Verdict, int]] = {}
        for month, verdict, count in self._database.execute(asked):
            counted.setdefault(month, {})[Verdict(verdict)] = count
        return counted

    def _lines(self, rest: str, *values: object) -> list[Line]:
        columns = [column.name for column in fields(Line)]
        found = self._database.execute(f"SELECT {', '.join(columns)} FROM releases {rest}", values)  # noqa: S608
        rows = (dict(zip(columns, row, strict=True)) for row in found)
        return [
            Line(**{**row, "verdict": Verdict(row["verdict"]), "signers": tuple(row["signers"].split())})
            for row in rows
        ]


def project_shard(project: str) -> str:
    """Return the shard that lists a project: how the sha256 of its name begins."""
    return hashlib.sha256(project.encode()).hexdigest()[:SHARD_DIGITS]


@contextmanager
def open_catalogue(file: Path) -> Iterator[Catalogue]:
    """Yield the catalogue in a file, and keep what was put unless the block raises; raises OperationError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / ".gitignore").write_bytes(b"*\n")
        with closing(sqlite3.connect(file)) as database, database:
            database.executescript(TABLES)
            yield Catalogue(database)
    except (sqlite3.Error, OSError) as error:
        raise OperationError(
            f"{file} cannot be used: {error}", hint="remove it: everything is then published anew"
        ) from error
