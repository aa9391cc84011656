"""What happens in an audit in; lines of JSON, and Prometheus' text format, out."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Self

from provenance.audit.task import Failed, Task
from provenance.errors import AuditError
from provenance.report.audited import Audited, Cost
from provenance.store import put

METRICS_EVERY = 5.0  # seconds


@dataclass(frozen=True)
class Event:
    """The end of one try: `kind` is done, retry or failed; the answer, or why there is none; and what it took."""

    kind: str
    name: str
    version: str
    attempt: int
    verdict: str | None = None
    failure: str | None = None
    reason: str = ""
    changes: tuple[str, ...] = ()
    digest: str = ""
    cost: Cost = field(default_factory=Cost)
    moment: float = field(default_factory=time.time)

    @classmethod
    def done(cls, task: Task, audited: Audited) -> Self:
        """The event of an answer."""
        return cls(
            "done", audited.name, audited.version, task.attempt,
            verdict=str(audited.verdict), changes=audited.changes, digest=audited.digest, cost=audited.cost,
        )  # fmt: skip

    @classmethod
    def failed(cls, task: Task, failed: Failed, *, will_try: bool) -> Self:
        """The event of a try without an answer."""
        name, _, version = task.reference.partition("==")
        kind = "retry" if will_try else "failed"
        return cls(kind, name, version, task.attempt, failure=failed.failure.value, reason=failed.reason)


class EventLines:
    """Writes one JSON object a line, each as soon as it is known."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __call__(self, event: Event) -> None:
        """Write one event."""
        fields = asdict(event) | {"cost": event.cost.model_dump()}
        line = json.dumps({key: value for key, value in fields.items() if value not in (None, "")})
        try:
            self._file.write(f"{line}\n")
            self._file.flush()
        except OSError as error:
            raise AuditError(f"{self._file.name} cannot be written: {error.strerror or error}") from error


class Tally:
    """Counts what happens: answers, failures, and what hosts were asked. `before` are answers of earlier runs."""

    def __init__(self, total: int, before: Mapping[tuple[str, str], int]) -> None:
        self.total = total
        self.verdicts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.settled = 0
        for (state, verdict), count in before.items():
            if state in ("done", "failed"):
                self.settled += count
                self.verdicts[verdict or "failed"] += count
        self.earlier = self.settled
        self.visits: Counter[str] = Counter()
        self.waited: Counter[str] = Counter()
        self.received = 0
        self.seconds = 0.0
        self.began = time.monotonic()

    def __call__(self, event: Event) -> None:
        """Count one event."""
        if event.failure:
            self.failures[event.failure] += 1
        if event.kind != "retry":
            self.settled += 1
            self.verdicts[event.verdict or "failed"] += 1
        self.visits.update(event.cost.visits)
        for host, seconds in event.cost.waited.items():
            self.waited[host] += seconds  # type: ignore[assignment] # a Counter of seconds
        self.received += event.cost.received
        self.seconds += event.cost.seconds

    @property
    def rate(self) -> float:
        """Releases per second since this run began."""
        return (self.settled - self.earlier) / max(time.monotonic() - self.began, 1e-9)

    @property
    def slowest(self) -> tuple[str, float] | None:
        """The host with the longest visits, and their mean length in seconds."""
        means = {host: self.waited[host] / count for host, count in self.visits.items()}
        return max(means.items(), key=lambda row: row[1], default=None)


class Metrics:
    """Writes a tally in Prometheus' text format to a file, now and then, whole or not at all."""

    def __init__(self, file: Path, tally: Tally) -> None:
        self._file = file
        self._tally = tally
        self._next = 0.0

    def __call__(self, _event: Event) -> None:
        """Write the file where it is time to."""
        if time.monotonic() >= self._next:
            self.write()
            self._next = time.monotonic() + METRICS_EVERY

    def write(self) -> None:
        """Write the file now."""
        put(self._file, prometheus(self._tally).encode())


def prometheus(tally: Tally) -> str:
    """Return a tally in Prometheus' text format."""
    return "".join(f"{line}\n" for line in _samples(tally))


def _samples(tally: Tally) -> Iterator[str]:
    yield from _family("releases", "gauge", {"": tally.total})
    yield from _family("releases_settled", "gauge", dict(tally.verdicts), "verdict")
    yield from _family("failures_total", "counter", dict(tally.failures), "failure")
    yield from _family("host_visits_total", "counter", dict(tally.visits), "host")
    yield from _family("host_seconds_total", "counter", dict(tally.waited), "host")
    yield from _family("received_bytes_total", "counter", {"": tally.received})
    yield from _family("checking_seconds_total", "counter", {"": round(tally.seconds, 3)})
    yield from _family("releases_per_second", "gauge", {"": round(tally.rate, 3)})


def _family(name: str, kind: str, samples: Mapping[str, float], label: str = "") -> Iterator[str]:
    yield f"# TYPE provenance_audit_{name} {kind}"
    for value, number in sorted(samples.items()):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        labels = f'{{{label}="{escaped}"}}' if label else ""
        yield (
            f"provenance_audit_{name}{labels} {number:g}"
            if isinstance(number, float)
            else (f"provenance_audit_{name}{labels} {number}")
        )
