"""Releases in, a table out: the processor time of the whole judgement against that of hashing the files once."""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from provenance.artifacts import obtain, unpack
from provenance.cli.options import opened
from provenance.compare import Subject
from provenance.index import find_release, parse_reference
from provenance.judgement import Read, compare, in_order, open_project, report_on
from provenance.model import Kind, Limits, Release, ReleaseReport, Source
from provenance.pipeline import check
from provenance.source import read_bundle
from provenance.tree import KnownBlobs
from tests.benchmarks.performance.bound import archive_digests, files_of
from tests.benchmarks.performance.table import Spread, Table, side_by_side

RUNS = 9
UNLIMITED = 1 << 40
FORK = multiprocessing.get_context("fork")
NOTES = (
    "The bound is what any tool that compares contents has to do, in plain code that is not the tool's "
    "(`bound.py`): unpack every file, compute git's blob id and the sha256 of each, unpack the commit's trees and list "
    "their files. It checks nothing. The judgement starts from the same files and ends with a report: it reads the "
    "artifacts with every check against hostile archives, the trees, the packaging configuration, and judges every "
    "file. Fetching, signing and printing are not in it. Each run is a process of its own, so nothing is remembered.",
    "numpy's wheel is compiled and holds much that its source does not; botocore's has files that are packed once "
    "more, so that it differs from its source in 900 places.",
    "What did not help: keeping the unpacked bytes in memory instead of unpacking again the few that rules ask for was "
    "not faster, and reading a tar archive in steps of its members' sizes makes zlib copy what it has not used yet: "
    "numpy's sdist took 0.53 s that way and takes 0.43 s in blocks.",
)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Prepared:
    """A release with all that was fetched for it: its artifacts in files, and the commit in a pack."""

    name: str
    version: str
    artifacts: tuple[tuple[str, Kind, str, Path], ...]
    source: Source
    pack: bytes


def measure(releases: Sequence[str]) -> Table:
    """Measure each release's judgement and its bound in turn, in processes that have judged nothing before."""
    columns = ("Release", "MB packed", "Files", "Bound, s", "Judgement, s", "Ratio", "Of the least")
    goal = "1.3 times the bound for pure packages, 2 times at worst."
    return Table("Processor", goal, columns, [_row(reference) for reference in releases], NOTES)


def _row(reference: str) -> tuple[str, ...]:
    prepared = in_child(lambda: prepare(reference))
    files = in_child(lambda: sum(len(archive_digests(path)) for *_, path in prepared.artifacts))
    packed = sum(path.stat().st_size for *_, path in prepared.artifacts)
    works = [
        lambda: in_child(lambda: seconds(lambda: bound(prepared))),
        lambda: in_child(lambda: seconds(lambda: judgement(prepared))),
    ]
    least, whole = side_by_side(works, RUNS)
    ratios = Spread(tuple(mine / floor for floor, mine in zip(least.values, whole.values, strict=True)))
    shown = f"**{whole.least / least.least:.2f}**"
    return (
        reference,
        f"{packed / 1e6:.1f}",
        f"{files:,}",
        least.shown(),
        whole.shown(),
        ratios.shown(2),
        shown,
    )


def prepare(reference: str) -> Prepared:
    """Check the release once, and keep what the judgement was made from."""
    with opened(is_quiet=True) as options:
        checked = check(parse_reference(reference), options)
        announced = find_release(parse_reference(reference), options.index, options.http, options.limits)
        stored = {
            artifact.filename: obtain(artifact, options.cache, options.http, options.limits)
            for artifact in announced.artifacts
            if artifact.filename in {report.filename for report in checked.report.artifacts}
        }
    report = checked.report
    artifacts = tuple(
        (each.filename, each.kind, each.sha256, stored[each.filename].path) for each in report.artifacts
    )
    if report.source is None or checked.bundle is None:
        raise SystemExit(f"{reference} has no source to be compared with")
    return Prepared(report.name, report.version, artifacts, report.source, checked.bundle)


def bound(prepared: Prepared) -> None:
    """Hash every file of the artifacts, and list the commit's files."""
    for *_, path in prepared.artifacts:
        archive_digests(path)
    files_of(prepared.pack, prepared.source.commit)


def judgement(prepared: Prepared) -> ReleaseReport:
    """Judge the release from its files alone, as a check does and its repetition from a bundle."""
    subjects = [
        (Subject(filename, kind, unpack(path, kind, Limits())), sha256)
        for filename, kind, sha256, path in prepared.artifacts
    ]
    read = Read(in_order(subjects), (), {})
    release = Release(name=prepared.name, version=prepared.version, artifacts=())
    bundle = read_bundle(prepared.pack, UNLIMITED)
    checkout = bundle.check_out(prepared.source, KnownBlobs(subject.tree for subject, _ in subjects))
    project = open_project(checkout, prepared.source.subdirectory, read, bundle.open_tree)
    compared = compare(release, read, project)
    return report_on(release, compared.source, compared.artifacts, compared.notices)


def archive_sizes(prepared: Prepared) -> tuple[int, int]:
    """Return the bytes that all artifacts unpack to, and those of the largest file in them."""

    def sizes() -> list[int]:
        trees = [unpack(path, kind, Limits()) for _, kind, _, path in prepared.artifacts]
        return [entry.size or 0 for tree in trees for entry in tree]

    found = in_child(sizes)
    return sum(found), max(found)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that work takes."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def in_child(work: Callable[[], Value]) -> Value:
    """Do it in a process that ends with it, so that no run leaves anything behind for the next."""
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=lambda: sender.send(work()))
    child.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        child.join()
