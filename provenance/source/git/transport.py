"""Requests of dulwich's git client in, a host's answers out: each is read to its end, within bounds."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urljoin, urlsplit

from dulwich.client import Urllib3HttpGitClient, build_ls_refs_request_v2, read_pkt_refs_v2
from dulwich.errors import GitProtocolError
from dulwich.protocol import CAPABILITY_THIN_PACK, Protocol, pkt_line
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_result,
    sleep_using_event,
    stop_after_attempt,
    wait_exponential,
)
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry, make_headers

from provenance.errors import GitError
from provenance.net import ATTEMPTS, LONGEST_WAIT, refused_redirect
from provenance.source.git.access import Access
from provenance.source.git.connections import Connections
from provenance.source.git.credentials import Login, logins
from provenance.source.git.failures import TRANSIENT, RefusalError, asked_pause, is_limited, refused
from provenance.source.git.replies import Budget, Reply, drain

if TYPE_CHECKING:
    from dulwich.client import HTTPResponse
    from dulwich.objects import ObjectID
    from dulwich.refs import Ref

    Advertised = tuple[
        dict[Ref, ObjectID | None], set[bytes], str, dict[Ref, Ref], dict[Ref, ObjectID]
    ]  # refs, capabilities, the repository's address, symbolic refs, peeled refs

NO_REF = b"refs/none/"  # a prefix that no ref has: the listing stays empty, objects are asked for by id
ASSUMED = frozenset({b"ls-refs", b"fetch=shallow filter"})  # what hosts can do unless they say otherwise
SERVICE = "git-upload-pack"
REDIRECTS = 3
GZIPPED = 1024  # bytes from which on git itself compresses what it asks


class Transport(Urllib3HttpGitClient):
    """dulwich's client for one repository, which asks by protocol version 2 straight away.

    Without the usual first request it has to assume what the host can do; `shake_hands` makes it ask.
    """

    def __init__(self, access: Access, connections: Connections, budget: Budget) -> None:
        parts = urlsplit(access.url)
        self.path = parts.path
        self.address = access.url.rstrip("/") + "/"  # follows redirects
        self._access = access
        self._connections = connections
        self._budget = budget
        self._capabilities: set[bytes] | None = set(ASSUMED)
        super().__init__(
            f"{parts.scheme}://{parts.netloc}/",
            pool_manager=connections.manager(access),
            config=connections.config,
            thin_packs=False,
            quiet=True,
        )
        self.protocol_version = 2
        self.is_assuming = True

    def shake_hands(self) -> None:
        """Ask what the host can do before anything else is asked of it."""
        self._capabilities = None
        self.is_assuming = False

    def leans_on(self, bases: Sequence[str]) -> None:
        """Say whether differences from objects that are here already may come (a "thin" pack)."""
        change = set.add if bases and self.protocol_version == 2 else set.discard
        change(self._fetch_capabilities, CAPABILITY_THIN_PACK)

    def _discover_references(
        self,
        service: bytes,
        base_url: str,
        protocol_version: int | None = None,
        ref_prefix: Sequence[bytes] | None = None,
    ) -> Advertised:
        if self._capabilities is not None and ref_prefix == [NO_REF]:
            return {}, self._capabilities, self.address, {}, {}
        if self._capabilities is not None and self.protocol_version == 2:
            return self._listed(self._capabilities, ref_prefix)
        found = super()._discover_references(service, self.address, protocol_version, ref_prefix)
        self._capabilities, self.address = found[1], found[2]
        return found

    def _listed(self, capabilities: set[bytes], prefixes: Sequence[bytes] | None) -> Advertised:
        command, arguments = build_ls_refs_request_v2(capabilities, None, prefixes)
        lines = [[pkt_line(line) for line in part] for part in (command, arguments)]
        body = b"".join([*lines[0], b"0001", *lines[1], b"0000"])
        reply, read = self._smart_request(SERVICE, self.address, body)
        try:
            lines_of_refs = Protocol(read, lambda _data: None).read_pkt_seq()
            refs, symbolic, peeled = read_pkt_refs_v2(self._budget.refs(lines_of_refs))
        finally:
            reply.close()
        return refs, capabilities, self.address, symbolic, peeled

    def _smart_request(
        self, service: str, url: str, data: bytes | Iterator[bytes] | None
    ) -> tuple[HTTPResponse, Callable[[int], bytes]]:
        reply, read = super()._smart_request(service, url, data)
        if reply.redirect_location.endswith(f"/{service}"):
            self.address = reply.redirect_location.removesuffix(service)
        return reply, read

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,
    ) -> tuple[HTTPResponse, Callable[[int], bytes]]:
        body = None if data is None else data if isinstance(data, bytes) else b"".join(data)
        sent, headers = body, headers or {}
        if body is not None and len(body) > GZIPPED:
            sent = gzip.compress(body, mtime=0)
            headers = {**headers, "Content-Encoding": "gzip", "Content-Length": str(len(sent))}
        response, answered = self._patiently(url, headers, sent)
        if response.status != 200:
            self._refuse(response, answered)
        reply = Reply(response, answered if answered != url else "", self._budget)
        try:
            if body is None:
                _check_advertisement(reply.content_type or "", reply.load(), self._budget.shown)
            else:
                self._check_result(reply.content_type or "", reply.peek())
        except BaseException:
            reply.close()
            raise
        return cast("HTTPResponse", reply), reply.read

    def _check_result(self, content_type: str, head: bytes) -> None:
        if content_type.partition(";")[0] != f"application/x-{SERVICE}-result":
            raise GitProtocolError(f"{content_type or 'a page'} instead of a result")
        if head[4:8] == b"ERR ":
            said = head[8 : int(head[:4], 16)].decode(errors="replace").strip()
            self.is_assuming &= "not our ref" not in said  # which no other way of asking would change
            raise RefusalError(said)

    def _refuse(self, response: BaseHTTPResponse, url: str) -> None:
        drain(response)
        status, has_login = response.status, self._login(url) is not None
        is_final = status in TRANSIENT | {401, 407} or is_limited(status, response.headers)
        if self.is_assuming and not is_final:
            raise GitProtocolError(f"{status} without asking first")
        raise refused(status, response.headers, self._budget.shown, has_login=has_login)

    def _patiently(
        self, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[BaseHTTPResponse, str]:
        """Ask again where a host is overloaded, as often and as late as it says, within limits."""

        def pause(state: RetryCallState) -> float:
            asked = asked_pause(_result(state)[0].headers)
            return float(wait_exponential(multiplier=0.25, max=4)(state)) if asked is None else asked

        retrying = Retrying(
            retry=retry_if_result(lambda found: _is_transient(found[0])),
            wait=pause,
            stop=lambda state: (
                stop_after_attempt(ATTEMPTS)(state)
                or state.upcoming_sleep > min(LONGEST_WAIT, self._budget.left)
                or self._connections.stopped.is_set()
            ),
            sleep=sleep_using_event(self._connections.stopped),
            before_sleep=lambda state: drain(_result(state)[0]),
            retry_error_callback=_result,
        )
        return retrying(self._authorized, url, headers, body)

    def _authorized(
        self, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[BaseHTTPResponse, str]:
        """Ask with what is known of the user, and with what the user keeps elsewhere where that is not enough."""
        response, answered = self._asked(url, headers, body, self._login(url))
        if response.status != 401:
            return response, answered
        for login in logins(answered, self._connections.environment):
            drain(response)
            self._connections.logins[_origin_of(answered)] = login
            response, answered = self._asked(answered, headers, body, login)
            if response.status != 401:
                break
        return response, answered

    def _login(self, url: str) -> Login | None:
        own = self._access.login if _origin_of(url) == _origin_of(self._access.url) else None
        return self._connections.logins.get(_origin_of(url), own)

    def _asked(
        self, url: str, headers: Mapping[str, str], body: bytes | None, login: Login | None
    ) -> tuple[BaseHTTPResponse, str]:
        """One request and its redirects; also return the address that answered."""
        own = self._access.headers if _origin_of(url) == _origin_of(self._access.url) else {}
        known = make_headers(basic_auth=f"{login.username}:{login.password}") if login else {}
        removed = {*Retry.DEFAULT_REMOVE_HEADERS_ON_REDIRECT, *self._access.headers} - {"User-Agent"}
        response = self.pool_manager.request(
            "GET" if body is None else "POST",
            url,
            headers={**own, **known, **headers, "Pragma": "no-cache"},
            body=body,
            preload_content=False,
            retries=_Followed(
                total=None, connect=1, read=1, redirect=REDIRECTS, status=0, other=0, allowed_methods=None,
                remove_headers_on_redirect=removed,
            ),
        )  # fmt: skip
        answered = url
        for step in response.retries.history if response.retries else ():
            answered = urljoin(answered, step.redirect_location or "")
        return response, answered

    @staticmethod
    def _warn_filter_objects() -> None:
        """A host without filters sends more; nothing that a user can act on."""


class _Followed(Retry):
    """Redirects as urllib3 follows them, each looked at before."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *rest: Any,
        **named: Any,
    ) -> Self:
        location = response.get_redirect_location() if response else None
        if location and (why := refused_redirect(url or "", urljoin(url or "", location))):
            raise GitError(f"{urlsplit(url or '').hostname} redirects {why}")
        return super().increment(method, url, response, *rest, **named)


def _check_advertisement(content_type: str, body: bytes, shown: str) -> None:
    """Raise GitError where a host's first answer is not that of git's smart protocol."""
    if content_type.startswith("application/x-git-"):
        return
    if re.match(rb"[0-9a-f]{40}\t", body) or (content_type.startswith("text/plain") and not body):
        raise GitError(
            f"{shown} offers git's old dumb protocol alone, which takes whole histories",
            hint="name a copy of the repository on a host with git's smart protocol with --source",
        )
    raise GitError(
        f"{shown} answered with {content_type or 'a page'} instead of git's protocol",
        hint="is this the repository's own address? Some hosts and proxies show a page to log in first",
    )


def _result(state: RetryCallState) -> tuple[BaseHTTPResponse, str]:
    """The answer of the last try, and the address that gave it."""
    return cast(Future[tuple[BaseHTTPResponse, str]], state.outcome).result()


def _is_transient(response: BaseHTTPResponse) -> bool:
    return response.status in TRANSIENT or (response.status == 403 and "Retry-After" in response.headers)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()
