"""A number of releases in, what one process and Dask's two and four workers take for the same audit of them out.

    PYTHONPATH=. python tests/benchmarks/cluster_scaling.py 60 [FOLDER]

The releases have many modules each, so that judging takes most of the time; the index and the git host are on loopback
and take their share of the same processors, which is said. Seconds are from the first answer to the last, so without
the start of workers; the digests of all runs must be equal. With P processors no number of workers can be faster than
judging and serving divided by P: that bound is printed, and what other programs used meanwhile. A FOLDER keeps the
releases for the next run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.command import COMMAND, ROOT, hermetic
from corpus.crowd import make_crowd, served
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex
from tests.benchmarks.audit_scale import machine_seconds, served_seconds

MODULES = 1500
ENGINES = {
    "one process": ["--workers", "1"],
    "Dask, 1 worker": ["--engine", "dask", "--workers", "1"],
    "Dask, 2 workers": ["--engine", "dask", "--workers", "2"],
    "Dask, 4 workers": ["--engine", "dask", "--workers", "4"],
}
PROCESSORS = os.cpu_count() or 1


@dataclass(frozen=True)
class Run:
    """One audit: seconds between its first and last answer, processor seconds, and each release's digest."""

    seconds: float
    judging: float
    serving: float
    others: float
    digests: dict[str, str]

    @property
    def bound(self) -> float:
        """The seconds that no number of workers on this machine could go below, had nobody else used it."""
        return (self.judging + self.serving) / PROCESSORS


def main(count: int, folder: Path) -> None:
    """Make or find the releases, audit them with each engine, print a row for each."""
    artifacts = made(count, folder)
    print(f"{count} releases of {MODULES} modules; {PROCESSORS} processors")
    print(f"{'':<18}{'seconds':>9}{'ratio':>7}{'judging s':>11}{'serving s':>11}{'bound s':>9}{'others':>8}")
    runs: list[Run] = []
    with (
        PackageIndex(artifacts) as index,
        GitHost(folder / "git") as host,
        tempfile.TemporaryDirectory() as temporary,
    ):
        home = Path(temporary)
        environment = hermetic(home, host.write_gitconfig(home / "gitconfig"))
        for name, options in ENGINES.items():
            run = measured([*words(count, index, home, len(runs)), *options], environment)
            runs.append(run)
            shown = f"{run.seconds:>9.1f}{runs[0].seconds / run.seconds:>7.2f}{run.judging:>11.1f}"
            print(f"{name:<18}{shown}{run.serving:>11.1f}{run.bound:>9.1f}{run.others:>8.2f}", flush=True)
    same = all(run.digests == runs[0].digests for run in runs) and len(runs[0].digests) == count
    print(f"digests: {'all equal' if same else 'THEY DIFFER'}; {len(runs[0].digests)} releases answered")
    print(f"others: processors of {PROCESSORS} that other programs, Dask's own and the coordinator used")


def made(count: int, folder: Path) -> list[Path]:
    """The artifacts of so many releases in a folder, made where they are not there yet."""
    done = folder / f"made-{count}-{MODULES}"
    if not done.exists():
        artifacts = served(make_crowd(count, folder, modules=MODULES))
        done.touch()
        return artifacts
    return sorted(path for path in (folder / "dist").rglob("*") if path.is_file())


def words(count: int, index: PackageIndex, home: Path, number: int) -> list[str]:
    """The command line of an audit with a state and a cache of its own, so that every one begins with nothing."""
    names = home / "list.txt"
    names.write_text("".join(f"plume-{each}==1.0.0\n" for each in range(count)))
    places = ["--state", str(home / f"state-{number}"), "--cache", str(home / f"cache-{number}")]
    return [str(names), "--index", index.simple, "--no-sign", "--quiet", *places]


def measured(arguments: list[str], environment: dict[str, str]) -> Run:
    """Audit, and return what it took."""
    state = Path(arguments[arguments.index("--state") + 1])
    events = state.with_suffix(".jsonl")
    before, serving, began = machine_seconds(), served_seconds(), time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "audit", *arguments, "--events", str(events)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = code
    if code:
        sys.exit(f"the audit ended with {os.waitstatus_to_exitcode(code)}")
    whole = time.perf_counter() - began
    own = used.ru_utime + used.ru_stime
    rows: list[dict[str, Any]] = [json.loads(line) for line in events.read_text().splitlines()]
    judging = sum(row["cost"]["processor"] for row in rows)
    served_for = max(served_seconds() - serving - own, 0.0)
    others = max(machine_seconds() - before - judging - served_for, 0.0) / whole
    seconds = rows[-1]["moment"] - (rows[0]["moment"] - rows[0]["cost"]["seconds"])
    return Run(seconds, judging, served_for, others, {row["name"]: row["digest"] for row in rows})


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory(prefix="provenance-benchmark-") as temporary_folder:
        main(number, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary_folder))
