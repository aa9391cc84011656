"""A real HTTP server on 127.0.0.1: in, requests; out, their answers and a count of the traffic."""

from __future__ import annotations

import gzip
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from types import TracebackType
from typing import Self, cast


@dataclass
class Traffic:
    """What crossed a server's connections, headers included; bytes as the server sees them."""

    connections: int = 0
    requests: int = 0
    received: int = 0
    sent: int = 0

    def __sub__(self, earlier: Traffic) -> Traffic:
        pairs = zip(asdict(self).values(), asdict(earlier).values(), strict=True)
        return Traffic(*(now - then for now, then in pairs))


class Metered:
    """One direction of a connection, with a count of the bytes that pass."""

    def __init__(self, file: BufferedIOBase, count: Callable[[int], None]) -> None:
        self._file = file
        self._count = count

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._file.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._file.readline(size))

    def write(self, data: bytes) -> int:
        self._count(len(data))
        return self._file.write(data)

    def _counted(self, data: bytes) -> bytes:
        self._count(len(data))
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection, request after request, by its server's `answer`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.count(connections=1)
        self.rfile = self._metered(self.rfile, "received")
        self.wfile = self._metered(self.wfile, "sent")

    def _metered(self, file: BufferedIOBase, direction: str) -> BufferedIOBase:
        return cast(BufferedIOBase, Metered(file, lambda size: self.server.count(**{direction: size})))

    def do_GET(self) -> None:
        self.server.count(requests=1)
        try:
            self.server.answer(self)
        except (BrokenPipeError, ConnectionResetError):  # the client has heard enough
            self.close_connection = True

    do_POST = do_HEAD = do_GET  # noqa: N815 - the base class looks for these names

    def finish(self) -> None:
        """Close both directions, also where the client no longer listens."""
        try:
            super().finish()
        except ConnectionError:
            self.rfile.close()

    def log_message(self, *_: object) -> None:
        """A test's or demo's output belongs to the tool alone."""

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send one whole reply; `Content_Type="…"` becomes `Content-Type: …`."""
        self.send_response(status)
        for key, value in {**headers, "Content_Length": str(len(body))}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self) -> bytes:
        """Read the request's body, plain or chunked, unpacked where it is gzipped."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body


class Server(ThreadingHTTPServer):
    """A loopback server on a free port that runs while its `with` block does, and counts its traffic."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._traffic = Traffic()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)  # without the base class's reverse look-up of the host name
        self.server_name, self.server_port = self.server_address = self.socket.getsockname()

    def count(self, **more: int) -> None:
        """Add to the counts of this server's traffic."""
        with self._lock:
            for key, value in more.items():
                setattr(self._traffic, key, getattr(self._traffic, key) + value)

    @property
    def traffic(self) -> Traffic:
        """The counts so far; subtract an earlier reading to measure one operation."""
        with self._lock:
            return Traffic(**asdict(self._traffic))

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away with its answer half sent."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def answer(self, request: Handler) -> None:
        """Answer one request."""
        raise NotImplementedError
