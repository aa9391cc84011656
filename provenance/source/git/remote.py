"""A repository's address in, its refs and the wanted objects out: dulwich's client layer, bounded in bytes and time.

No clone: a tag listing by prefix, one commit with its trees, then only the blobs that are asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from dulwich.object_store import MemoryObjectStore
from dulwich.objects import ObjectID, ShaFile, valid_hexsha
from dulwich.repo import MemoryRepo
from urllib3.exceptions import HTTPError

from provenance.errors import GitError, ProvenanceError, RepositoryNotFoundError
from provenance.model import Limits
from provenance.net import Visiting, freely, shown
from provenance.source.git.access import access_to, public_address
from provenance.source.git.connections import Connections
from provenance.source.git.failures import explained
from provenance.source.git.replies import Budget
from provenance.source.git.transport import NO_REF, Transport
from provenance.source.git.unpacked import check_unpacked

__all__ = ["NO_REF", "GitHosts", "Remote"]

Choose = Callable[[dict[str, str]], Sequence[str]]
log = logging.getLogger(__name__)


class GitHosts:
    """The git hosts that checks ask, each over one connection; a context manager, for one thread."""

    def __init__(
        self,
        environment: Mapping[str, str],
        limits: Limits,
        contact: str = "",
        visiting: Visiting = freely,
    ) -> None:
        self._connections = Connections(environment, contact, visiting)
        self._limits = limits
        self._unpacked = 0  # bytes that the objects so far come to

    def __enter__(self) -> Self:
        self._connections.__enter__()
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connections.__exit__(*error)

    def open(self, repository: str, limits: Limits | None = None) -> Remote:
        """Return a repository by its address; nothing is asked yet. Raises GitError for one that is not HTTP's.

        `limits` are the check's own where none are given.
        """
        return Remote(repository, limits or self._limits, self._connections)


class Remote:
    """One repository on a git host; not to be shared between threads.

    Remotes that share `connections` ask a host that several of them live on over one connection.
    """

    def __init__(self, repository: str, limits: Limits, connections: Connections) -> None:
        self.repository = repository
        self.store = MemoryObjectStore()
        self.blobs: set[str] = (
            set()
        )  # ids that trees of this repository name, so that it can be asked for them
        self.connections = connections
        self._wanted: list[ObjectID] = []
        self._limits = limits
        self._unpacked = 0  # bytes that the objects so far come to
        self._budget = Budget(limits, shown(repository).removeprefix("https://"))
        self._access = access_to(repository, connections.config, connections.environment, connections.contact)
        self._transport = Transport(self._access, connections, self._budget)

    @property
    def address(self) -> str:
        """The repository's address after the redirects of the requests so far: its present name."""
        return public_address(self.repository, self._access.url, self._transport.address)

    def fetch_commits(self, prefixes: Sequence[str], choose: Choose) -> dict[str, str]:
        """List the refs with these prefixes and fetch the ones that `choose` returns ids for; return all listed.

        Each comes at depth 1 with its trees, and without its blobs unless the host knows no filter.
        Raises GitError, and RepositoryNotFoundError where the host has no such public repository.
        """
        listed: dict[str, str] = {}

        def wants(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
            listed.update(
                {
                    name.decode(errors="replace"): value.decode()
                    for name, value in refs.items()
                    if valid_hexsha(value)
                }
            )
            self._wanted = [ObjectID(value.encode()) for value in dict.fromkeys(choose(dict(listed)))]
            return self._wanted

        try:
            self._fetch([prefix.encode() for prefix in prefixes], wants, 1, b"blob:none")
        except RepositoryNotFoundError:
            raise
        except GitError as error:
            if self._transport.protocol_version == 2 or {want.decode() for want in self._wanted} <= {
                *listed.values()
            }:
                raise
            log.debug("the host gives no commit by its id (%s), so all branches and tags are fetched", error)
            self._fetch([b"refs/heads/", b"refs/tags/"], _everything, None, None)
        return listed

    def fetch_history(self, ref: str, commit: str, *, since: int) -> None:
        """Fetch the commits of a ref and of one commit made after `since` (seconds since 1970), without blobs."""

        def wants(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
            tips = [value for name, value in refs.items() if name == ref.encode()]
            return [ObjectID(tip) for tip in {*tips, commit.encode()}]

        self._fetch([ref.encode()], wants, None, b"blob:none", since=since)

    def fetch_log(
        self, prefixes: Sequence[str], choose: Choose, *, depth: int | None = None, since: int | None = None
    ) -> dict[str, str]:
        """List the refs with these prefixes and fetch what is behind the ids that `choose` returns; return all listed.

        Commits come alone, `depth` of them one behind the other, or those made after `since` (seconds since 1970).
        """
        listed: dict[str, str] = {}

        def wants(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
            found = {
                name.decode(errors="replace"): value for name, value in refs.items() if valid_hexsha(value)
            }
            listed.update({name: value.decode() for name, value in found.items()})
            return [ObjectID(value.encode()) for value in dict.fromkeys(choose(dict(listed)))]

        self._fetch([prefix.encode() for prefix in prefixes], wants, depth, b"tree:0", since=since)
        return listed

    def fetch_blobs(self, blobs: Sequence[str]) -> None:
        """Fetch the blobs that the store lacks, in one request; where the host refuses, the whole commit."""
        missing = [
            ObjectID(blob.encode())
            for blob in sorted(set(blobs))
            if ObjectID(blob.encode()) not in self.store
        ]
        if not missing:
            return
        try:
            self._fetch([NO_REF], lambda refs, depth=None: missing, None, None)
        except RepositoryNotFoundError:
            raise
        except GitError as error:
            log.debug("the host gave no single blobs (%s), so the whole commit is fetched", error)
            self._fetch([NO_REF], lambda refs, depth=None: self._wanted, 1, None)

    def read(self, object_id: str) -> ShaFile | None:
        """Return an object that was fetched, or None."""
        try:
            return self.store[ObjectID(object_id.encode())]
        except KeyError:
            return None

    def _fetch(
        self,
        prefixes: Sequence[bytes],
        wants: Callable[..., list[ObjectID]],
        depth: int | None,
        filter_spec: bytes | None,
        since: int | None = None,
    ) -> None:
        def exchange() -> None:
            file, commit, abort = self.store.add_pack()
            try:
                self._transport.fetch_pack(
                    self._transport.path,
                    wants,
                    MemoryRepo().get_graph_walker(heads=[]),
                    file.write,
                    depth=depth,
                    ref_prefix=prefixes,
                    filter_spec=filter_spec,
                    shallow_since=None if since is None else str(since),
                )
                self._unpacked += check_unpacked(file, self._limits, self._budget.shown, self._unpacked)
                (commit if file.tell() else abort)()
            except BaseException:
                abort()
                raise

        with self._visit(), self._budget.spending(self.connections), self._explained():
            try:
                exchange()
            except (ProvenanceError, HTTPError, OSError):
                raise
            except Exception as error:
                if not self._transport.is_assuming:  # what it can do is known, so asking changes nothing
                    raise
                log.debug("%s is asked what it can do, after %r", self._budget.shown, error)
                self._transport.shake_hands()
                exchange()

    @contextmanager
    def _visit(self) -> Iterator[None]:
        """One conversation with the host, of up to three requests."""
        before = self._budget.received
        with self.connections.visiting(urlsplit(self._access.url).netloc) as count:
            try:
                yield
            finally:
                count(self._budget.received - before)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn everything that the bytes of a host make dulwich and urllib3 raise into a sentence."""
        try:
            yield
        except ProvenanceError:
            raise
        except Exception as error:
            if self._budget.left <= 0:
                raise self._budget.timeout() from error
            raise explained(error, self._budget.shown, is_verified=self._access.is_verified) from error


def _everything(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
    return [ObjectID(value) for value in dict.fromkeys(refs.values())]
