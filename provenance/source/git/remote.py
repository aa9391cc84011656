"""A repository's address in, its refs and the wanted objects out: dulwich's client layer, bounded in bytes and time.

No clone: a tag listing by prefix, one commit with its trees, then only the blobs that are asked for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from urllib.parse import urlsplit

from dulwich.object_store import MemoryObjectStore
from dulwich.objects import ObjectID, ShaFile, Tree, valid_hexsha
from urllib3.exceptions import HTTPError

from provenance.cache import Cache
from provenance.errors import GitError, ProvenanceError, RepositoryNotFoundError
from provenance.model import Limits
from provenance.net import shown
from provenance.source.git.access import access_to, public_address
from provenance.source.git.connections import Connections
from provenance.source.git.failures import explained, unasked
from provenance.source.git.kept import BELIEVED, Bases, Kept, Listing, haves, is_whole
from provenance.source.git.replies import Budget
from provenance.source.git.transport import NO_REF, Transport
from provenance.source.git.unpacked import check_unpacked

ENTRY_BYTES = 60  # of a file in the listing of a folder
Choose = Callable[[dict[str, str]], Sequence[str]]
log = logging.getLogger(__name__)


class Remote:
    """One repository on a git host; not to be shared between threads.

    Remotes that share `connections` ask a host that several of them live on over one connection.
    """

    def __init__(
        self,
        repository: str,
        limits: Limits,
        connections: Connections,
        cache: Cache | None = None,
        *,
        believed: float = BELIEVED,
        is_offline: bool = False,
    ) -> None:
        self.repository = repository
        self.store = MemoryObjectStore()
        self.blobs: set[str] = (
            set()
        )  # ids that trees of this repository name, so that it can be asked for them
        self.connections = connections
        self._wanted: list[str] = []
        self.limits = limits
        self._unpacked = 0  # bytes that the objects so far come to
        self._budget = Budget(limits, shown(repository).removeprefix("https://"))
        self._access = access_to(repository, connections.config, connections.environment, connections.contact)
        if not self._access.url.startswith(repository.partition("?")[0]):  # by the user's own insteadOf
            connections.named.add(urlsplit(self._access.url).hostname or "")
        self._answered = self._access.url
        self._kept = Kept(cache, self._access.url) if cache else None
        self._believed = believed
        self._is_offline = is_offline
        self._listed: dict[tuple[str, ...], Listing] = {}

    @cached_property
    def _transport(self) -> Transport:
        return Transport(self._access, self.connections, self._budget)

    @cached_property
    def _before(self) -> dict[str, ShaFile]:
        """What earlier checks fetched of this repository."""
        found = self._kept.objects(self.limits.git_unpacked_bytes) if self._kept else {}
        self.store.add_objects((each, None) for each in found.values())
        return found

    @property
    def address(self) -> str:
        """The repository's address after the redirects of the requests so far: its present name."""
        return public_address(self.repository, self._access.url, self._answered)

    def fetch_commits(self, prefixes: Sequence[str], choose: Choose) -> dict[str, str]:
        """List the refs with these prefixes and have the ones at hand that `choose` returns ids for; return all listed.

        Each comes at depth 1 with its trees, and without its blobs unless the host knows no filter.
        Raises GitError, and RepositoryNotFoundError where the host has no such public repository.
        """
        before = self._before
        known = self._known(prefixes, choose)
        if known is not None and not self._lacking():
            return known
        listed = known or {}

        def wants(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
            if known is None:
                listed.update(_readable(refs))
                self._wanted = list(dict.fromkeys(choose(dict(listed))))
            return self._lacking()

        asked = [NO_REF] if known is not None else [prefix.encode() for prefix in prefixes]
        try:
            self._fetch(asked, wants, 1, b"blob:none", bases=haves(before.values(), self.read))
            if before and self._lacking():  # the host relied on what is not here after all
                self._fetch([NO_REF], lambda refs, depth=None: self._lacking(), 1, b"blob:none")
        except RepositoryNotFoundError:
            raise
        except GitError as error:
            if (
                self._is_offline
                or self._transport.protocol_version == 2
                or {*self._wanted} <= {*listed.values()}
            ):
                raise
            log.debug("the host gives no commit by its id (%s), so all branches and tags are fetched", error)
            self._fetch([b"refs/heads/", b"refs/tags/"], _everything, None, None)
        self._listed[tuple(prefixes)] = Listing(listed, self._answered, time.time())
        self._keep(prefixes)
        return listed

    def _known(self, prefixes: Sequence[str], choose: Choose) -> dict[str, str] | None:
        """The refs with these prefixes where the host need not be asked for them.

        It was asked for this check, or by another one not long ago, of which tags are believed and nothing else is.
        """
        own = self._listed.get(tuple(prefixes))
        found = own or (self._kept.listing(prefixes) if self._kept else None)
        is_final = own is not None or self._is_offline
        if list(prefixes) == [NO_REF.decode()]:
            found, is_final = found or Listing({}, self._answered, 0.0), True
        if found is None or not (is_final or found.is_younger(self._believed)):
            return None
        refs = dict(found.refs)
        self._wanted = list(dict.fromkeys(choose(dict(refs))))
        moving = {value for name, value in refs.items() if not name.startswith("refs/tags/")}
        if not is_final and (not self._wanted or moving & {*self._wanted}):
            return None
        self._answered = found.address
        return refs

    def _lacking(self) -> list[ObjectID]:
        """What is wanted and not whole here yet."""
        return [_id(wanted) for wanted in self._wanted if not is_whole(wanted, self.read)]

    def _keep(self, prefixes: Sequence[str] = ()) -> None:
        """Keep for later checks what came just now."""
        if self._kept is None:
            return
        if prefixes:
            self._kept.remember(prefixes, self._listed[tuple(prefixes)])
        new = {object_id.decode() for object_id in self.store} - self._before.keys()
        found = {object_id: self.store[_id(object_id)] for object_id in new}
        self._kept.add(found.values(), self._before.values())
        self._before.update(found)

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
            listed.update(_readable(refs))
            return [_id(value) for value in dict.fromkeys(choose(dict(listed)))]

        self._fetch([prefix.encode() for prefix in prefixes], wants, depth, b"tree:0", since=since)
        return listed

    def fetch_blobs(self, blobs: Sequence[str]) -> None:
        """Fetch the blobs that the store lacks, in one request; where the host refuses, the whole commit."""
        missing = [_id(blob) for blob in sorted(set(blobs)) if blob not in self._before]
        missing = [blob for blob in missing if blob not in self.store]
        if not missing:
            return
        try:
            self._fetch([NO_REF], lambda refs, depth=None: missing, None, None)
        except RepositoryNotFoundError:
            raise
        except GitError as error:
            log.debug("the host gave no single blobs (%s), so the whole commit is fetched", error)
            self._fetch([NO_REF], lambda refs, depth=None: [_id(each) for each in self._wanted], 1, None)
        self._keep()

    def read(self, object_id: str) -> ShaFile | None:
        """Return an object that was fetched, or None. Raises GitError for a folder of too many files."""
        try:
            found = self.store[_id(object_id)]
        except KeyError:
            return None
        if isinstance(found, Tree) and found.raw_length() > self.limits.git_files * ENTRY_BYTES:
            raise GitError(
                f"{self._budget.shown} has a folder of more than the limit of {self.limits.git_files:,} files"
            )
        return found

    def _fetch(
        self,
        prefixes: Sequence[bytes],
        wants: Callable[..., list[ObjectID]],
        depth: int | None,
        filter_spec: bytes | None,
        since: int | None = None,
        bases: Sequence[str] = (),
    ) -> None:
        if self._is_offline:
            raise unasked(self._budget.shown)
        if self.connections.stopped.is_set():
            raise GitError("It was interrupted")

        def exchange(bases: Sequence[str]) -> None:
            file, commit, abort = self.store.add_pack()
            try:
                self._transport.leans_on(bases)
                self._transport.fetch_pack(
                    self._transport.path,
                    wants,
                    Bases(bases),
                    file.write,
                    depth=depth,
                    ref_prefix=prefixes,
                    filter_spec=filter_spec,
                    shallow_since=None if since is None else str(since),
                )
                self._unpacked += check_unpacked(file, self.limits, self._budget.shown, self._unpacked)
                (commit if file.tell() else abort)()
            except BaseException:
                abort()
                raise

        with self._visit(), self._budget.spending(self.connections), self._explained():
            try:
                exchange(bases)
            except (ProvenanceError, HTTPError, OSError):
                raise
            except Exception as error:
                if not self._transport.is_assuming:  # what it can do is known, so asking changes nothing
                    raise
                log.debug("%s is asked what it can do, after %r", self._budget.shown, error)
                self._transport.shake_hands()
                exchange(())
        self._answered = self._transport.address

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


def _id(object_id: str) -> ObjectID:
    return ObjectID(object_id.encode())


def _readable(refs: Mapping[bytes, bytes]) -> dict[str, str]:
    return {
        name.decode(errors="replace"): value.decode() for name, value in refs.items() if valid_hexsha(value)
    }


def _everything(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
    return [ObjectID(value) for value in dict.fromkeys(refs.values())]
