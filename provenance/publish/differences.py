"""A release's signed reports, its bundle and its artifacts in; how unproven files differ from the source out.

What is shown is bound to what was signed: the package's side by the sha256 in the finding, the source's by the commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from provenance.artifacts import unpack
from provenance.cache import Cache
from provenance.compare import file_difference
from provenance.errors import ArtifactError, GitError, ReportError
from provenance.model import ArtifactReport, FileDifference, Finding, Limits, ReleaseReport
from provenance.report.sentence import unproven
from provenance.source import Bundle, Checkout, read_bundle
from provenance.tree import Tree

MOST_FILES = 12  # of one release; `provenance diff` shows all
MOST_LINES = 300  # of them together: a page stays below 100 kB
MOST_CHARACTERS = 24_000


def with_differences(reports: Sequence[ReleaseReport], file: Path, cache: Cache) -> tuple[ReleaseReport, ...]:
    """Return the reports with how their worst files differ, as far as the bundle and the cached artifacts tell.

    Raises ReportError where the bundle is none, or does not hold the commit that was signed.
    """
    limits = Limits()
    try:
        bundle = read_bundle(file.read_bytes(), limits.git_bytes)
        found = [_shortened(_differences(report, bundle, cache, limits)) for report in reports]
    except OSError as error:
        raise ReportError(f"{file} cannot be read: {error.strerror or error}") from error
    except (GitError, ReportError) as error:
        raise ReportError(f"{file}: {error}") from error
    pairs = zip(reports, found, strict=True)
    return tuple(report.model_copy(update={"differences": each}) for report, each in pairs)


def _differences(
    report: ReleaseReport, bundle: Bundle, cache: Cache, limits: Limits
) -> Iterator[FileDifference]:
    if report.source is None or not any(map(unproven, report.artifacts)):
        return
    trees = _unpacked(report, cache, limits)
    known = {entry.blob: tree.load(entry.blob) or b"" for tree in trees.values() for entry in tree}
    source = bundle.check_out(report.source, known)
    for artifact in report.artifacts:
        if tree := trees.get(artifact.filename):
            for finding in unproven(artifact):
                yield from _difference(artifact, finding, tree, source)


def _unpacked(report: ReleaseReport, cache: Cache, limits: Limits) -> Mapping[str, Tree]:
    """Those artifacts that are at hand and can be read."""
    trees: dict[str, Tree] = {}
    for artifact in report.artifacts:
        file = None if artifact.is_refused else cache.find(artifact.sha256)
        try:
            trees |= {artifact.filename: unpack(file, artifact.kind, limits)} if file else {}
        except ArtifactError:
            continue
    return trees


def _difference(
    artifact: ArtifactReport, finding: Finding, tree: Tree, source: Checkout
) -> Iterator[FileDifference]:
    own = tree.read(finding.path)
    original = _read(source, finding.source_path) if finding.source_path is not None else b""
    if own is None or original is None or hashlib.sha256(own).hexdigest() != finding.sha256:
        return
    if own != original:
        yield file_difference(artifact.filename, finding.path, finding.source_path, original, own)


def _read(source: Checkout, path: str) -> bytes | None:
    """A source file's bytes, None where neither an artifact nor the bundle holds them."""
    entry = source.tree.entries.get(path)
    if entry is None:
        return None
    source.obtain([entry.blob])
    try:
        return source.load(entry.blob)
    except GitError:
        return None


def _shortened(differences: Iterator[FileDifference]) -> tuple[FileDifference, ...]:
    """As many of them, and as much of each, as fit a page."""
    shown: list[FileDifference] = []
    lines, characters = MOST_LINES, MOST_CHARACTERS
    for each in differences:
        kept = []
        for line in each.lines[:lines]:
            kept.append(line[: max(0, characters)])
            characters -= len(line)
            if characters <= 0:
                break
        lines -= len(kept)
        if left := len(each.lines) - len(kept):
            kept.append(f"@@ {left:,} more lines: provenance diff shows them @@")
        shown.append(each.model_copy(update={"lines": tuple(kept)}))
        if len(shown) == MOST_FILES or lines <= 0 or characters <= 0:
            break
    return tuple(shown)
