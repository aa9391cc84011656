"""How a host is to be reached in, connections that are kept open between requests out; a deadline ends them all."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from dulwich.config import StackedConfig
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Timeout, make_headers

from provenance.errors import GitError
from provenance.net import Visiting, freely, is_inside, is_inside_address
from provenance.source.git.access import Access
from provenance.source.git.credentials import Login

TIMEOUT = Timeout(connect=10.0, read=60.0)
Watch = Callable[[HTTPConnection, socket.socket], None]


class Connections:
    """The connections of a check to its git hosts, and what it learned of them; for one thread at a time.

    `contact` says to hosts who is asking, `visiting` when they may be asked. Where no host that the user named is
    inside the user's own network, no name of a host may lead there.
    """

    def __init__(
        self, environment: Mapping[str, str], contact: str = "", visiting: Visiting = freely
    ) -> None:
        self.named: set[str] = set()  # hosts that the user named, and not a package's metadata
        self.environment = environment
        self.contact = contact
        self.visiting = visiting
        self.logins: dict[str, Login] = {}  # by origin, once they were accepted
        self._managers: dict[tuple[str | None, str | None], PoolManager] = {}
        self._open: list[tuple[HTTPConnection, socket.socket]] = []
        self.stopped = threading.Event()  # nothing is asked while it is set
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        for connection, _ in self._open:
            connection.close()
        self._forget_closed()

    @cached_property
    def config(self) -> StackedConfig:
        """git's configuration of the user and of the system. Raises GitError where it cannot be read."""
        try:
            return StackedConfig.default()
        except (OSError, ValueError) as error:
            raise GitError(f"git's configuration cannot be read ({error})") from error

    def manager(self, access: Access) -> PoolManager:
        """Return the pool that holds the connections for one proxy and one set of certificate authorities."""
        key = (access.proxy, access.bundle)
        if key not in self._managers:
            self._managers[key] = _manager(access.proxy, _context(access.bundle))
            watch = self._watch if access.proxy else self._watch_outside
            self._managers[key].pool_classes_by_scheme = _pool_classes(watch)
        return self._managers[key]

    @contextmanager
    def until(self, seconds: float) -> Iterator[None]:
        """End every connection after this time, whatever it waits for."""
        self._is_over = False
        timer = threading.Timer(max(0.0, seconds), self.end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._forget_closed()

    def _watch_outside(self, connection: HTTPConnection, sock: socket.socket) -> None:
        """Look where a connection leads before anything is said on it: a name may lead anywhere, at any time."""
        address = str(sock.getpeername()[0])
        if address != connection.host and is_inside_address(address) and not any(map(is_inside, self.named)):
            sock.close()
            raise GitError(
                f"{connection.host} leads to an address inside your own network, which is not asked",
                hint="if it is the right repository, name it with --source",
            )
        self._watch(connection, sock)

    def _watch(self, connection: HTTPConnection, sock: socket.socket) -> None:
        self._open.append((connection, sock.dup()))  # TLS takes the socket itself over
        if self._is_over or self.stopped.is_set():
            self.end()

    def end(self) -> None:
        """End every connection now, whatever it waits for."""
        self._is_over = True
        for _, sock in [*self._open]:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _forget_closed(self) -> None:
        for connection, sock in self._open:
            if connection.sock is None:
                sock.close()
        self._open = [pair for pair in self._open if pair[0].sock is not None]


def _manager(proxy: str | None, context: ssl.SSLContext) -> PoolManager:
    if not proxy:
        return PoolManager(ssl_context=context, timeout=TIMEOUT)
    parts = urlsplit(proxy)
    password = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    try:
        return ProxyManager(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            proxy_headers=make_headers(proxy_basic_auth=password),
            proxy_ssl_context=context,
            ssl_context=context,
            timeout=TIMEOUT,
        )
    except ValueError as error:
        raise GitError(
            f"{parts.scheme}://{parts.hostname} is not a proxy that can be used ({error})"
        ) from error


def _context(bundle: str | None) -> ssl.SSLContext:
    try:
        if bundle and Path(bundle).is_dir():
            return ssl.create_default_context(capath=bundle)
        return ssl.create_default_context(cafile=bundle)
    except (OSError, ssl.SSLError) as error:
        raise GitError(
            f"The certificate authorities in {bundle} cannot be read ({error})",
            hint="see SSL_CERT_FILE, REQUESTS_CA_BUNDLE, GIT_SSL_CAINFO and git's http.sslCAInfo",
        ) from error


def _pool_classes(watch: Watch) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's classes, with a look at every socket before anything is said on it."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            sock = super()._new_conn()
            watch(self, sock)
            return sock

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            sock = super()._new_conn()
            watch(self, sock)
            return sock

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
