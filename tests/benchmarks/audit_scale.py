"""A number of releases in, how `provenance audit` bears it out: throughput, memory, the queue from first to last.

    PYTHONPATH=. python tests/benchmarks/audit_scale.py 20000 [FOLDER]

The releases are small ones, each with a repository of its own, on an index and a git host on loopback, which take their
share of the same processors. The bound is the processor time that judging and serving took, divided by the processors:
no audit on this machine could be faster with these servers. What other programs took meanwhile is said too. A FOLDER
keeps the releases for the next run. Memory is the proportional set size of all processes of the audit.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from corpus import example
from corpus.command import COMMAND, ROOT, hermetic
from corpus.crowd import make_crowd, served
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex, identity
from provenance.audit.queue import Queue, Wanted
from provenance.report.audited import Audited
from tests.benchmarks.many_releases import family, held

CHUNK, THOUSAND = 500, 1000
PROCESSORS = os.cpu_count() or 1


class LargeIndex(PackageIndex):
    """An index that finds the files of a project without a look at all others."""

    def __init__(self, artifacts: list[Path]) -> None:
        super().__init__(artifacts)
        self._by_project: dict[str, dict[str, Path]] = {}
        for path in artifacts:
            self._by_project.setdefault(identity(path.name)[0], {})[path.name] = path

    def _files(self, project: str) -> list[dict[str, Any]]:
        found = PackageIndex._files
        part = object.__new__(PackageIndex)
        part.__dict__ = {**self.__dict__, "artifacts": self._by_project.get(project, {})}
        return found(part, project)


def main(count: int, folder: Path) -> None:
    """Make or find the releases, audit them all, print the figures."""
    artifacts = made(count, folder)
    with (
        LargeIndex(artifacts) as index,
        GitHost(folder / "git") as host,
        tempfile.TemporaryDirectory() as home,
    ):
        environment = hermetic(Path(home), host.write_gitconfig(Path(home) / "gitconfig"))
        words = Path(home) / "list.txt"
        words.write_text("".join(f"plume-{number}==1.0.0\n" for number in range(count)))
        events, state = Path(home) / "events.jsonl", Path(home) / "state"
        arguments = [str(words), "--index", index.simple, "--state", str(state), "--events", str(events)]
        before, serving = machine_seconds(), served_seconds()
        seconds, memory, coordinating = watched([*COMMAND, "audit", *arguments, "--quiet"], environment)
        all_used, serving = machine_seconds() - before, served_seconds() - serving - coordinating
        rows = [json.loads(line) for line in events.read_text().splitlines()]
        report(rows, seconds, memory, serving, coordinating, all_used)
        print(
            f"store: {sum(file.stat().st_size for file in (state / 'reports').rglob('*.json')) / count:,.0f}",
            end="",
        )
        print(
            f" bytes of signed statements a release; queue {(state / 'queue.sqlite').stat().st_size / count:,.0f}"
        )


def made(count: int, folder: Path) -> list[Path]:
    """The artifacts of so many releases in a folder, made where they are not there yet."""
    done = folder / f"made-{count}"
    if not done.exists():
        example.ENVIRONMENT["GIT_TEMPLATE_DIR"] = ""  # no sample hooks
        began = time.perf_counter()
        with ProcessPoolExecutor(PROCESSORS) as pool:
            for _ in pool.map(partial(chunk, count, folder), range(0, count, CHUNK)):
                pass
        print(f"made {count:,} releases in {time.perf_counter() - began:,.0f} s", flush=True)
        done.touch()
    return sorted(path for path in (folder / "dist").rglob("*") if path.is_file())


def chunk(count: int, folder: Path, first: int) -> int:
    """Make some of the releases."""
    return len(served(make_crowd(min(CHUNK, count - first), folder, modules=1, first=first)))


def watched(command: list[str], environment: dict[str, str]) -> tuple[float, list[int], float]:
    """Run a command; return its seconds, the bytes that it held every two seconds, its own processor time."""
    began, memory = time.perf_counter(), list[int]()
    process = subprocess.Popen(command, cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)})
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.wait(2):
            memory.append(sum(held(each) for each in family(process.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = code
    stopped.set()
    watcher.join()
    print(f"exit code {code}")
    return time.perf_counter() - began, memory, used.ru_utime + used.ru_stime


def report(
    rows: list[dict[str, Any]],
    seconds: float,
    memory: list[int],
    serving: float,
    coordinating: float,
    all_used: float,
) -> None:
    """Print what the events of a run say of it."""
    done = [row for row in rows if row["kind"] == "done"]
    judging = sum(row["cost"]["processor"] for row in done)
    others = max(0.0, (all_used - judging - serving - coordinating) / seconds)
    bound = (judging + serving) / (PROCESSORS - min(others, PROCESSORS - 0.01))
    print(f"{len(done):,} answers in {seconds:,.0f} s: {len(done) / seconds:.1f} a second")
    parts = {"judging": judging, "serving": serving, "coordinating": coordinating}
    print("; ".join(f"{name} {1000 * part / len(done):.1f} ms" for name, part in parts.items()), end="")
    print(" of processor a release")
    print(f"other programs had {others:.2f} of {PROCESSORS} processors")
    print(
        f"bound with the rest {bound:,.0f} s, {len(done) / bound:.1f} a second; reached {100 * bound / seconds:.0f} %"
    )
    print(f"{sum(row['cost']['received'] for row in done) / len(done):,.0f} bytes received a release")
    moments = [row["moment"] for row in done]
    for first in range(0, len(done) - THOUSAND + 1, max(THOUSAND, len(done) // 10)):
        print(f"  {first:>7,}: {THOUSAND / (moments[first + THOUSAND - 1] - moments[first]):6.1f} a second")
    if memory:
        tenths = [memory[min(len(memory) - 1, len(memory) * part // 10)] / 1e6 for part in range(1, 11)]
        print("memory in MB at each tenth: " + " ".join(f"{each:.0f}" for each in tenths))


def queue_alone(count: int) -> None:
    """Print what the queue's operations take for the first and for the last thousand of so many releases."""
    with tempfile.TemporaryDirectory() as folder, Queue(Path(folder) / "queue.sqlite") as queue:
        began = time.perf_counter()
        queue.add(Wanted(f"plume-{number}", "1.0.0") for number in range(count))
        added, taken = time.perf_counter() - began, []
        while tasks := queue.claim(4, 60):
            for task in tasks:
                began = time.perf_counter()
                queue.finish(task, Audited(name=task.reference, version="1.0.0", sentence="x" * 1500))
                taken.append(time.perf_counter() - began)
        first, last = (1000 * sum(part) / THOUSAND for part in (taken[:THOUSAND], taken[-THOUSAND:]))
        began = time.perf_counter()
        queue.tallies()
        counting = time.perf_counter() - began
        for name in ("text", "json", "markdown", "html"):
            reported(Path(folder), name)
    print(
        f"queue of {count:,}: added in {added:.2f} s; finishing one takes {first:.3f} ms at first, {last:.3f} ms",
        end="",
    )
    print(f" at last; counting all {1000 * counting:.1f} ms")


def reported(state: Path, name: str) -> None:
    """Print what `audit report` takes: seconds, and the most memory that it held at one time."""
    began = time.perf_counter()
    command = [*COMMAND, "audit", "report", "--state", str(state), "--format", name]
    with (state / "report").open("w") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=file
        )
        _, process.returncode, used = os.wait4(process.pid, 0)
    size = (state / "report").stat().st_size / 1e6
    seconds = time.perf_counter() - began
    print(f"report as {name}: {seconds:.1f} s, {used.ru_maxrss / 1e3:.0f} MB held, {size:.1f} MB written")


def machine_seconds() -> float:
    """Processor time that all programs have used."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def served_seconds() -> float:
    """Processor time that this process, which serves, has used, and git's which it started for that."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    queue_alone(max(number, 2 * THOUSAND))
    with tempfile.TemporaryDirectory(prefix="provenance-benchmark-") as temporary:
        main(number, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary))
