"""A store of signed reports and a publisher in, the files of the static site out; what is there already stays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from os import walk
from pathlib import Path

from provenance.cache import Cache
from provenance.errors import OperationError, ReportError
from provenance.log import LogFiles
from provenance.model import Verdict
from provenance.publish.address import part
from provenance.publish.answered import NOTES, Answered, answers_in
from provenance.publish.catalogue import Catalogue, Counts, Line, Shelved, open_catalogue
from provenance.publish.differences import with_differences
from provenance.publish.documents import (
    overview_document,
    predicate_schema,
    project_document,
    release_document,
    written,
)
from provenance.publish.keys import WELL_KNOWN, Publisher
from provenance.publish.logged import copy_log
from provenance.publish.order import newest_first
from provenance.publish.pages import Pages, Permalink
from provenance.publish.record import (
    Record,
    Stated,
    earlier_reports,
    published_reports,
    read_record,
    reports_in,
)
from provenance.report.sentence import sentence
from provenance.store import BUNDLE, REPORT, put

CATALOGUE = ".local/catalogue.sqlite"  # the builder's own notes, no part of the site
SEEN = ".local/log"
LATEST = 30
IN_FEED = 100


@dataclass
class Published:
    """What came of it: releases that were published now, those that were there already, and why others were not."""

    fresh: int = 0
    kept: int = 0
    written: int = 0
    refused: list[str] = field(default_factory=list)


def publish(
    reports: Path, target: Path, publisher: Publisher, permalink: Permalink, cache: Cache | None = None
) -> Published:
    """Bring the site in `target` up to the reports, and say what that took. Nothing published is ever removed.

    `permalink` gives the address of a file's page at a commit, of repository, commit and path, None where there is
    none. Where a bundle stands beside reports and `cache` has the artifacts, pages show how files differ. Raises
    OperationError where the site cannot be written, LogError where the log is not one that the publisher signs.
    """
    return _Site(target, publisher, Pages(publisher, permalink), cache).build(reports)


class _Site:
    def __init__(self, target: Path, publisher: Publisher, pages: Pages, cache: Cache | None) -> None:
        self.target = target
        self.publisher = publisher
        self.pages = pages
        self.cache = cache
        self.published = Published()

    def build(self, reports: Path) -> Published:
        if self.publisher.log and self.publisher.verifier:  # first: a page's proof is never ahead of the log
            log, seen = LogFiles(self.publisher.log), self.target / SEEN
            self.published.written += copy_log(log, self.publisher.verifier, self.target / "log", seen)
        with open_catalogue(self.target / CATALOGUE) as catalogue:
            for folder in _release_folders(reports):
                self._release(folder, folder.relative_to(reports).as_posix(), catalogue)
            for project in sorted(catalogue.projects):
                self._project(catalogue.releases(project))
            for shard, projects in catalogue.project_shards():
                self._put(f"by/project/{shard}.json", written(projects))
            for shard, digests in catalogue.digest_shards():
                self._put(f"by/sha256/{shard}.json", written(digests))
            self._whole(catalogue)
        return self.published

    def _release(self, folder: Path, name: str, catalogue: Catalogue) -> None:
        stamp = self._stamp(folder)
        if catalogue.stamp(name) == stamp:
            self.published.kept += 1
            return
        try:
            record = self._shown(read_record(folder, self.publisher.keys), folder)
            line = _line(record, name, stamp)
            files = {part(name): content for each in record.stated for name, content in each.files.items()}
            catalogue.put(line, _artifacts(record), _counts(record))
        except ReportError as error:
            self.published.refused.append(str(error))
            return
        earlier = self._superseded(record, self.target / line.address)
        answers = self._answers(record, folder, self.target / line.address)
        files |= {path: content for each in answers for path, content in each.files.items()}
        files["index.html"] = self.pages.release(record, line, earlier, answers)
        files["index.json"] = written(release_document(record, line, earlier, answers))
        files["badge.svg"] = self.pages.badge(line.verdict)
        for file, content in files.items():
            self._put(f"{line.address}{file}", content)
        self.published.fresh += 1

    def _shown(self, record: Record, folder: Path) -> Record:
        """The record with how files differ, where there is a bundle to show it with."""
        bundle = next(iter(sorted(folder.glob(f"*{BUNDLE}"))), None)
        if self.cache is None or bundle is None:
            return record
        return replace(record, reports=with_differences(record.reports, bundle, self.cache))

    def _answers(self, record: Record, folder: Path, page: Path) -> list[Answered]:
        """The maintainers' notes in the store, and those that were published before."""
        release, known = (record.name, record.version), self.publisher.maintainers
        answers, refused = answers_in(folder, release, known)
        self.published.refused += refused
        before, _ = answers_in(page / NOTES, release, known)
        return list({each.path: each for each in (*before, *answers)}.values())

    def _superseded(self, record: Record, folder: Path) -> list[Stated]:
        """Move published reports that are now others out of the way, and return all that ever were."""
        now = {file: content for each in record.stated for file, content in each.files.items()}
        for each in published_reports(folder, self.publisher.keys):
            if now.get(f"{each.filename}{REPORT}", b"") != each.files[f"{each.filename}{REPORT}"]:
                for file, content in each.files.items():
                    self._put(f"{folder.relative_to(self.target)}/{each.place}{part(file)}", content)
        return earlier_reports(folder, self.publisher.keys)

    def _project(self, lines: list[Line]) -> None:
        ordered = newest_first(lines)
        address = f"pypi/{part(ordered[0].project)}/"
        self._put(f"{address}index.html", self.pages.project(ordered))
        self._put(f"{address}index.json", written(project_document(ordered)))
        self._put(f"{address}feed.atom", self.pages.feed(ordered[:IN_FEED], ordered[0].project))
        self._put(f"{address}badge.svg", self.pages.badge(ordered[0].verdict))

    def _whole(self, catalogue: Catalogue) -> None:
        """What is about the site as a whole."""
        mismatches = catalogue.latest(IN_FEED, Verdict.MISMATCH)
        cosigned = self.publisher.cosigned()
        self._put(
            "index.html",
            self.pages.overview(catalogue, catalogue.latest(LATEST), mismatches[:LATEST], cosigned),
        )
        self._put("index.json", written(overview_document(catalogue, cosigned)))
        self._put("schema.json", self.pages.schema)
        self._put("predicate.schema.json", written(predicate_schema()))
        self._put("mismatches.atom", self.pages.feed(mismatches))
        self._put("style.css", self.pages.style)
        self._put("icon.svg", self.pages.icon)
        self._put(WELL_KNOWN, written(self.publisher.document))

    def _put(self, path: str, content: bytes) -> None:
        """Write a file of the site unless it has this content."""
        file = self.target / path
        try:
            is_there = file.stat().st_size == len(content) and file.read_bytes() == content
        except FileNotFoundError:
            is_there = False
        except OSError as error:
            raise OperationError(f"{file} cannot be read: {error.strerror or error}") from error
        if not is_there:
            put(file, content)
            self.published.written += 1

    def _stamp(self, folder: Path) -> str:
        """What a release's page is made from: its files, by size and time, and the site's own pages and keys."""
        digest = hashlib.sha256(self.pages.edition)
        for file in sorted(folder.iterdir()):
            known = file.stat()
            digest.update(
                f"{file.name}\n{known.st_size} {known.st_mtime_ns}\n".encode(errors="surrogateescape")
            )
        return digest.hexdigest()


def _release_folders(reports: Path) -> Iterator[Path]:
    """The folders below one that hold reports, in the order of their names."""
    for place, folders, files in walk(reports):
        folders.sort()
        if any(file.endswith(REPORT) for file in files) and reports_in(Path(place)):
            yield Path(place)


def _line(record: Record, folder: str, stamp: str) -> Line:
    source = record.worst.source
    return Line(
        address=f"pypi/{part(record.name)}/{part(record.version)}/",
        folder=folder,
        stamp=stamp,
        project=record.name,
        version=record.version,
        verdict=record.verdict,
        moment=record.moment,
        repository=source.repository if source else "",
        ref=source.ref if source else "",
        sentence=sentence(record.worst),
        signers=record.signers,
    )


def _artifacts(record: Record) -> list[Shelved]:
    return [
        Shelved(
            each.filename,
            each.statement.subject[0].digest.sha256,
            each.statement.predicate.kind,
            each.statement.predicate.verdict,
        )
        for each in record.stated
    ]


def _counts(record: Record) -> Counts:
    counts: Counts = {}
    for each in record.stated:
        predicate = each.statement.predicate
        for level, files in predicate.counts.items():
            counts[predicate.kind, level] = counts.get((predicate.kind, level), 0) + files
    return counts
