"""Nothing in, a table out: how long the command takes to start, beside a bare interpreter's start."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from tests.benchmarks.performance.table import Spread, Table

RUNS = 21
NOWHERE = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
COMMANDS = {
    "a bare interpreter": ["-c", "pass"],
    "`provenance --help`": ["-m", "provenance", "--help"],
    "`provenance check --help`": ["-m", "provenance", "check", "--help"],
    "all that a check imports": [
        "-c",
        "import provenance.cli.check, provenance.pipeline, provenance.signing",
    ],
}
NOTES = (
    "`tests/cli/test_imports.py` pins which libraries `--help` and a check of a cached release import. pypi-simple, "
    "whose HTML parser takes as long to import as git and HTTP together, is loaded only for an index that has no "
    "JSON; httpx's own command line, which brings rich and Pygments along, never. pydantic builds the validators of "
    "values that a run does not use only when they are used.",
    "What did not help: keeping foreign pydantic plugins out (nothing to be measured here).",
)


def measure(_releases: Sequence[str]) -> Table:
    """Start each in turn, many times; output goes nowhere."""
    runs = [[started(command) for command in COMMANDS.values()] for _ in range(RUNS)]
    wall, busy = (
        [Spread(tuple(run[place][kind] for run in runs)) for place in range(len(COMMANDS))] for kind in (0, 1)
    )
    bare = wall[0].values
    rows = []
    for name, elapsed, processor in zip(COMMANDS, wall, busy, strict=True):
        over = Spread(tuple(mine - floor for mine, floor in zip(elapsed.values, bare, strict=True)))
        rows.append((name, elapsed.shown(0), over.shown(0), processor.shown(0)))
    columns = ("Command", "Wall time, ms", "Over the bare interpreter, ms", "Processor time, ms")
    return Table(
        "Start", "`provenance --help` within 150 ms over a bare interpreter's start.", columns, rows, NOTES
    )


def started(arguments: Sequence[str]) -> tuple[float, float]:
    """Return the wall and the processor time of one run, in milliseconds."""
    command, begun = [sys.executable, *arguments], time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=[NOWHERE])
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return (time.perf_counter() - begun) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3
