"""A release's folder of stored reports in, what was signed about that release out; unsigned words are refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from packageurl import PackageURL
from packaging.utils import canonicalize_name
from pydantic import ValidationError
from securesystemslib.signer import Key

from provenance.errors import ReportError
from provenance.log import SUFFIX as PROOF
from provenance.model import ReleaseReport, Verdict
from provenance.publish.address import part
from provenance.report.predicate import Predicate
from provenance.report.statement import Statement, predicate_digest, read_statement
from provenance.report.stating import restore
from provenance.report.summary import VSA_TYPE, VerificationSummary
from provenance.signing import open_envelope
from provenance.store import REPORT, RESULT, SUMMARY

SUPERSEDED = "superseded"  # folder beside a release's page
SHORT_STATEMENTS = (SUMMARY, RESULT)


@dataclass(frozen=True)
class Stated:
    """One artifact's report: its statement, the ids of the keys that signed it, and the files it is published as.

    `moment` (UTC, as the summary writes it) is "" where no signed summary of just this report stands beside it.
    """

    statement: Statement[Predicate]
    predicate: str
    signers: tuple[str, ...]
    moment: str
    files: dict[str, bytes]

    @property
    def filename(self) -> str:
        """The artifact's file name."""
        return self.statement.subject[0].name

    @property
    def place(self) -> str:
        """The folder, below its release's page, that it moves to when a later report supersedes it."""
        return f"{SUPERSEDED}/{hashlib.sha256(self.files[f'{self.filename}{REPORT}']).hexdigest()}/"

    @property
    def is_logged(self) -> bool:
        """Whether a proof that it is in a log stands beside it."""
        return f"{self.filename}{REPORT}{PROOF}" in self.files


@dataclass(frozen=True)
class Record:
    """All that was signed about one release; more than one report where artifacts had different sources."""

    name: str
    version: str
    stated: tuple[Stated, ...]
    reports: tuple[ReleaseReport, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst answer."""
        return self.worst.verdict

    @property
    def worst(self) -> ReleaseReport:
        """The report that gives the release its answer."""
        return max(self.reports, key=lambda report: report.verdict.rank)

    @property
    def moment(self) -> str:
        """When the last of its artifacts was checked, "" where nothing says it."""
        return max(each.moment for each in self.stated)

    @property
    def signers(self) -> tuple[str, ...]:
        """The ids of the keys that signed."""
        return tuple(sorted({keyid for each in self.stated for keyid in each.signers}))


def reports_in(folder: Path) -> list[Path]:
    """Return the reports in a release's folder, without the short statements beside them."""
    return sorted(path for path in folder.glob(f"*{REPORT}") if not path.name.endswith(SHORT_STATEMENTS))


def read_record(folder: Path, keys: Sequence[Key]) -> Record:
    """Return what these keys signed about the release in a folder.

    Raises ReportError where a report is not signed by one of them, cannot be read, or is of another release.
    """
    stated = [_stated(path, keys) for path in reports_in(folder)]
    names = {each.statement.predicate.purl.partition("?")[0] for each in stated}
    if len(names) != 1:
        raise ReportError(f"{folder} holds reports of {len(names)} releases, and should of one")
    ordered = sorted((each.statement for each in stated), key=_common)
    try:
        purl = PackageURL.from_string(names.pop())
        reports = tuple(restore(list(group)) for _, group in groupby(ordered, key=_common))
    except ValueError as error:
        raise ReportError(f"{folder} holds a report that names no release: {error}") from error
    if purl.type != "pypi" or purl.namespace or not purl.version:
        raise ReportError(f"{folder} holds a report of what is no release on the index: {purl}")
    return Record(canonicalize_name(purl.name), purl.version, tuple(stated), reports)


def published_reports(folder: Path, keys: Sequence[Key]) -> list[Stated]:
    """Return the reports in a folder of the site that these keys signed; others are kept, and not shown."""
    found = []
    for path in reports_in(folder):
        with suppress(ReportError):
            found.append(_stated(path, keys))
    return found


def earlier_reports(folder: Path, keys: Sequence[Key]) -> list[Stated]:
    """Return the reports that later ones on a release's page superseded, the newest first."""
    found = [each for place in folder.glob(f"{SUPERSEDED}/*") for each in published_reports(place, keys)]
    return sorted(found, key=lambda each: (each.moment, each.place), reverse=True)


def _common(statement: Statement[Predicate]) -> str:
    """What artifacts have in common that were checked together."""
    return statement.predicate.model_dump_json(include={"release_verdict", "source", "notices", "rule_set"})


def _stated(path: Path, keys: Sequence[Key]) -> Stated:
    content = _read(path)
    try:
        opened = open_envelope(content, keys)
        statement = read_statement(opened.payload)
    except ReportError as error:
        raise ReportError(f"{path}: {error}") from error
    if not opened.verified:
        raise ReportError(f"{path} is not signed by a key that the site publishes")
    filename = statement.subject[0].name
    if path.name not in (f"{filename}{REPORT}", part(f"{filename}{REPORT}")):
        raise ReportError(f"{path} is about a file of another name, {filename}")
    files = {f"{filename}{REPORT}": content}
    for suffix in (SUMMARY, RESULT, REPORT + PROOF):
        beside = path.with_name(path.name.removesuffix(REPORT) + suffix)
        if beside.is_file():
            files[f"{filename}{suffix}"] = _read(beside)
    summary = files.get(f"{filename}{SUMMARY}")
    moment = _moment(summary, opened.payload, keys) if summary else ""
    return Stated(statement, predicate_digest(opened.payload), opened.verified, moment, files)


def _moment(summary: bytes, payload: bytes, keys: Sequence[Key]) -> str:
    """When a report was made, by the signed summary that points to its bytes."""
    try:
        opened = open_envelope(summary, keys)
        statement = Statement[VerificationSummary].model_validate_json(opened.payload)
        moment = statement.predicate.time_verified
        datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ")  # Z is UTC
    except (ReportError, ValidationError, ValueError):
        return ""
    meant = [each.digest.sha256 for each in statement.predicate.input_attestations]
    is_of_it = statement.predicate_type == VSA_TYPE and hashlib.sha256(payload).hexdigest() in meant
    return moment if opened.verified and is_of_it else ""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path} cannot be read: {error.strerror or error}") from error
