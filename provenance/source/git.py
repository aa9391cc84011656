"""A repository's address in, its refs and the wanted objects out: dulwich's client layer, bounded in bytes and time.

No clone: a tag listing by prefix, one commit with its trees, then only the blobs that are asked for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import urllib3
from dulwich.client import (
    HTTPUnauthorized,
    Urllib3HttpGitClient,
    default_urllib3_manager,
)
from dulwich.config import StackedConfig, apply_instead_of
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.object_store import MemoryObjectStore
from dulwich.objects import ObjectID, ShaFile
from dulwich.repo import MemoryRepo
from urllib3.util import Retry, Timeout

from provenance.errors import GitError, RepositoryNotFoundError
from provenance.model import Limits
from provenance.net import shown

NO_REF = b"refs/none/"  # a prefix that no ref has: the listing stays empty, objects are asked for by id
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
Choose = Callable[[dict[str, str]], Sequence[str]]
log = logging.getLogger(__name__)


class Remote:
    """One repository on a git host; not to be shared between threads."""

    def __init__(self, repository: str, limits: Limits) -> None:
        self.repository = repository
        self.store = MemoryObjectStore()
        self.blobs: set[str] = (
            set()
        )  # ids that trees of this repository name, so that it can be asked for them
        self._wanted: list[ObjectID] = []
        self._limits = limits
        self._received = 0
        config = StackedConfig.default()
        url = apply_instead_of(config, repository)
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http"):
            raise GitError(f"{shown(url)} is not an https address of a git repository")
        pool = default_urllib3_manager(config, base_url=url)
        pool.connection_pool_kw["timeout"] = Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        pool.connection_pool_kw["retries"] = Retry(
            total=None, connect=1, read=0, redirect=3, status=0, other=0
        )
        self._client = Urllib3HttpGitClient(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/",
            pool_manager=pool,
            config=config,
            username=parts.username,
            password=parts.password,
            thin_packs=False,
            quiet=True,
        )
        self._path = parts.path

    def fetch_commits(self, prefixes: Sequence[str], choose: Choose) -> dict[str, str]:
        """List the refs with these prefixes and fetch the ones that `choose` returns ids for; return all listed.

        Each comes at depth 1 with its trees, and without its blobs unless the host knows no filter.
        Raises GitError, and RepositoryNotFoundError where the host has no such public repository.
        """
        listed: dict[str, str] = {}

        def wants(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
            listed.update({name.decode(errors="replace"): value.decode() for name, value in refs.items()})
            self._wanted = [ObjectID(value.encode()) for value in dict.fromkeys(choose(dict(listed)))]
            return self._wanted

        self._fetch([prefix.encode() for prefix in prefixes], wants, 1, b"blob:none")
        return listed

    def fetch_history(self, ref: str, commit: str, *, since: int) -> None:
        """Fetch the commits of a ref and of one commit made after `since` (seconds since 1970), without blobs."""

        def wants(refs: dict[bytes, bytes], depth: int | None = None) -> list[ObjectID]:
            tips = [value for name, value in refs.items() if name == ref.encode()]
            return [ObjectID(tip) for tip in {*tips, commit.encode()}]

        self._fetch([ref.encode()], wants, None, b"blob:none", since=since)

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
        deadline = time.monotonic() + self._limits.git_seconds
        file, commit, abort = self.store.add_pack()

        def write(data: bytes) -> int:
            self._received += len(data)
            if self._received > self._limits.git_bytes:
                raise GitError(f"{self._shown} sent more than the limit of {self._limits.git_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise GitError(
                    f"{self._shown} took longer than the limit of {self._limits.git_seconds:g} seconds"
                )
            return file.write(data)

        with self._explained():
            try:
                self._client.fetch_pack(
                    self._path,
                    wants,
                    MemoryRepo().get_graph_walker(heads=[]),
                    write,
                    depth=depth,
                    ref_prefix=prefixes,
                    filter_spec=filter_spec,
                    shallow_since=None if since is None else str(since),
                )
                if self._client.dumb:
                    raise ValueError("it does not offer git's smart protocol")
                if file.tell():
                    commit()
                else:
                    abort()
            except BaseException:
                abort()
                raise

    @property
    def _shown(self) -> str:
        return shown(self.repository).removeprefix("https://")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn everything that dulwich and urllib3 raise into a sentence."""
        try:
            yield
        except (NotGitRepository, HTTPUnauthorized) as error:
            raise RepositoryNotFoundError(
                f"There is no public repository at {self._shown}",
                hint="it may be private, deleted or renamed; name the right one with --source",
            ) from error
        except HangupException as error:
            raise GitError(
                f"{self._shown} ended the conversation before it sent what was asked for"
            ) from error
        except GitProtocolError as error:
            raise GitError(
                f"{self._shown} cannot be reached or refuses to answer ({error})", hint="try again later"
            ) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise GitError(
                f"{self._shown} cannot be reached ({error})", hint="check the network and the proxy settings"
            ) from error
        except (ValueError, KeyError, AssertionError, EOFError) as error:
            raise GitError(
                f"{self._shown} answered with something that is not git's protocol ({error})"
            ) from error
