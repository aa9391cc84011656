"""The events of a real audit in, a simulation of it and of larger ones out: time, traffic, storage, money.

    PYTHONPATH=. python tests/benchmarks/audit_costs.py EVENTS --workers 4 --processors 2 --rate 20 [--took 62]
    PYTHONPATH=. python tests/benchmarks/audit_costs.py EVENTS --releases 4000 --workers 64 --processors 16

Each simulated release is one of the measured ones, drawn at random: its visits to hosts one after the other, as long as
they were, its judging in between on a processor that others want too, and the gate that says when a host may be asked.
With `--took`, only every second release is drawn from, so that the prediction is of what the model has not seen.
`--git-seconds` is added to every visit to a git host, for hosts that are further away than those of the measured run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simpy

SEEDS = range(5)
LARGEST = 20_000  # releases of one simulation; more take so many times as long


@dataclass(frozen=True)
class Machine:
    """What the audit runs on, and what it may ask of a host; `slowness` is what other programs add."""

    workers: int
    processors: int
    slowness: float
    per_host: int
    rate: float
    git_seconds: float
    start: float


class Simulation:
    """One audit: workers that take one release after the other."""

    def __init__(self, machine: Machine, releases: Iterator[dict[str, Any]]) -> None:
        self.time = simpy.Environment()
        self._machine = machine
        self._releases = releases
        self._processors = simpy.Resource(self.time, machine.processors)
        self._places = defaultdict(lambda: simpy.Resource(self.time, machine.per_host))
        self._turns: defaultdict[str, float] = defaultdict(float)

    def seconds(self) -> float:
        """Run it, and return how long it took."""
        for _ in range(self._machine.workers):
            self.time.process(self._work())
        self.time.run()
        return float(self.time.now)

    def _work(self) -> Iterator[Any]:
        yield self.time.timeout(self._machine.start)
        for release in self._releases:
            visits = list(_visits(release))
            share = release["processor"] * self._machine.slowness / (len(visits) + 1)
            for host, seconds in visits:
                yield from self._judge(share)
                yield from self._visit(host, seconds)
            yield from self._judge(share)

    def _judge(self, seconds: float) -> Iterator[Any]:
        with self._processors.request() as granted:
            yield granted
            yield self.time.timeout(seconds)

    def _visit(self, host: str, seconds: float) -> Iterator[Any]:
        with self._places[host].request() as granted:
            yield granted
            turn = max(self.time.now, self._turns[host])
            self._turns[host] = turn + (1 / self._machine.rate if self._machine.rate else 0)
            yield self.time.timeout(turn - self.time.now)
            is_git = "127.0.0.1" in host
            yield self.time.timeout(seconds + (self._machine.git_seconds if is_git else 0))


def _visits(release: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for host, count in release["visits"].items():
        for _ in range(count):
            yield host, release["waited"][host] / count


def simulated(machine: Machine, measured: list[dict[str, Any]], count: int) -> float:
    """Return the median of several simulations of so many releases, in seconds."""
    size = min(count, LARGEST)
    runs = []
    for seed in SEEDS:
        chance = random.Random(seed)
        runs.append(Simulation(machine, iter([chance.choice(measured) for _ in range(size)])).seconds())
    return statistics.median(runs) * count / size


def main() -> None:
    """Print what an audit of so many releases takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("events", type=Path)
    parser.add_argument("--releases", type=int, default=0)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--processors", type=int, default=2)
    parser.add_argument("--others", type=float, default=0.0, help="processors that other programs used")
    parser.add_argument("--per-host", type=int, default=8)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--git-seconds", type=float, default=0.0)
    parser.add_argument("--start", type=float, default=1.0, help="seconds until workers are ready")
    parser.add_argument("--stored", type=float, default=35_000, help="bytes of signed statements a release")
    parser.add_argument("--processor-hour", type=float, default=0.05, help="its price")
    parser.add_argument("--took", type=float, default=0.0, help="seconds of the real run, to compare with")
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.events.read_text().splitlines()]
    measured = [row["cost"] for row in rows if row["kind"] == "done"]
    slowness = given.processors / (given.processors - given.others)
    machine = Machine(
        given.workers, given.processors, slowness, given.per_host, given.rate, given.git_seconds, given.start
    )
    count = given.releases or len(measured)
    seconds = simulated(machine, measured[::2] if given.took else measured, count)
    received = statistics.mean(row["received"] for row in measured) * count
    print(f"{count:,} releases: {seconds:,.0f} s ({seconds / 3600:,.1f} h), {count / seconds:.1f} a second")
    print(f"  received {received / 1e9:,.1f} GB; stored {given.stored * count / 1e9:,.1f} GB", end="")
    print(f"; {given.processors * seconds / 3600 * given.processor_hour:,.2f} for processors")
    if given.took:
        print(f"  the real run took {given.took:,.0f} s: {100 * (seconds / given.took - 1):+.0f} %")


if __name__ == "__main__":
    main()
