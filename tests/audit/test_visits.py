"""The gate: in, who wants to ask which host; out, no more of them at once, and no more a second, than allowed."""

from __future__ import annotations

import threading
import time
from multiprocessing.connection import Client

import pytest

from provenance.audit.visits import Gate, Visits
from provenance.errors import NetworkError
from provenance.net import Visiting


def visit_together(visiting: Visiting, host: str, count: int, seconds: float) -> list[float]:
    """Visit a host from several threads; return how many were there, seen by each."""
    present, seen, lock = 0, list[float](), threading.Lock()

    def visit() -> None:
        nonlocal present
        with visiting(host):
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
        seen = visit_together(lambda host: Visits(gate.door)(host), "git.example", 6, 0.05)
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
        ended = Client(gate.door.address, authkey=gate.door.key)
        ended.send_bytes(b"git.example")
        ended.recv_bytes()
        ended.close()
        with Visits(gate.door)("git.example"):
            pass


def test_threads_of_one_process_each_have_a_visit_of_their_own() -> None:
    """A check downloads several files at once, and fetches the source meanwhile."""
    with Gate(3, None) as gate:
        seen = visit_together(Visits(gate.door), "index.example", 6, 0.05)
    assert len(seen) == 6
    assert max(seen) == 3


def test_the_process_of_the_gate_visits_without_a_connection() -> None:
    """Its visits count among all."""
    with Gate(2, None) as gate:
        seen = visit_together(gate, "index.example", 6, 0.05)
    assert max(seen) == 2


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
    with pytest.raises(NetworkError, match="has ended"), visits("git.example"):
        pass
