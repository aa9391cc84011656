"""A ReleaseReport in, what an audit keeps of it out: the facts of one row of a table, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import Field

from provenance.model import (
    Answer,
    ArtifactReport,
    Evidence,
    Finding,
    Kind,
    ReleaseReport,
    Severity,
    Source,
    Value,
    Verdict,
)
from provenance.report.causes import cause
from provenance.report.sentence import sentence, unproven

MOST_FINDINGS = 20


class AuditedFile(Value):
    """One file of an artifact that nothing proves."""

    artifact: Kind
    path: str
    evidence: Evidence
    severity: Severity
    rule: str
    reason: str


class AuditedArtifact(Value):
    """One artifact: its digest, verdict, and how many of its files stand on which level of evidence."""

    filename: str
    kind: Kind
    sha256: str
    verdict: Verdict
    counts: dict[Evidence, int]


class Cost(Value):
    """What one release took: seconds by the clock and of the processor, bytes received, visits to hosts."""

    seconds: float = 0.0
    processor: float = 0.0
    received: int = 0
    visits: dict[str, int] = Field(default_factory=dict)
    waited: dict[str, float] = Field(default_factory=dict)


class Audited(Value):
    """What an audit keeps of one release; `verdict` is None while there is no answer, and `reason` then says why.

    `digest` is over the statements of all its artifacts. `cause` says in a few words why it cannot be told, `backend`
    what built the wheel. `changes` is what differs from the audit before, `finished` when it was checked last.
    """

    name: str
    version: str
    verdict: Verdict | None = None
    state: str = "done"
    sentence: str = ""
    reason: str = ""
    cause: str = ""
    rank: int | None = None
    source: Source | None = None
    backend: str = ""
    artifacts: tuple[AuditedArtifact, ...] = ()
    files: tuple[AuditedFile, ...] = ()
    unlisted: int = 0
    notices: tuple[str, ...] = ()
    digest: str = ""
    cost: Cost = Cost()
    changes: tuple[str, ...] = ()
    finished: datetime | None = None

    @property
    def answer(self) -> Answer | None:
        """The verdict as one of three answers, None where there is none."""
        return self.verdict.answer if self.verdict else None


def audited(report: ReleaseReport, digest: str, backend: str, cost: Cost) -> Audited:
    """Return what an audit keeps of a report: no contents, and no more files than a person would read."""
    rows = [(artifact, finding) for artifact in report.artifacts for finding in unproven(artifact)]
    rows.sort(key=lambda row: _weight(row[1]))
    return Audited(
        name=report.name,
        version=report.version,
        verdict=report.verdict,
        sentence=sentence(report),
        cause=cause(report),
        source=report.source,
        backend=backend,
        artifacts=tuple(
            AuditedArtifact(
                filename=each.filename,
                kind=each.kind,
                sha256=each.sha256,
                verdict=each.verdict,
                counts=each.counts,
            )
            for each in report.artifacts
        ),
        files=tuple(_file(artifact, finding) for artifact, finding in rows[:MOST_FINDINGS]),
        unlisted=max(len(rows) - MOST_FINDINGS, 0),
        notices=tuple(_plain(each.message) for each in report.notices if each.severity is not Severity.INFO),
        digest=digest,
        cost=cost,
    )


def _weight(finding: Finding) -> tuple[bool, int, bool, str]:
    """What decides first: of what is merely open there may be thousands."""
    is_open = finding.evidence is Evidence.RECOGNIZED and not finding.contradicts
    return is_open, finding.severity.rank, not finding.contradicts, finding.path


def _file(artifact: ArtifactReport, finding: Finding) -> AuditedFile:
    return AuditedFile(
        artifact=artifact.kind,
        path=_plain(finding.path),
        evidence=finding.evidence,
        severity=finding.severity,
        rule=finding.rule,
        reason=_plain(finding.reason),
    )


def _plain(text: str) -> str:
    """Text whose undecodable bytes are written out, as JSON and SQLite want it."""
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")


def changes(before: Audited, now: Audited) -> tuple[str, ...]:
    """Return what is another answer than before, in sentences: the verdict, the commit, the artifacts."""
    return tuple(_changes(before, now))


def _changes(before: Audited, now: Audited) -> Iterator[str]:
    if before.verdict is not now.verdict:
        yield f"the answer was {_said(before)} and is now {_said(now)}"
    if now.verdict and before.version != now.version:
        yield f"its newest release was {before.version} and is now {now.version}"
        return
    if before.source and now.source and before.source.commit != now.source.commit:
        if before.source.ref == now.source.ref and before.source.repository == now.source.repository:
            yield f"{now.source.ref} was moved from {before.source.commit[:12]} to {now.source.commit[:12]}"
        else:
            yield f"its source is now {now.source.repository} at {now.source.ref}"
    if now.verdict is None:
        return
    old, new = _digests(before.artifacts), _digests(now.artifacts)
    yield from (f"{name} was added" for name in sorted(new.keys() - old.keys()))
    yield from (f"{name} is gone" for name in sorted(old.keys() - new.keys()))
    yield from (
        f"{name} has other bytes" for name in sorted(old.keys() & new.keys()) if old[name] != new[name]
    )


def _said(each: Audited) -> str:
    return each.verdict.value if each.verdict else "not to be had"


def _digests(artifacts: Sequence[AuditedArtifact]) -> dict[str, str]:
    return {each.filename: each.sha256 for each in artifacts}
