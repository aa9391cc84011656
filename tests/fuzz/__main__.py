"""Seconds and targets in, a table of what fuzzing them found out: `python -m tests.fuzz --seconds 60 wheel sdist`."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import TARGETS

MEGABYTES = 2048  # of memory, for one process
SECONDS = 60  # for one input by the clock, where a reader is inside C and cannot be told to stop
HEAD = f"{'target':22}{'executions':>12}{'processor s':>13}{'edges':>8}{'defects':>9}"


@dataclass(frozen=True)
class Run:
    """What one process did: `seconds` are the processor's, `edges` the branches of the code that it reached."""

    target: str
    executions: int
    seconds: float
    edges: int
    defects: tuple[Path, ...]

    def __str__(self) -> str:
        return f"{self.target:22}{self.executions:>12,}{self.seconds:>13,.1f}{self.edges:>8,}{len(self.defects):>9}"


def fuzz(target: str, seconds: int, folder: Path) -> Run:
    """Fuzz one target for so many seconds by the clock, in a process of its own; its inputs stay in the folder."""
    inputs, defects, log = (folder / target / name for name in ("inputs", "defects", "log.txt"))
    for place in (inputs, defects):
        place.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "tests.fuzz.run", target, str(inputs), str(defects), f"-max_total_time={seconds}",
        f"-rss_limit_mb={MEGABYTES}", f"-timeout={SECONDS}", "-print_final_stats=1",
    ]  # fmt: skip
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(errors="replace")
    if process.returncode and not any(defects.iterdir()):
        sys.exit(f"{target} ended with {process.returncode}:\n{text[-2000:]}")
    return Run(
        target=target,
        executions=max(map(int, re.findall(r"^#(\d+)\t", text, re.MULTILINE)), default=0),
        seconds=used.ru_utime + used.ru_stime,
        edges=max(map(int, re.findall(r"\bcov: (\d+)", text)), default=0),
        defects=tuple(sorted(path for path in defects.iterdir() if path.suffix != ".txt")),
    )


def main() -> int:
    """Fuzz targets in turn; 1 where a defect was found, whose input and traceback stay in the folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument(
        "--folder", type=Path, help="where inputs are kept for the next run (default: a new folder)"
    )
    parser.add_argument(
        "targets", nargs="*", choices=[*TARGETS, []], metavar="TARGET", help=", ".join(TARGETS)
    )
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="provenance-fuzz-"))
    print(HEAD)
    found: list[Path] = []
    for target in arguments.targets or TARGETS:
        run = fuzz(target, arguments.seconds, folder)
        found += run.defects
        print(run, flush=True)
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
