"""Releases in, a table out: the most memory that a whole check takes, signing and printing included."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from corpus.command import COMMAND
from tests.benchmarks.performance.process import measured
from tests.benchmarks.performance.processor import archive_sizes, in_child, prepare
from tests.benchmarks.performance.table import Spread, Table

RUNS = 5
GOALS = {"requests": "80 MB", "numpy": "150 MB"}
NOTES = (
    "The peak of resident memory of the whole process, as the kernel counts it (`ru_maxrss`, in 10^6 bytes), for "
    "`provenance check` with its artifacts in the cache, including the interpreter, git, the report, its signatures. "
    "Files are hashed while they are unpacked and then dropped; a rule that asks for one has it unpacked again.",
)


def measure(releases: Sequence[str]) -> Table:
    """Check each release several times, each time in a process of its own."""
    rows = []
    for reference in releases:
        prepared = in_child(lambda reference=reference: prepare(reference))
        unpacked, largest = archive_sizes(prepared)
        peak = Spread(tuple(peak_of(reference) for _ in range(RUNS)))
        goal = GOALS.get(prepared.name, "")
        rows.append((reference, f"{unpacked / 1e6:.1f}", f"{largest / 1e6:.1f}", peak.shown(1), goal))
    columns = ("Release", "MB unpacked", "Largest file, MB", "Peak, MB", "Goal")
    goal = "under 150 MB for numpy and 80 MB for requests; bounded by the largest file that a rule needs."
    return Table("Memory", goal, columns, rows, NOTES)


def peak_of(reference: str) -> float:
    """Return the peak of one check's resident memory, in 10^6 bytes."""
    with tempfile.TemporaryDirectory() as folder:
        run = measured([*COMMAND, "check", reference, "--output", folder], os.environ)
    if run.code not in (0, 1, 3):
        raise SystemExit(f"{reference} could not be checked")
    return run.megabytes
