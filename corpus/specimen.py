"""A pinned release in, its judged artifacts out: from the index and a git host, or from a listing of the commit."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.catalogue import PinnedRelease
from corpus.listings import read_listing
from corpus.package_index import PackageIndex
from provenance import artifacts as artifact_room
from provenance.compare import Context, Subject, inert_paths, judge
from provenance.errors import GitError, NotOnIndexError
from provenance.index import find_release, parse_reference
from provenance.model import Artifact, Finding, Source, Verdict
from provenance.pipeline import Options, check
from provenance.project import project_folder, read_project
from provenance.source import Checkout
from provenance.tree import Tree
from provenance.verdict import artifact_verdict


@dataclass(frozen=True)
class Judged:
    """One artifact: what the tool may look at, what it found, and the file itself."""

    context: Context
    findings: tuple[Finding, ...]
    verdict: Verdict
    file: Path


@dataclass(frozen=True)
class Specimen:
    """A release as the tool judged it; `received` counts the bytes of artifacts and of git objects, unpacked."""

    release: PinnedRelease
    verdict: Verdict
    source: Source | None
    artifacts: tuple[Judged, ...]
    received: tuple[int, int]


def from_git(release: PinnedRelease, options: Options) -> Specimen:
    """Check the pinned artifacts as a user would; then fetch the rest of the source, for tampers to be seen with."""
    files = obtain(release, options)
    with tempfile.TemporaryDirectory(prefix="provenance-exam-") as folder:
        for artifact, path in files:
            (Path(folder) / artifact.filename).symlink_to(path)
        with PackageIndex(Path(folder).iterdir()) as index:
            asked = replace(options, index=index.simple)
            if release.given:
                asked = replace(asked, source=release.repository, ref=release.ref)
            checked = check(parse_reference(release.reference), asked)
    git_bytes = 0
    if checked.checkout:
        git_bytes = _git_bytes(checked.checkout)
        with suppress(GitError):  # a host that gives no more leaves the tampers fewer files to copy
            checked.checkout.obtain(entry.blob for entry in checked.checkout.tree)
    specimen = _specimen(release, checked.contexts, files, git_bytes)
    return replace(specimen, verdict=checked.report.verdict, source=checked.report.source)


def from_listing(release: PinnedRelease, options: Options) -> Specimen:
    """Judge the artifacts against the listing of their commit; only bytes that artifacts hold are known."""
    files = obtain(release, options)
    subjects = [
        Subject(artifact.filename, artifact.kind, artifact_room.unpack(path, artifact.kind, options.limits))
        for artifact, path in files
    ]
    tree = read_listing(release.listing.read_text(), lambda blob: _load(subjects, blob))
    return _specimen(release, _contexts(release, subjects, tree), files, 0)


def verdict_of(context: Context, findings: Sequence[Finding]) -> Verdict:
    """Return the verdict that these findings make of their artifact."""
    return artifact_verdict(findings, inert_paths(context, findings))


def obtain(release: PinnedRelease, options: Options) -> list[tuple[Artifact, Path]]:
    """Find the pinned artifacts on the user's index, by name and digest, and download what the cache lacks."""
    pinned = {pin.filename: pin.sha256 for pin in release.artifacts}
    announced = find_release(parse_reference(release.reference), options.index, options.http, options.limits)
    found = [each for each in announced.artifacts if pinned.get(each.filename) == each.sha256]
    if len(found) != len(pinned):
        raise NotOnIndexError(f"The index has not all pinned artifacts of {release.reference}")
    found.sort(key=lambda artifact: (artifact.kind, artifact.filename))
    return [
        (each, artifact_room.obtain(each, options.cache, options.http, options.limits).path) for each in found
    ]


def _contexts(release: PinnedRelease, subjects: Sequence[Subject], tree: Tree) -> list[Context]:
    sdist = next((subject.tree for subject in subjects if subject.kind == "sdist"), None)
    wheels = [subject.tree for subject in subjects if subject.kind == "wheel"]
    folder = project_folder(tree, sdist, wheels)
    project = read_project(tree, folder)
    source = Source(
        repository=release.repository,
        ref=release.ref,
        commit=release.commit,
        tree="",
        subdirectory=folder,
    )
    return [
        Context(
            name=release.project,
            version=release.version,
            subject=subject,
            source_tree=tree,
            source=source,
            project=project,
            siblings=tuple(other for other in subjects if other is not subject),
        )
        for subject in subjects
    ]


def _specimen(
    release: PinnedRelease,
    contexts: Sequence[Context],
    files: Sequence[tuple[Artifact, Path]],
    git_bytes: int,
) -> Specimen:
    paths = {artifact.filename: path for artifact, path in files}
    judged = []
    for context in contexts:
        findings = judge(context)
        verdict = verdict_of(context, findings)
        judged.append(Judged(context, findings, verdict, paths[context.subject.filename]))
    worst = max(
        (each.verdict for each in judged), key=lambda verdict: verdict.rank, default=Verdict.NO_SOURCE
    )
    source = contexts[0].source if contexts else None
    sizes = sum(path.stat().st_size for path in paths.values())
    return Specimen(release, worst, source, tuple(judged), (sizes, git_bytes))


def _git_bytes(checkout: Checkout) -> int:
    return sum(remote.store[name].raw_length() for remote in checkout.remotes for name in remote.store)


def _load(subjects: Sequence[Subject], blob: str) -> bytes | None:
    found = (subject.tree.load(blob) for subject in subjects)
    return next((content for content in found if content is not None), None)
