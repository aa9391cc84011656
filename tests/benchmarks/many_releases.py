"""Numbers of releases in, seconds and memory out: `provenance check -r` on that many releases from a warm cache.

    python tests/benchmarks/many_releases.py 50 200

The releases are small ones, each with a repository of its own, on an index and a git host on loopback; `modules` is how
many Python files each has. Memory is the sum of what all processes of the check hold at one moment (proportional set
size, so that shared pages count once), at its highest. Servers run on the same processors, so seconds are too high.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from corpus.command import COMMAND, ROOT, hermetic
from corpus.crowd import make_crowd, served
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex

MODULES = 20
INTERVAL = 0.1


def main(counts: list[int]) -> None:
    """Print one row for each number of releases."""
    print(f"{'releases':>9}{'cold s':>9}{'warm s':>9}{'warm MB':>9}")
    with tempfile.TemporaryDirectory(prefix="provenance-benchmark-") as temporary:
        folder = Path(temporary)
        crowd = make_crowd(max(counts), folder, modules=MODULES)
        with PackageIndex(served(crowd)) as index, GitHost(folder / "git") as host:
            environment = hermetic(folder, host.write_gitconfig(folder / "gitconfig"))
            for count in counts:
                file = folder / f"requirements-{count}.txt"
                file.write_text("\n".join(release.reference for release in crowd[:count]))
                arguments = ["check", "-r", str(file), "--index", index.simple]
                cold, _ = measured(arguments, environment)
                warm, memory = measured(arguments, environment)
                print(f"{count:>9}{cold:>9.1f}{warm:>9.1f}{memory / 1e6:>9.0f}", flush=True)


def measured(arguments: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Return how long the command takes in seconds, and the most memory that it holds in bytes."""
    started = time.perf_counter()
    command = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    highest = [0]

    def watch() -> None:
        while command.poll() is None:
            highest[0] = max(highest[0], sum(held(process) for process in family(command.pid)))
            time.sleep(INTERVAL)

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, _ = command.communicate()
    watcher.join()
    if command.returncode:
        raise RuntimeError(f"exit code {command.returncode}:\n{printed[-2000:]}")
    return time.perf_counter() - started, highest[0]


def family(process: int) -> list[int]:
    """A process and all that it started, directly or not."""
    found = [process]
    for parent in found:
        for thread in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in thread.read_text().split()]
            except OSError:
                continue
    return found


def held(process: int) -> int:
    """The memory of one process in bytes, 0 where it has ended."""
    try:
        rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:")), 0)


if __name__ == "__main__":
    print(f"{os.cpu_count()} processors")
    main([int(text) for text in sys.argv[1:]] or [50, 200])
