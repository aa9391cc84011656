"""One Reference in, its ReleaseReport out: all stages, in their order, on one screen."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from provenance import artifacts as artifact_room
from provenance.cache import Cache
from provenance.compare import Context, Subject, executable_bits, inert_paths, judge, needed_blobs
from provenance.errors import ArtifactError, DigestError, HostileArchiveError, UsageError
from provenance.index import find_release, local_artifact
from provenance.model import (
    Artifact,
    ArtifactReport,
    Evidence,
    Finding,
    Limits,
    Notice,
    Reference,
    Release,
    ReleaseReport,
    Severity,
    Source,
    Verdict,
)
from provenance.net import Http
from provenance.project import Project, project_folder, read_project
from provenance.source import (
    Candidate,
    Checkout,
    Wanted,
    check_out,
    foreign_source,
    mount_submodules,
    neighbour_commit,
    refuted_link,
    repositories,
)
from provenance.tree import join
from provenance.verdict import artifact_verdict, release_verdict


@dataclass(frozen=True)
class Options:
    """What a user may choose; `index` is a Simple API address, `progress` is told what goes on now."""

    index: str
    cache: Cache
    http: Http
    source: str | None = None
    ref: str | None = None
    subdirectory: str | None = None
    all_wheels: bool = False
    limits: Limits = field(default_factory=Limits)
    progress: Callable[[str], None] = lambda _stage: None


@dataclass(frozen=True)
class Read:
    """An artifact that could be read, and one that could not: its report says why."""

    subjects: tuple[tuple[Subject, str], ...]
    refused: tuple[ArtifactReport, ...]


@dataclass(frozen=True)
class Checked:
    """A report, and what it was made from, for those who want to look closer."""

    report: ReleaseReport
    contexts: tuple[Context, ...] = ()
    checkout: Checkout | None = None

    def context_of(self, path: str) -> Context | None:
        """Return the artifact that holds a file at path: one in which nothing proves it, if there is one."""
        unproven = {
            (artifact.filename, finding.path)
            for artifact in self.report.artifacts
            for finding in artifact.findings
            if not finding.is_proven
        }
        holding = [context for context in self.contexts if path in context.tree]
        return min(holding, key=lambda each: (each.subject.filename, path) not in unproven, default=None)


def check(reference: Reference, options: Options) -> Checked:
    """Answer for one release. Raises UsageError or OperationError where no decision can be reached."""
    options.progress("asking the index")
    release = _release(reference, options)
    read = _read_artifacts(release, reference, options)
    options.progress("fetching the source")
    checkout, notices = _checkout(release, read, options)
    notices = [*release.notices, *notices]
    if checkout is None:
        return Checked(_without_source(release, read, notices))
    folder = _folder(checkout, read, options)
    checkout, said = mount_submodules(checkout, _folders(folder, read), options.limits)
    notices += said
    checkout.obtain(needed_blobs(checkout.tree, folder, [subject for subject, _ in read.subjects]))
    project = read_project(checkout.tree, folder)
    if refuted := refuted_link(project, release, checkout.source, is_chosen=options.ref is not None):
        return Checked(_without_source(release, read, [*notices, refuted]))
    options.progress("comparing every file")
    source = checkout.source.model_copy(update={"subdirectory": folder})
    contexts = _contexts(release, read, checkout, source, project)
    checkout.obtain(blob for context in contexts for blob in context.differing_blobs())
    reports = [_judged(context, sha256) for context, (_, sha256) in zip(contexts, read.subjects, strict=True)]
    notices += [notice for context in contexts for notice in executable_bits(context)]
    findings = [finding for report in reports for finding in report.findings]
    if foreign := foreign_source(project, release, source, findings):
        return Checked(_without_source(release, read, [*notices, foreign]))
    report = _report(release, source, [*reports, *read.refused], notices)
    if report.verdict is Verdict.MISMATCH and options.ref is None:
        options.progress("looking at the commits around the tag")
        if (nearby := neighbour_commit(checkout, findings)) is not None:
            report = _report(release, source, report.artifacts, [*notices, nearby])
    return Checked(report, tuple(contexts), checkout)


def fetch_counterpart(checked: Checked, context: Context, path: str) -> tuple[str | None, bytes]:
    """Return the path and bytes of the source file that stands behind an artifact's file; None and b"" without one."""
    report = next(
        report for report in checked.report.artifacts if report.filename == context.subject.filename
    )
    finding = next(finding for finding in report.findings if finding.path == path)
    counterpart = context.source_tree.get(finding.source_path or "") or context.counterpart(path)
    if counterpart is None or checked.checkout is None:
        return None, b""
    checked.checkout.obtain([counterpart.blob])
    return counterpart.path, context.source_tree.load(counterpart.blob) or b""


