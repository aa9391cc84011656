"""A repository's address in, the Remote that asks for it out; those of one check share connections and the cache."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from provenance.cache import Cache
from provenance.model import Limits
from provenance.net import Visiting, freely
from provenance.source.git.connections import Connections
from provenance.source.git.kept import BELIEVED
from provenance.source.git.remote import Remote


class GitHosts:
    """The git hosts that checks ask, each over one connection; a context manager, for one thread at a time.

    `named` are addresses that the user gave: where one is inside the user's own network, others may be, too. What a
    `cache` holds of their repositories is not asked for again, but for where tags stand after `believed` seconds; where
    it `is_offline`, nothing is.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        limits: Limits,
        contact: str = "",
        visiting: Visiting = freely,
        cache: Cache | None = None,
        *,
        named: Collection[str] = (),
        believed: float = BELIEVED,
        is_offline: bool = False,
    ) -> None:
        self._connections = Connections(environment, contact, visiting)
        self._connections.named |= {urlsplit(address).hostname or "" for address in named}
        self._limits = limits
        self._cache = cache
        self._believed = believed
        self._is_offline = is_offline
        self._ready: dict[str, Remote] = {}

    def __enter__(self) -> Self:
        self._connections.__enter__()
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connections.__exit__(*error)

    def prepare(self, repository: str) -> Remote:
        """Return a repository that is asked ahead of its time: `ready` hands it to whoever opens it next."""
        self._ready.clear()
        return self.open(repository)

    def ready(self, remote: Remote) -> None:
        """Have `open` return this repository, with all that it has fetched, once."""
        self._ready = {remote.repository: remote}

    @contextmanager
    def interrupted(self) -> Iterator[None]:
        """While the block runs, nothing is asked; what another thread waits for ends at once, with GitError."""
        self._connections.stopped.set()
        self._connections.end()
        try:
            yield
        finally:
            self._connections.stopped.clear()

    def open(self, repository: str, limits: Limits | None = None) -> Remote:
        """Return a repository by its address; nothing new is asked yet. Raises GitError for one that is not HTTP's.

        `limits` are the check's own where none are given; with others it is a search, of which nothing is kept.
        """
        if limits is None and repository in self._ready:
            return self._ready.pop(repository)
        cache = self._cache if limits is None else None
        return Remote(
            repository,
            limits or self._limits,
            self._connections,
            cache,
            believed=self._believed,
            is_offline=self._is_offline,
        )
