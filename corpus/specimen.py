"""A pinned release in, its judged artifacts out: from the index and a git host, or from a listing of the commit."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.catalogue import Pin, PinnedRelease
from corpus.listings import read_listing
from corpus.package_index import PackageIndex
from provenance import artifacts as artifact_room
from provenance.compare import Context, Subject, inert_paths, judge
from provenance.index import find_release, parse_reference
from provenance.model import Artifact, ArtifactReport, Finding, ReleaseReport, Source, Verdict
from provenance.pipeline import Options, check
from provenance.project import project_folder, read_project
from provenance.tree import Tree
from provenance.verdict import artifact_verdict, release_verdict


@dataclass(frozen=True)
class Specimen:
    """A release as the tool judged it; `files` are its artifacts on disk, `received` counts bytes of git objects."""

    release: PinnedRelease
    report: ReleaseReport
    contexts: tuple[Context, ...]
    files: Mapping[str, Path]
    received: int = 0

    @property
    def size(self) -> int:
        """Bytes of all artifacts."""
        return sum(path.stat().st_size for path in self.files.values())


def from_git(release: PinnedRelease, options: Options) -> Specimen:
    """Check the pinned artifacts as a user would; then fetch the rest of the source, so that tampers find it too."""
    files = _obtain(release, options)
    with tempfile.TemporaryDirectory(prefix="provenance-exam-") as folder:
        for name, path in files.items():
            (Path(folder) / name).symlink_to(path)
        with PackageIndex(Path(folder).iterdir()) as index:
            asked = replace(options, index=index.simple)
            if release.given:
                asked = replace(asked, source=release.repository, ref=release.ref)
            checked = check(parse_reference(release.reference), asked)
    received = 0
    if checkout := checked.checkout:
        received = sum(store.raw_length() for remote in checkout.remotes for store in _objects(remote))
        checkout.obtain(entry.blob for entry in checkout.tree)
    return Specimen(release, checked.report, checked.contexts, files, received)


def from_listing(release: PinnedRelease, options: Options) -> Specimen:
    """Judge the artifacts against the listing of their commit; only bytes that artifacts hold are known."""
    files = _obtain(release, options)
    kinds = {artifact.filename: artifact.kind for artifact in _artifacts(release, options)}
    subjects = [
        Subject(name, kinds[name], artifact_room.unpack(path, kinds[name], options.limits))
        for name, path in files.items()
    ]
    loads = [subject.tree.load for subject in subjects]
    tree = read_listing(
        release.listing.read_text(),
        lambda blob: next((found for load in loads if (found := load(blob)) is not None), None),
    )
    contexts = _contexts(release, subjects, tree)
    reports = [
        ArtifactReport(
            filename=context.subject.filename,
            kind=context.subject.kind,
            sha256=next(pin.sha256 for pin in release.artifacts if pin.filename == context.subject.filename),
            verdict=verdict_of(context, findings := judge(context)),
            findings=findings,
        )
        for context in contexts
    ]
    report = ReleaseReport(
        name=release.name,
        version=release.version,
        verdict=release_verdict(reports),
        source=contexts[0].source,
        artifacts=tuple(reports),
    )
    return Specimen(release, report, contexts, files)


def verdict_of(context: Context, findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict that these findings make of their artifact."""
    return artifact_verdict(findings, inert_paths(context, findings))
