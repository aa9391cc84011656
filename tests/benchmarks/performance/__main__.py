"""Releases in, the page of figures out: every row of the table, measured side by side in one run.

    python -m tests.benchmarks.performance                 all rows, written to docs/performance.md
    python -m tests.benchmarks.performance memory start    these rows only, printed

Needs the package index and the git hosts of these releases, or copies that git's configuration leads to. A row is a
module with `measure(releases) -> Table`; the releases are NAME==VERSION.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.performance.table import Table

ROWS = ("processor", "wire", "wall", "memory", "start", "warm", "tools")
RELEASES = ("requests==2.32.5", "flask==3.1.2", "pip==25.3", "numpy==2.3.5", "botocore==1.43.67")
PAGE = Path(__file__).parents[3] / "docs" / "performance.md"
OPENING = """# What a check costs

Written by `python -m tests.benchmarks.performance`, which measures everything again. Both sides of a ratio are
measured in turn, in one run on one machine; a cell with three figures holds the least, the median and the most.
Compare ratios, not seconds: {machine}, on {day}.
"""


def main() -> int:
    """Measure the rows that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.performance")
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--release", action="append", metavar="NAME==VERSION")
    arguments = parser.parse_args()
    tables = []
    for row in arguments.rows or ROWS:
        module = importlib.import_module(f"tests.benchmarks.performance.{row}")
        table: Table = module.measure(tuple(arguments.release or RELEASES))
        print(table.markdown(), flush=True)
        tables.append(table)
    if not (arguments.rows or arguments.release):
        opening = OPENING.format(machine=machine(), day=f"{datetime.now(UTC):%Y-%m-%d}")
        PAGE.write_text("\n".join([opening, *(table.markdown() for table in tables)]), encoding="utf-8")
    return 0


def machine() -> str:
    """What this ran on, for people."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores of {model}, {gibibytes:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


if __name__ == "__main__":
    sys.exit(main())
