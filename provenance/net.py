"""The one HTTP client for the index: URL in, bytes out, within limits, with retries on transient failures."""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from provenance.errors import NetworkError

ATTEMPTS = 4
LONGEST_WAIT = 60.0  # seconds that a Retry-After header may ask for
TRANSIENT = {429, 500, 502, 503, 504}
log = logging.getLogger(__name__)

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


class Http:
    """HTTP/2 where offered, time limits on every step, at most `ATTEMPTS` tries; use as a context manager.

    `seconds` is how long the body of one answer may take.
    """

    def __init__(self, user_agent: str, visiting: Visiting = freely, seconds: float = 300.0) -> None:
        self._visiting = visiting
        self._seconds = seconds
        self._client = httpx.Client(
            http2=True,
            follow_redirects=True,
            max_redirects=5,
            timeout=httpx.Timeout(30.0, connect=10.0),
            headers={"User-Agent": user_agent},
            event_hooks={"response": [_check_redirect]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._client.close()

    def get(self, url: str, *, accept: str, limit: int) -> Response:
        """Return the answer to a GET, whatever its status; limit is in bytes.

        Raises NetworkError when the host cannot be reached, keeps failing, or sends more than the limit.
        """
        body = bytearray()

        def collect(chunk: bytes) -> None:
            body.extend(chunk)

        answer = self._retrying(url, lambda: self._stream(url, accept, limit, body.clear, collect))
        return Response(str(answer.url), answer.status_code, _media_type(answer), bytes(body))

    def download(
        self, url: str, *, limit: int, restart: Callable[[], None], sink: Callable[[bytes], None]
    ) -> None:
        """Send a file's bytes to sink, calling restart before every try; limit is in bytes.

        Raises NetworkError as `get` does, and for any status but 200.
        """
        answer = self._retrying(url, lambda: self._stream(url, "*/*", limit, restart, sink))
        if answer.status_code != 200:
            raise NetworkError(f"{shown(url)} answered {answer.status_code} instead of the file")

    def _stream(
        self, url: str, accept: str, limit: int, restart: Callable[[], None], sink: Callable[[bytes], None]
    ) -> httpx.Response:
        restart()
        received = 0
        headers = {"Accept": accept} if accept != "*/*" else {"Accept": accept, "Accept-Encoding": "identity"}
        request = self._client.build_request("GET", url, headers=headers)
        with (
            self._visiting(request.url.netloc.decode()) as count,
            self._streamed(request) as answer,
        ):
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
                if received > limit:
                    raise NetworkError(f"{shown(url)} sent more than the limit of {limit:,} bytes")
                sink(chunk)
        return answer

    @contextmanager
    def _streamed(self, request: httpx.Request) -> Iterator[httpx.Response]:
        answer = self._client.send(request, stream=True)
        try:
            yield answer
        finally:
            answer.close()

    def _retrying(self, url: str, attempt: Callable[[], httpx.Response]) -> httpx.Response:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_pause,
            retry=retry_if_exception(_is_transient),
            reraise=True,
        )
        try:
            return retrying(attempt)
        except httpx.HTTPStatusError as error:
            raise NetworkError(
                f"{_host(url)} keeps answering {error.response.status_code}",
                hint="the host is overloaded or limits how often it may be asked; try again later",
            ) from error
        except httpx.TimeoutException as error:
            raise NetworkError(f"{_host(url)} did not answer in time", hint="try again later") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NetworkError(
                f"{_host(url)} cannot be reached ({error})",
                hint="check the network, the proxy settings and the address",
            ) from error


def _check_redirect(answer: httpx.Response) -> None:
    if not answer.has_redirect_location:
        return
    target = answer.url.join(answer.headers["Location"])
    if why := refused_redirect(str(answer.url), str(target)):
        raise NetworkError(f"{_host(str(answer.url))} redirects {why}")


def refused_redirect(url: str, target: str) -> str:
    """Return where a redirect leads that is not followed, "" for one that is.

    A host out in the world has no business to send anybody to an address inside the reader's own network, nor to one
    without encryption.
    """
    old, new = urlsplit(url), urlsplit(target)
    if old.scheme == "https" and new.scheme != "https":
        return "to an address without encryption"
    if old.hostname != new.hostname and is_inside(new.hostname or "") and not is_inside(old.hostname or ""):
        return "to an address inside your own network"
    return ""


def is_inside(host: str) -> bool:
    """Whether a host's name or address leads to this machine, its neighbours, or a private network."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return False
    return any(not ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, httpx.TransportError | httpx.HTTPStatusError) and not isinstance(
        error, httpx.UnsupportedProtocol
    )


def _pause(state: RetryCallState) -> float:
    """Seconds until the next try: what Retry-After asks for, else doubling from a quarter of a second."""
    error = state.outcome.exception() if state.outcome else None
    log.debug("try %d failed: %s", state.attempt_number, error)
    if isinstance(error, httpx.HTTPStatusError):
        asked = error.response.headers.get("Retry-After", "")
        if asked.isdigit():
            return min(float(asked), LONGEST_WAIT)
    return float(wait_exponential(multiplier=0.25, max=4)(state))


def _media_type(answer: httpx.Response) -> str:
    return str(answer.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def shown(url: str) -> str:
    """Return the URL without credentials, query and fragment, for people to read."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
