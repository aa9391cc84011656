"""One Reference in, its ReleaseReport out: all stages, in their order, on one screen."""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from provenance import artifacts as artifact_room
from provenance.cache import Cache
from provenance.compare import Context, Subject, file_difference
from provenance.errors import ArtifactError, DigestError, UsageError
from provenance.index import fetch_provenance, find_release, local_artifact, redirects
from provenance.judgement import (
    Compared,
    Opened,
    Read,
    compare,
    in_order,
    open_project,
    refuse,
    report_on,
    without_source,
)
from provenance.ledger import Ledger
from provenance.model import (
    Artifact,
    ArtifactReport,
    Attested,
    FileDifference,
    Limits,
    Notice,
    Reference,
    Release,
    ReleaseReport,
    Severity,
    Verdict,
)
from provenance.net import Http
from provenance.project import can_be, config_blobs, is_alone, named_folder, project_folder
from provenance.source import (
    Candidate,
    Checkout,
    GitHosts,
    TrustedKeys,
    Wanted,
    assign,
    attested_candidates,
    can_verify,
    check_outs,
    fetch_tree,
    fetching_ahead,
    foreign_attestation,
    foreign_source,
    nearest_commit,
    neighbour_commit,
    passed_over,
    refuted_link,
    repositories,
    tag_evidence,
    unread_attestations,
    untagged_evidence,
    verify,
    write_bundle,
)
from provenance.tree import KnownBlobs


@dataclass(frozen=True)
class Options:
    """What a user may choose; `index` is a Simple API address, `progress` is told what goes on now.

    `provenance` holds attestations (PEP 740) that stand in for the index's, `trusted_root` is the file of a Sigstore
    instance other than the public one. `keys` are whose signatures on tags count, `ledger` what tags named before;
    `is_searched` says that the history is looked at, `is_full` that all content is fetched: both cost more.
    """

    index: str
    cache: Cache
    http: Http
    git: GitHosts
    source: str | None = None
    ref: str | None = None
    subdirectory: str | None = None
    all_wheels: bool = False
    provenance: tuple[bytes, ...] = ()
    trusted_root: Path | None = None
    keys: TrustedKeys = field(default_factory=TrustedKeys)
    ledger: Ledger | None = None
    is_searched: bool = False
    is_full: bool = False
    rebuild: Callable[[Release, Read, Opened, Compared], Compared] | None = None
    limits: Limits = field(default_factory=Limits)
    progress: Callable[[str], None] = lambda _stage: None


@dataclass(frozen=True)
class Checked:
    """A report, and what it was made from, for those who want to look closer."""

    report: ReleaseReport
    contexts: tuple[Context, ...] = ()
    checkout: Checkout | None = None
    blobs: frozenset[str] = frozenset()

    @property
    def bundle(self) -> bytes | None:
        """What a stranger needs to judge again without the git host; None where there was no source."""
        return write_bundle(self.checkout, self.blobs) if self.checkout else None

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
    wanted, known = _wanted(release, read, options)
    candidates, said = _candidates(read, wanted, options)
    notices = [*release.notices, *read.notices, *redirects(release, options.index, options.http), *said]
    refusals: list[Notice] = []
    found_by_candidate = check_outs(candidates, wanted, known, options.git)
    for candidate, (checkout, said) in zip(candidates, found_by_candidate, strict=True):
        if checkout is not None:
            told = [*notices, *passed_over(refusals), *said]
            found = _compared(release, read, checkout, told, options)
            if isinstance(found, Checked):
                return found
            said = [*said, found]
        elif any(notice.code == "no-tag" for notice in said):
            said = [*said, *_untagged(candidate, release, known, options)]
        refusals += said
    return Checked(without_source(release, read, [*notices, *refusals]))