def _release(reference: Reference, options: Options) -> Release:
    if reference.path is None:
        return find_release(reference, options.index, options.http, options.limits)
    artifact = local_artifact(reference.path)
    return Release(
        name=canonicalize_name(reference.name), version=reference.version or "", artifacts=(artifact,)
    )


def _read_artifacts(release: Release, reference: Reference, options: Options) -> Read:
    chosen = artifact_room.choose(release.artifacts, all_wheels=options.all_wheels)
    subjects, refused = [], []
    for artifact in chosen:
        options.progress(f"reading {artifact.filename}")
        try:
            if reference.path is None:
                stored = artifact_room.obtain(artifact, options.cache, options.http, options.limits)
            else:
                stored = artifact_room.local(Path(reference.path))
            tree = artifact_room.unpack(stored.path, artifact.kind, options.limits)
        except ArtifactError as error:
            refused.append(_refused(artifact, error))
            continue
        subjects.append((Subject(artifact.filename, artifact.kind, tree), stored.sha256))
    return Read(tuple(subjects), tuple(refused))


def _checkout(release: Release, read: Read, options: Options) -> tuple[Checkout | None, list[Notice]]:
    if not read.subjects:
        return None, []
    if options.source:
        candidates: Sequence[Candidate] = [Candidate(options.source, "--source option")]
    else:
        candidates = list(
            dict.fromkeys(found for subject, _ in read.subjects for found in repositories(subject.metadata))
        )
    if not candidates:
        message = (
            "Its metadata names no source repository. If you know it, name it with --source URL; "
            "maintainers can add a project URL labelled Source."
        )
        return None, [Notice(code="no-repository", severity=Severity.MEDIUM, message=message)]
    known = {entry.blob: entry.blob for subject, _ in read.subjects for entry in subject.tree}
    trees = [subject.tree for subject, _ in read.subjects]
    contents = {blob: content for blob in known for tree in trees if (content := tree.load(blob)) is not None}
    wanted = Wanted(release.name, release.version, frozenset(known), options.ref)
    return check_out(candidates, wanted, contents, options.limits)


def _folder(checkout: Checkout, read: Read, options: Options) -> str:
    """Find the project's folder in the commit, or take the one that the user named."""
    if options.subdirectory is None:
        sdist = next((subject.tree for subject, _ in read.subjects if subject.kind == "sdist"), None)
        wheels = [subject.tree for subject, _ in read.subjects if subject.kind == "wheel"]
        return project_folder(checkout.tree, sdist, wheels)
    folder = posixpath.normpath(options.subdirectory).strip("/").removeprefix(".")
    if folder not in checkout.tree.folders:
        raise UsageError(f"{checkout.source.repository} has no folder {folder} at {checkout.source.ref}")
    return folder


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


def _judged(context: Context, sha256: str) -> ArtifactReport:
    findings = judge(context)
    return ArtifactReport(
        filename=context.subject.filename,
        kind=context.subject.kind,
        sha256=sha256,
        verdict=artifact_verdict(findings, inert_paths(context, findings)),
        findings=findings,
    )


def _refused(artifact: Artifact, error: ArtifactError) -> ArtifactReport:
    """The report of an artifact that could not be compared: one finding, about the archive as a whole."""
    is_digest, is_hostile = isinstance(error, DigestError), isinstance(error, HostileArchiveError)
    finding = Finding(
        path=artifact.filename,
        evidence=Evidence.ADDED,
        rule="digest" if is_digest else "archive",
        severity=Severity.CRITICAL if is_digest or is_hostile else Severity.HIGH,
        source_path=None,
        reason=str(error),
        contradicts=is_digest or is_hostile,
    )
    verdict = Verdict.MISMATCH if finding.contradicts else Verdict.UNPROVEN
    return ArtifactReport(
        filename=artifact.filename,
        kind=artifact.kind,
        sha256=artifact.sha256 or "",
        verdict=verdict,
        findings=(finding,),
    )


def _without_source(release: Release, read: Read, notices: list[Notice]) -> ReleaseReport:
    """The report where there is nothing to compare with; a refused artifact still says no."""
    unread = [
        ArtifactReport(filename=subject.filename, kind=subject.kind, sha256=sha256, verdict=Verdict.NO_SOURCE)
        for subject, sha256 in read.subjects
    ]
    return _report(release, None, [*unread, *read.refused], notices)


def _report(
    release: Release, source: Source | None, reports: Sequence[ArtifactReport], notices: Sequence[Notice]
) -> ReleaseReport:
    return ReleaseReport(
        name=release.name,
        version=release.version,
        verdict=release_verdict(reports),
        source=source,
        artifacts=tuple(sorted(reports, key=lambda report: (report.kind, report.filename))),
        notices=tuple(notices),
    )
