"""A plain HTTP server's address in, another address of it out that counts connections, requests and bytes."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

REQUEST_LINE = re.compile(rb"(?:GET|POST) [^ ]+ HTTP/1\.[01]\r\n")


@dataclass
class Count:
    """What passed so far, headers included."""

    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0

    def __sub__(self, earlier: Count) -> Count:
        pairs = zip(asdict(self).values(), asdict(earlier).values(), strict=True)
        return Count(*(now - then for now, then in pairs))


class CountingProxy(socketserver.ThreadingTCPServer):
    """Passes every connection on to one server; use as a context manager.

    `latency` is how many seconds a round trip takes: each connection has one, and each request.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, latency: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream = (host, port)
        self.latency = latency
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.total = Count()
        self.lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def add(self, count: Count) -> None:
        """Add to what passed."""
        with self.lock:
            self.total = Count(
                *(
                    old + new
                    for old, new in zip(asdict(self.total).values(), asdict(count).values(), strict=True)
                )
            )


class _Connection(socketserver.BaseRequestHandler):
    server: CountingProxy

    def handle(self) -> None:
        self.server.add(Count(connections=1))
        time.sleep(self.server.latency)
        with socket.create_connection(self.server.upstream) as upstream:
            for end in (self.request, upstream):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=self._back, args=(upstream,), daemon=True)
            back.start()
            while data := self._received(self.request):
                begun = len(REQUEST_LINE.findall(data))
                self.server.add(Count(requests=begun, sent=len(data)))
                time.sleep(self.server.latency if begun else 0.0)
                upstream.sendall(data)
            with suppress(OSError):
                upstream.shutdown(socket.SHUT_WR)
            back.join()

    def _back(self, upstream: socket.socket) -> None:
        while data := self._received(upstream):
            self.server.add(Count(received=len(data)))
            with suppress(OSError):
                self.request.sendall(data)
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_WR)

    @staticmethod
    def _received(end: socket.socket) -> bytes:
        try:
            return end.recv(1 << 16)
        except OSError:
            return b""