def _compared(
    release: Release, read: Read, checkout: Checkout, notices: list[Notice], options: Options
) -> Checked | Notice:
    """Compare every file with a commit; only a notice where its repository is not this project's."""
    opened = _opened(release, read, checkout, options)
    checkout, project = opened.checkout, opened.project
    is_chosen = options.ref is not None or checkout.source.ref == checkout.source.commit
    alone = not project.folder and is_alone(checkout.tree)
    if refuted := refuted_link(project, release, checkout.source, is_chosen=is_chosen, is_alone=alone):
        return refuted
    options.progress("comparing every file")
    compared = compare(release, read, opened)
    if foreign := foreign_source(project, release, compared.source, compared.findings):
        return foreign
    if options.rebuild is not None:
        compared = options.rebuild(release, read, opened, compared)
    notices = [*notices, *compared.notices]
    notices += tag_evidence(
        checkout,
        release,
        options.keys,
        options.ledger,
        options.git,
        is_chosen=options.ref is not None,
        is_searched=options.is_searched,
    )
    report = report_on(release, compared.source, compared.artifacts, notices)
    if report.verdict is Verdict.MISMATCH and options.ref is None:
        options.progress("looking at the commits around the tag")
        nearby = neighbour_commit(checkout, compared.findings, options.git)
        if nearby is not None:
            report = report_on(release, compared.source, compared.artifacts, [*notices, nearby])
    report = report.model_copy(update={"rebuilt": compared.rebuilt})
    return Checked(report, compared.contexts, checkout, compared.blobs)


def _untagged(
    candidate: Candidate, release: Release, known: Mapping[str, bytes], options: Options
) -> list[Notice]:
    """What it may mean that a repository has no tag for this release, and the nearest commit if that is searched."""
    notices = untagged_evidence(candidate.repository, release, options.ledger, options.git)
    if options.is_searched:
        options.progress("searching the history")
        notices.append(nearest_commit(candidate.repository, release, known, options.git))
    return notices


def _opened(release: Release, read: Read, checkout: Checkout, options: Options) -> Opened:
    """Read the project's packaging files, from the folder that names it where most files point to another's."""
    open_tree = functools.partial(fetch_tree, hosts=options.git)
    open_folder = functools.partial(
        open_project, checkout, read=read, open_tree=open_tree, is_full=options.is_full
    )
    opened = open_folder(_folder(checkout, read, options))
    if options.subdirectory is None and not can_be(opened.project, checkout.tree, release.name):
        checkout.obtain(config_blobs(checkout.tree))
        folder = named_folder(checkout.tree, release.name)
        if folder is not None:
            return open_folder(folder)
    return opened


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


def with_differences(checked: Checked, most: int) -> ReleaseReport:
    """Return the report with how its worst files differ from the source; `most` is how many of them."""
    rows = [
        (finding.severity.rank, not finding.contradicts, finding.path, report.filename)
        for report in checked.report.artifacts
        for finding in report.findings
        if not finding.is_proven
    ]
    contexts = {context.subject.filename: context for context in checked.contexts}
    found = tuple(
        _difference(checked, contexts[filename], path)
        for _, _, path, filename in sorted(rows)[:most]
        if filename in contexts
    )
    return checked.report.model_copy(update={"differences": found})


def _difference(checked: Checked, context: Context, path: str) -> FileDifference:
    """Return how one file of an artifact differs from the source, and what its code then reaches for."""
    source_path, original = fetch_counterpart(checked, context, path)
    own = context.tree.read(path) or b""
    return file_difference(context.subject.filename, path, source_path, original, own)


def _release(reference: Reference, options: Options) -> Release:
    if reference.path is None:
        return find_release(reference, options.index, options.http, options.limits)
    artifact = local_artifact(reference.path)
    return Release(
        name=canonicalize_name(reference.name), version=reference.version or "", artifacts=(artifact,)
    )


