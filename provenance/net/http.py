"""The one HTTP client for the index: URL in, bytes out, within limits, with retries on transient failures."""

from __future__ import annotations

import functools
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import httpx

from provenance.errors import NetworkError
from provenance.net.addresses import host_of, refused_redirect, shown
from provenance.net.patience import TRANSIENT, asked_pause, patient

if TYPE_CHECKING:
    from hishel import BaseStorage

AT_ONCE = 4  # answers that one host gives at a time

# told of a host before it is asked; the block is the visit, what it yields counts the bytes that come
Visiting = Callable[[str], AbstractContextManager[Callable[[int], None]]]


@contextmanager
def freely(host: str) -> Iterator[Callable[[int], None]]:
    """Visit a host at once, and count nothing."""
    yield lambda _size: None


@dataclass(frozen=True)
class Response:
    """A complete answer: final URL after redirects, status, media type, body."""

    url: str
    status: int
    media_type: str
    content: bytes


@dataclass(frozen=True)
class _Asked:
    """A request, what is kept of its answer (hishel's words), and how many bytes that may have."""

    url: str
    headers: Mapping[str, str]
    caching: Mapping[str, object]
    limit: int


class Http:
    """HTTP/2 where offered, time limits on every step, at most `ATTEMPTS` tries; use as a context manager.

    `seconds` is how long the body of one answer may take, `answers` keeps them for the next check. Nobody is asked
    where it `is_offline`. Threads may share it.
    """

    def __init__(
        self,
        user_agent: str,
        visiting: Visiting = freely,
        seconds: float = 300.0,
        answers: BaseStorage | None = None,
        *,
        is_offline: bool = False,
    ) -> None:
        self.redirected: dict[str, str] = {}  # where addresses that were asked led to
        self._visiting = visiting
        self._seconds = seconds
        self.is_offline = is_offline
        self._stopped = threading.Event()
        self._streams: list[Any] = []  # httpcore's, whose sockets are shut down to end what waits for them
        self._turns: defaultdict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(AT_ONCE)
        )
        self._client = _client(answers, is_offline=is_offline)(
            http2=True,
            follow_redirects=True,
            max_redirects=5,
            timeout=httpx.Timeout(30.0, connect=10.0),
            headers={"User-Agent": user_agent},
            event_hooks={"response": [] if is_offline else [_check_redirect]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._client.close()

    @contextmanager
    def interrupted(self) -> Iterator[None]:
        """While the block runs, nothing is asked; what other threads wait for ends at once, with NetworkError."""
        self._stopped.set()
        self._shut_down()
        try:
            yield
        finally:
            self._stopped.clear()

    def _shut_down(self) -> None:
        for stream in self._streams:
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._streams.clear()

    def get(self, url: str, *, accept: str, limit: int, lasting: float | None = None) -> Response:
        """Return the answer to a GET, whatever its status; limit is in bytes.

        What was answered before holds for `lasting` seconds; without that its host is asked whether it still does.
        Raises NetworkError when the host cannot be reached, keeps failing, or sends more than the limit.
        """
        body = bytearray()

        def collect(chunk: bytes) -> None:
            body.extend(chunk)

        headers = {"Accept": accept, **({} if lasting else {"Cache-Control": "no-cache"})}
        caching = {"rfc": False, "ttl": lasting} if lasting else {"rfc": True}
        asked = _Asked(url, headers, caching, limit)
        answer = self._retrying(url, lambda: self._stream(asked, body.clear, collect))
        return Response(str(answer.url), answer.status_code, _media_type(answer), bytes(body))

    def download(
        self, url: str, *, limit: int, restart: Callable[[], None], sink: Callable[[bytes], None]
    ) -> None:
        """Send a file's bytes to sink, calling restart before every try; limit is in bytes.

        Raises NetworkError as `get` does, and for any status but 200.
        """
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        asked = _Asked(url, headers, {"key": ""}, limit)  # without a key: whoever downloads keeps the file
        answer = self._retrying(url, lambda: self._stream(asked, restart, sink))
        if answer.status_code != 200:
            raise NetworkError(f"{shown(url)} answered {answer.status_code} instead of the file")

    def _stream(
        self, asked: _Asked, restart: Callable[[], None], sink: Callable[[bytes], None]
    ) -> httpx.Response:
        restart()
        received, url = 0, asked.url
        extensions = {"caching": asked.caching, "trace": self._follow}
        request = self._client.build_request("GET", url, headers=asked.headers, extensions=extensions)
        host = request.url.netloc.decode()
        with self._turns[host], self._visiting(host) as count, self._streamed(request) as answer:
            if self.is_offline and answer.status_code == 304:
                raise NetworkError(
                    f"{shown(url)} is not in the cache, and nobody is asked for it because of --offline",
                    hint="check once without --offline; what a check needs is kept for the next one",
                )
            if answer.status_code in TRANSIENT:
                raise httpx.HTTPStatusError(
                    f"answered {answer.status_code}", request=answer.request, response=answer
                )
            deadline = time.monotonic() + self._seconds
            for chunk in answer.iter_bytes():
                if time.monotonic() > deadline:
                    raise NetworkError(
                        f"{shown(url)} took longer than the limit of {self._seconds:g} seconds"
                    )
                received += len(chunk)
                count(len(chunk))
                if received > asked.limit:
                    raise NetworkError(f"{shown(url)} sent more than the limit of {asked.limit:,} bytes")
                sink(chunk)
        return answer

    @contextmanager
    def _streamed(self, request: httpx.Request) -> Iterator[httpx.Response]:
        if self._stopped.is_set():
            raise NetworkError("It was interrupted")
        answer = self._client.send(request, stream=True)
        try:
            yield answer
        finally:
            answer.close()

    def _follow(self, event: str, about: Mapping[str, Any]) -> None:
        """Remember every connection that is made, for `interrupted`."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._streams.append(about["return_value"])
            if self._stopped.is_set():
                self._shut_down()

    def _retrying(self, url: str, attempt: Callable[[], httpx.Response]) -> httpx.Response:
        try:
            answer = patient(self._stopped)(attempt)
        except httpx.HTTPStatusError as error:
            asked = asked_pause(error.response)
            when = f"after {asked:,.0f} seconds" if asked else "later"
            raise NetworkError(
                f"{host_of(url)} keeps answering {error.response.status_code}",
                hint=f"the host is overloaded or limits how often it may be asked; try again {when}",
            ) from error
        except httpx.TimeoutException as error:
            raise NetworkError(f"{host_of(url)} did not answer in time", hint="try again later") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NetworkError(
                f"{host_of(url)} cannot be reached ({error})",
                hint="check the network, the proxy settings and the address",
            ) from error
        if answer.history:
            self.redirected[url] = str(answer.url)
        return answer


class _Nobody(httpx.BaseTransport):
    """Stands in for the network: whatever is kept is still as it was, for all that anybody says."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(304)


def _client(answers: BaseStorage | None, *, is_offline: bool) -> Callable[..., httpx.Client]:
    if answers is None:
        return functools.partial(httpx.Client, transport=_Nobody()) if is_offline else httpx.Client
    from hishel.httpx import CacheClient, CacheTransport

    if is_offline:
        return functools.partial(httpx.Client, transport=CacheTransport(_Nobody(), answers), trust_env=False)
    return functools.partial(CacheClient, storage=answers)


def _check_redirect(answer: httpx.Response) -> None:
    if not answer.has_redirect_location:
        return
    target = answer.url.join(answer.headers["Location"])
    if why := refused_redirect(str(answer.url), str(target)):
        raise NetworkError(f"{host_of(str(answer.url))} redirects {why}")


def _media_type(answer: httpx.Response) -> str:
    return str(answer.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
