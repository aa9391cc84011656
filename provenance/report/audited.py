"""A ReleaseReport in, what an audit keeps of it out: the facts of one row of a table, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from provenance.report.sentence import COMPILED, sentence, unproven

MOST_FINDINGS = 20
WITHOUT_SOURCE = {
    "no-repository": "its metadata names no repository",
    "repository-not-found": "its repository cannot be reached: gone, or not public",
    "repository-not-asked": "its repository's host could not be asked",
    "no-git-repository": "its repository is not git's",
    "no-tag": "its repository has no tag for this version",
    "no-longer-tagged": "its repository has no tag for this version",
    "tag-removed": "its repository's tag for this version was removed",
    "tag-of-no-commit": "its repository's tag names no commit",
    "other-project": "its repository is another project's",
    "wrong-repository": "its repository is another project's",
    "tag-of-another-package": "its repository's tag is another package's",
    "attested-repository": "its attestation names another repository",
}
COMPILED_ALONE = "compiled files that only the builder's toolchain can prove"
UNPROVEN_WORDS = {
    Evidence.RECOGNIZED: "generated files of a known form, not proven",
    Evidence.ADDED: "data files that are not in the source",
    Evidence.RELOCATED: "files moved from elsewhere in the source",
    Evidence.MODIFIED: "changed files that cannot run",
}


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
    what built the wheel. `changes` is what differs from the audit before.
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


def cause(report: ReleaseReport) -> str:
    """Return in a few words why a release cannot be told, "" for one that can."""
    if report.answer is not Answer.CANNOT_TELL:
        return ""
    if report.verdict is Verdict.NO_SOURCE:
        found = (WITHOUT_SOURCE[each.code] for each in report.notices if each.code in WITHOUT_SOURCE)
        return next(found, "it cannot be compared with any source")
    if report.source is None:
        return "its archives cannot be read"
    open_ones = [each for each in report.artifacts if each.verdict is Verdict.UNPROVEN]
    files = [finding for artifact in open_ones for finding in unproven(artifact)]
    if files and all(each.path.endswith(COMPILED) or ".so." in each.path for each in files):
        return COMPILED_ALONE
    worst = next((each for each in files if each.evidence in UNPROVEN_WORDS), None)
    return UNPROVEN_WORDS[worst.evidence] if worst else "files without proof"


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
