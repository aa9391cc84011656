"""The gate: in, who wants to ask which host; out, no more of them at once, and no more a second, than allowed."""

from __future__ import annotations

import threading
import time

import pytest

from provenance.audit.visits import Door, Gate, Visits
from provenance.errors import NetworkError


def visit_together(door: Door, host: str, count: int, seconds: float) -> list[float]:
    """Visit a host from several connections; return how many were there, seen by each."""
    present, seen, lock = 0, list[float](), threading.Lock()

    def visit() -> None:
        nonlocal present
        with Visits(door)(host):
            with lock:
                present += 1
                seen.append(present)
            time.sleep(seconds)
            with lock:
                present -= 1

    threads = [threading.Thread(target=visit) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def test_so_many_visit_a_host_at_once() -> None:
    """The others wait until one leaves."""
    with Gate(2, None) as gate:
        seen = visit_together(gate.door, "git.example", 6, 0.05)
    assert len(seen) == 6
    assert max(seen) == 2


def test_a_host_does_not_wait_for_another() -> None:
    """Limits are for each host."""
    with Gate(1, None) as gate, Visits(gate.door)("git.example"), Visits(gate.door)("index.example"):
        pass


def test_visits_begin_one_after_the_other() -> None:
    """Not sooner than the rate allows."""
    with Gate(None, 20) as gate:
        visits = Visits(gate.door)
        began = time.monotonic()
        for _ in range(4):
            with visits("git.example"):
                pass
        assert time.monotonic() - began >= 3 / 20


def test_whoever_ends_during_a_visit_gives_the_place_back() -> None:
    """As the connection of a process that is killed ends."""
    with Gate(1, None) as gate:
        ended = Visits(gate.door)
        ended._say(b"git.example", waits=True)
        assert ended._gate is not None
        ended._gate.close()
        with Visits(gate.door)("git.example"):
            pass


def test_visits_are_counted() -> None:
    """How many to which host, and what came from all of them."""
    visits = Visits()
    for _ in range(2):
        with visits("git.example") as count:
            count(10)
    assert visits.counts == {"git.example": 2}
    assert visits.received == 20


def test_a_gate_that_is_gone_is_a_sentence() -> None:
    """Where the audit ended before its workers."""
    with Gate(1, None) as gate:
        visits = Visits(gate.door)
        assert visits._gate is not None
        visits._gate.close()
    with pytest.raises(NetworkError, match="has ended"), visits("git.example"):
        pass
