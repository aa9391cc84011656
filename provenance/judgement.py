"""What was read of a release and a checkout of its source in, the report that follows from these alone out.

A check and its repetition from a bundle both come through here, so that they cannot differ: no index, clock or user's
record is asked, and git's objects come from wherever the checkout has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provenance.compare import Context, Subject, executable_bits, inert_paths, judge, needed_blobs
from provenance.errors import (
    AmbiguousArchiveError,
    ArtifactError,
    AttestationError,
    DigestError,
    HostileArchiveError,
)
from provenance.model import (
    Artifact,
    ArtifactReport,
    Attested,
    Evidence,
    Finding,
    Notice,
    Rebuilt,
    Release,
    ReleaseReport,
    Severity,
    Source,
    Verdict,
)
from provenance.project import Project, read_project
from provenance.source import Checkout, OpenTree, mount_submodules, other_version, with_contents
from provenance.tree import join
from provenance.verdict import artifact_verdict, release_verdict

REFUSALS: Mapping[type[ArtifactError], str] = {
    DigestError: "digest",
    AttestationError: "attestation",
    AmbiguousArchiveError: "archive-ambiguous",
}


@dataclass(frozen=True)
class Read:
    """The artifacts that could be read with what is attested of each, and those that could not: reports say why."""

    subjects: tuple[tuple[Subject, str], ...]
    refused: tuple[ArtifactReport, ...]
    attested: Mapping[str, tuple[Attested, ...]]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A commit with the submodules that artifacts have files in, and what its packaging files state."""

    checkout: Checkout
    project: Project
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Compared:
    """Every file of every artifact, judged; `blobs` are the source files whose bytes that took."""

    contexts: tuple[Context, ...]
    source: Source
    artifacts: tuple[ArtifactReport, ...]
    notices: tuple[Notice, ...]
    blobs: frozenset[str]
    rebuilt: tuple[Rebuilt, ...] = ()

    @property
    def findings(self) -> list[Finding]:
        """The findings on files of the artifacts that could be read."""
        return [
            finding for artifact in self.artifacts if not artifact.is_refused for finding in artifact.findings
        ]


def in_order(subjects: Sequence[tuple[Subject, str]]) -> tuple[tuple[Subject, str], ...]:
    """Return artifacts in the one order in which rules see them, whatever the index lists first."""
    return tuple(sorted(subjects, key=lambda each: (each[0].kind, each[0].filename)))


def open_project(
    checkout: Checkout, folder: str, read: Read, open_tree: OpenTree, *, is_full: bool = False
) -> Opened:
    """Obtain what the rules will read of a folder, its submodules among it, and read its packaging files.

    Where it `is_full`, what is the same by git's ids is obtained too.
    """
    checkout, notices = mount_submodules(checkout.afresh(), _folders(folder, read), open_tree)
    if is_full:
        blobs = {entry.blob for subject, _ in read.subjects for entry in subject.tree}
        checkout, notice = with_contents(checkout, blobs)
        notices.append(notice)
    checkout.obtain(needed_blobs(checkout.tree, folder, [subject for subject, _ in read.subjects]))
    return Opened(checkout, read_project(checkout.tree, folder), tuple(notices))


def compare(release: Release, read: Read, opened: Opened) -> Compared:
    """Judge every file of the artifacts that could be read against the commit."""
    checkout, project = opened.checkout, opened.project
    source = checkout.source.model_copy(update={"subdirectory": project.folder})
    contexts = _contexts(release, read, checkout, source, project)
    checkout.obtain(blob for context in contexts for blob in context.differing_blobs())
    judged = [
        _judged(context, sha256, read.attested.get(context.subject.filename, ()))
        for context, (_, sha256) in zip(contexts, read.subjects, strict=True)
    ]
    notices = [*opened.notices, *(notice for context in contexts for notice in executable_bits(context))]
    if other := other_version(project, release, source):
        notices.append(other)
    blobs = frozenset(checkout.used)
    return Compared(tuple(contexts), source, (*judged, *read.refused), tuple(notices), blobs)


def report_on(
    release: Release, source: Source | None, artifacts: Sequence[ArtifactReport], notices: Sequence[Notice]
) -> ReleaseReport:
    """Return the report on a release, with the worst verdict of its artifacts."""
    return ReleaseReport(
        name=release.name,
        version=release.version,
        verdict=release_verdict(artifacts),
        source=source,
        artifacts=tuple(sorted(artifacts, key=lambda report: (report.kind, report.filename))),
        notices=tuple(notices),
    )


def without_source(release: Release, read: Read, notices: Sequence[Notice]) -> ReleaseReport:
    """Return the report where there is nothing to compare with; a refused artifact still says no."""
    unread = [
        ArtifactReport(filename=subject.filename, kind=subject.kind, sha256=sha256, verdict=Verdict.NO_SOURCE)
        for subject, sha256 in read.subjects
    ]
    return report_on(release, None, [*unread, *read.refused], notices)


def refuse(artifact: Artifact, error: ArtifactError, sha256: str) -> ArtifactReport:
    """Return the report of an artifact that could not be compared: one finding, about the archive as a whole.

    `sha256` is what is known of its bytes; a download that is not what the index names is reported as what it is.
    """
    is_no = isinstance(error, DigestError | AttestationError | HostileArchiveError)
    is_critical = is_no and not isinstance(error, AmbiguousArchiveError)
    finding = Finding(
        path=artifact.filename,
        evidence=Evidence.ADDED,
        rule=REFUSALS.get(type(error), "archive"),
        severity=Severity.CRITICAL if is_critical else Severity.HIGH,
        source_path=None,
        reason=str(error),
        contradicts=is_no,
    )
    verdict = Verdict.MISMATCH if finding.contradicts else Verdict.UNPROVEN
    return ArtifactReport(
        filename=artifact.filename,
        kind=artifact.kind,
        sha256=error.sha256 if isinstance(error, DigestError) else sha256,
        verdict=verdict,
        findings=(finding,),
    )


def _folders(folder: str, read: Read) -> set[str]:
    """Folders of the source that artifacts have files in, as far as their own paths tell."""
    places = [place for subject, _ in read.subjects for place in subject.tree.folders]
    return {join(start, place) for place in places for start in (folder, join(folder, "src"))}


def _contexts(
    release: Release, read: Read, checkout: Checkout, source: Source, project: Project
) -> list[Context]:
    subjects = [subject for subject, _ in read.subjects]
    return [
        Context(
            name=release.name,
            version=release.version,
            subject=subject,
            source_tree=checkout.tree,
            source=source,
            project=project,
            siblings=tuple(other for other in subjects if other is not subject),
        )
        for subject in subjects
    ]


def _judged(context: Context, sha256: str, attested: tuple[Attested, ...]) -> ArtifactReport:
    findings = judge(context)
    return ArtifactReport(
        filename=context.subject.filename,
        kind=context.subject.kind,
        sha256=sha256,
        verdict=artifact_verdict(findings, inert_paths(context, findings)),
        findings=findings,
        attestations=attested,
    )