def _read_artifacts(release: Release, reference: Reference, options: Options) -> Read:
    chosen = artifact_room.choose(release.artifacts, all_wheels=options.all_wheels)
    given = assign(options.provenance, [artifact.filename for artifact in chosen])
    subjects, refused, attested, notices = [], [], {}, []
    remote = chosen if reference.path is None else []
    soon = Wanted(release.name, release.version, frozenset(), options.ref)
    with (
        artifact_room.obtaining(remote, options.cache, options.http, options.limits) as obtained,
        fetching_ahead(soon, options.source, options.git) as fetch_source,
    ):
        for artifact in chosen:
            options.progress(f"reading {artifact.filename}")
            sha256 = artifact.sha256 or ""
            try:
                stored = obtained(artifact) if remote else artifact_room.local(Path(reference.path or ""))
                sha256 = stored.sha256
                attested[artifact.filename], said = _attested(artifact, stored.sha256, given, options)
                notices += said
                tree = artifact_room.unpack(stored.path, artifact.kind, options.limits)
            except ArtifactError as error:
                refused.append(refuse(artifact, error, sha256))
                continue
            subjects.append((Subject(artifact.filename, artifact.kind, tree), stored.sha256))
            fetch_source(subjects[-1][0].metadata)
    digests = {subject.filename: sha256 for subject, sha256 in subjects}
    if unlocked := _unlocked(release, reference, digests):
        names = {report.filename for report in unlocked}
        subjects = [each for each in subjects if each[0].filename not in names]
        refused = [*(report for report in refused if report.filename not in names), *unlocked]
    return Read(in_order(subjects), tuple(refused), attested, tuple(dict.fromkeys(notices)))


def _unlocked(release: Release, reference: Reference, read: Mapping[str, str]) -> list[ArtifactReport]:
    """Reports of the artifacts that the user's lock files do not allow, those that nothing here would install too."""
    named = {artifact.filename: artifact.sha256 for artifact in release.artifacts if artifact.sha256}
    digests = {**named, **read}
    wrong = artifact_room.contradictions(digests, reference.locks)
    return [
        refuse(artifact, DigestError(wrong[artifact.filename], sha256=digests[artifact.filename]), "")
        for artifact in release.artifacts
        if artifact.filename in wrong
    ]


def _attested(
    artifact: Artifact, sha256: str, given: Mapping[str, tuple[bytes, ...]], options: Options
) -> tuple[tuple[Attested, ...], list[Notice]]:
    """What the artifact's attestations say, those that the user gave or else the index's; and why there are none."""
    said: list[Notice] = []
    if artifact.filename in given:
        provenances = given[artifact.filename]
    elif artifact.provenance_url is None:
        return (), []
    elif not can_verify():
        return (), [unread_attestations()]
    else:
        provenances, said = fetch_provenance(artifact, options.http, options.limits)
    found = (verify(each, artifact.filename, sha256, options.trusted_root) for each in provenances)
    return tuple(attested for each in found for attested in each), said


def _wanted(release: Release, read: Read, options: Options) -> tuple[Wanted, Mapping[str, bytes]]:
    """What to look for in repositories, and the bytes by blob id that are known already."""
    known = KnownBlobs(subject.tree for subject, _ in read.subjects)
    return Wanted(release.name, release.version, frozenset(known), options.ref), known


def _candidates(read: Read, wanted: Wanted, options: Options) -> tuple[list[Candidate], list[Notice]]:
    """The repositories that may hold the source, the best first, and what to know of how they were found."""
    if not read.subjects:
        return [], []
    if options.source:
        named: Sequence[Candidate] = [Candidate(options.source, "--source option")]
    else:
        named = repositories(subject.metadata for subject, _ in read.subjects)
    candidates, notices = attested_candidates(named, read.attested, is_chosen=bool(options.source))
    if not candidates:
        message = (
            "Its metadata names no source repository. If you know it, name it with --source URL; "
            "maintainers can add a project URL labelled Source."
        )
        return [], [Notice(code="no-repository", severity=Severity.MEDIUM, message=message)]
    foreign = foreign_attestation(candidates, wanted, options.git)
    if foreign is not None:
        notices.append(foreign)
    return ([] if foreign and foreign.severity is Severity.HIGH else candidates), notices


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
