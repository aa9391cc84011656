"""A host's answer in, its bytes out: counted against what a repository may send and take, and read to their end."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from provenance.errors import GitError
from provenance.model import Limits
from provenance.source.git.connections import Connections

CHUNK, DRAINED = 1 << 16, 1 << 16
REF_BYTES = 256  # of a line that names a ref


class Budget:
    """What one repository may still send, in bytes, and take, in seconds; `shown` is its name in errors."""

    def __init__(self, limits: Limits, shown: str) -> None:
        self.shown = shown
        self._limits = limits
        self._received = 0
        self._seconds = limits.git_seconds
        self._deadline = 0.0

    @contextmanager
    def spending(self, connections: Connections) -> Iterator[None]:
        """Let time run; connections end when there is none left."""
        started = time.monotonic()
        self._deadline = started + self._seconds
        try:
            with connections.until(self._seconds):
                yield
        finally:
            self._seconds -= time.monotonic() - started

    @property
    def received(self) -> int:
        """Bytes so far."""
        return self._received

    @property
    def left(self) -> float:
        """Seconds; only while time runs."""
        return self._deadline - time.monotonic()

    def receive(self, size: int) -> None:
        """Count bytes; raises GitError where they, or the time, are too many."""
        self._received += size
        if self._received > self._limits.git_bytes:
            raise GitError(f"{self.shown} sent more than the limit of {self._limits.git_bytes:,} bytes")
        if self.left <= 0:
            raise self.timeout()

    def refs(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Pass on a list of refs; raises GitError where it is too long."""
        for count, line in enumerate(lines):
            if count >= self._limits.git_refs:
                raise self.flood()
            yield line

    @property
    def listing_bytes(self) -> int:
        """How long a list of refs may be that comes in one piece."""
        return self._limits.git_refs * REF_BYTES

    def flood(self) -> GitError:
        """Return the error for a host that lists too much."""
        return GitError(
            f"{self.shown} lists more than the limit of {self._limits.git_refs:,} branches and tags"
        )

    def timeout(self) -> GitError:
        """Return the error for a host that takes too long."""
        return GitError(f"{self.shown} took longer than the limit of {self._limits.git_seconds:g} seconds")


class Reply:
    """An answer as dulwich reads it: buffered, counted, and drained so that its connection can be used again."""

    def __init__(self, response: BaseHTTPResponse, redirected: str, budget: Budget) -> None:
        response.auto_close = False  # type: ignore[attr-defined] # else the last bytes of the buffer are lost
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.content_type = response.headers.get("Content-Type")
        self.redirect_location = redirected
        self._response = response
        self._budget = budget
        self._file: io.BufferedReader | io.BytesIO = io.BufferedReader(_Counted(response, budget), CHUNK)

    def read(self, amt: int | None = None) -> bytes:
        """Return this many bytes, fewer only at the end."""
        return self._file.read(-1 if amt is None else amt)

    def load(self) -> bytes:
        """Return the whole body, a list of refs, which `read` reads again from its start."""
        content = self._file.read(self._budget.listing_bytes + 1)
        if len(content) > self._budget.listing_bytes:
            raise self._budget.flood()
        self._file = io.BytesIO(content)
        return content

    def peek(self) -> bytes:
        """Return the body's beginning without reading on."""
        return self._file.peek(CHUNK) if isinstance(self._file, io.BufferedReader) else b""

    def geturl(self) -> str | None:
        """Return where a redirect led, as dulwich's protocol of a reply wants it."""
        return self.redirect_location or None

    def close(self) -> None:
        """Give the connection back; where much is left to read, end it instead."""
        drain(self._response)


class _Counted(io.RawIOBase):
    def __init__(self, response: BaseHTTPResponse, budget: Budget) -> None:
        self._response = response
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader gives
        content = self._response.read(len(buffer))
        self._budget.receive(len(content))
        buffer[: len(content)] = content
        return len(content)


def drain(response: BaseHTTPResponse) -> None:
    """Read what is left, so that the connection can be used again; end it where that is much."""
    try:
        is_read = len(response.read(DRAINED)) < DRAINED
    except (HTTPError, OSError):
        is_read = False
    if is_read:
        response.release_conn()
    else:
        response.close()
