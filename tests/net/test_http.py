"""How hosts are asked: in, hosts that are busy, slow or asked by many threads; out, patience within limits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest

from corpus.loopback import Handler, Server
from provenance.errors import NetworkError
from provenance.net import Http
from provenance.net.http import AT_ONCE


class Busy(Server):
    """Refuses the first request with a header Retry-After, answers the others; or holds each until `go`."""

    def __init__(self, pause: str = "", *, is_holding: bool = False) -> None:
        super().__init__()
        self.pause, self.is_holding = pause, is_holding
        self.go = threading.Event()
        self.inside = self.most = 0
        self.full = threading.Event()

    def answer(self, request: Handler) -> None:
        if self.is_holding:
            self._hold(request)
        elif self.traffic.requests == 1:
            request.reply(429, Retry_After=self.pause)
        else:
            request.reply(200, b"hello")

    def _hold(self, request: Handler) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        if self.inside >= AT_ONCE:
            self.full.set()
        self.go.wait(30)
        with self._lock:
            self.inside -= 1
        request.reply(200, b"hello")


@pytest.fixture
def http() -> Iterator[Http]:
    """A client."""
    with Http("tests") as http:
        yield http


@pytest.mark.parametrize("pause", ["0", formatdate(0, usegmt=True)], ids=["seconds", "a date"])
def test_a_host_is_asked_again_when_it_says_so(pause: str, http: Http) -> None:
    """As a number of seconds, or as a moment."""
    with Busy(pause) as host:
        assert http.get(host.url, accept="*/*", limit=100).content == b"hello"
        assert host.traffic.requests == 2


@pytest.mark.parametrize(
    "pause", ["100000", formatdate(time.time() + 100_000, usegmt=True)], ids=["seconds", "a date"]
)
def test_nobody_waits_for_a_day(pause: str, http: Http) -> None:
    """A host that wants to be left alone for long is, and the user is told for how long."""
    with Busy(pause) as host, pytest.raises(NetworkError, match="429") as error:
        http.get(host.url, accept="*/*", limit=100)
    assert "try again after" in error.value.hint
    assert host.traffic.requests == 1


def test_a_host_gives_so_many_answers_at_a_time(http: Http) -> None:
    """However many threads ask."""
    with Busy(is_holding=True) as host, ThreadPoolExecutor(AT_ONCE * 2) as pool:
        asked = [pool.submit(http.get, host.url, accept="*/*", limit=100) for _ in range(AT_ONCE * 2)]
        assert host.full.wait(30)
        host.go.set()
        assert {each.result().content for each in asked} == {b"hello"}
    assert host.most == AT_ONCE


def test_an_interruption_ends_what_threads_wait_for(http: Http) -> None:
    """The client can be used afterwards."""
    with Busy(is_holding=True) as host, ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(http.get, host.url, accept="*/*", limit=100) for _ in range(AT_ONCE)]
        assert host.full.wait(30)
        with http.interrupted():
            failed = [each.exception(timeout=20) for each in asked]
        host.go.set()
        assert {type(each) for each in failed} == {NetworkError}
        assert http.get(host.url, accept="*/*", limit=100).content == b"hello"
