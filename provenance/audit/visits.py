"""A host's name in, the right to ask it out: counted for each process, and granted by one gate for all of them.

The gate is a server of the audit's, so that processes and machines share it; whoever ends gives its place back.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from types import TracebackType
from typing import Self

from provenance.errors import NetworkError

MOST_WAITING = 128  # connections that are not accepted yet
LONGEST_NAME = 1 << 12


@dataclass(frozen=True)
class Door:
    """Where a gate is, and the key that opens its connections."""

    address: tuple[str, int]
    key: bytes


class Visits:
    """Counts the visits of one process to hosts: how many, how long, how many bytes; asks a gate where there is one.

    Threads may share it, each with a visit of its own.
    """

    def __init__(self, door: Door | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.received = 0
        self._door = door
        self._idle: list[Connection] = []
        self._counting = threading.Lock()

    def forget(self) -> None:
        """Begin to count anew."""
        self.counts.clear()
        self.seconds.clear()
        self.received = 0

    @contextmanager
    def __call__(self, host: str) -> Iterator[Callable[[int], None]]:
        """Wait until the host may be asked; the block is the visit, what it yields counts its bytes."""
        with self._granted(host):
            began = time.monotonic()
            try:
                yield self._receive
            finally:
                with self._counting:
                    self.counts[host] += 1
                    self.seconds[host] += time.monotonic() - began

    def _receive(self, size: int) -> None:
        with self._counting:
            self.received += size

    def _connected(self, door: Door) -> Connection:
        with suppress(IndexError):
            return self._idle.pop()
        return _prompt(Client(door.address, authkey=door.key))

    @contextmanager
    def _granted(self, host: str) -> Iterator[None]:
        """Hold one of the gate's places at a host; one connection to the gate is for one visit at a time."""
        if self._door is None:
            yield
            return
        try:
            gate = self._connected(self._door)
            gate.send_bytes(host.encode())
            gate.recv_bytes(LONGEST_NAME)
        except (EOFError, OSError, AuthenticationError) as error:
            raise NetworkError("The audit that says when a host may be asked has ended") from error
        try:
            yield
        finally:
            with suppress(OSError):  # the next visit finds out
                gate.send_bytes(b"")
                self._idle.append(gate)


class Gate:
    """Lets at most `per_host` visits to one host go on at once, and `rate` begin per second; None is no limit."""

    def __init__(self, per_host: int | None, rate: float | None, host: str = "127.0.0.1") -> None:
        self._per_host = per_host
        self._pause = 1 / rate if rate else 0.0
        self._present: Counter[str] = Counter()
        self._next: defaultdict[str, float] = defaultdict(float)
        self._changed = threading.Condition()
        self._is_over = False
        key = secrets.token_bytes(32)
        self._listener = Listener((host, 0), backlog=MOST_WAITING, authkey=key)
        self.door = Door(self._listener.address, key)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._is_over = True
        self._listener.close()

    @contextmanager
    def __call__(self, host: str) -> Iterator[Callable[[int], None]]:
        """Visit a host from this process, in any thread; nothing is counted."""
        time.sleep(self._enter(host))
        try:
            yield lambda _size: None
        finally:
            self._leave(host)

    def _accept(self) -> None:
        while not self._is_over:
            try:
                connection = self._listener.accept()
            except Exception:  # noqa: S112 - closed, or a caller with another key, who is none of ours
                continue
            else:
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        """Grant one process its visits, one after the other, until it goes away."""
        with _prompt(connection), suppress(EOFError, OSError):
            while (
                host := connection.recv_bytes(LONGEST_NAME).decode(errors="replace")
            ) and not self._is_over:
                time.sleep(self._enter(host))
                try:
                    connection.send_bytes(b"go")
                    connection.recv_bytes(LONGEST_NAME)
                finally:
                    self._leave(host)

    def _enter(self, host: str) -> float:
        """Take a place at a host; return the seconds until its turn comes."""
        with self._changed:
            self._changed.wait_for(lambda: self._per_host is None or self._present[host] < self._per_host)
            self._present[host] += 1
            now = time.monotonic()
            turn = max(now, self._next[host])
            self._next[host] = turn + self._pause
            return turn - now

    def _leave(self, host: str) -> None:
        with self._changed:
            self._present[host] -= 1
            self._changed.notify_all()


def _prompt(connection: Connection) -> Connection:
    """Return the connection, told to send each word at once: TCP would hold the second of two back for 40 ms."""
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
