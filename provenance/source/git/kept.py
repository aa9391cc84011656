"""A repository's address in, what earlier checks fetched of it out: every object under the id that its bytes have.

Nothing here says what is complete: before a host is told of a commit, its trees are looked for (`is_whole`).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from dulwich.objects import Commit, ObjectID, ShaFile, Tag, Tree

from provenance.cache import Cache
from provenance.errors import ReportError
from provenance.source.pack import read_pack, write_pack

FOLDER, PACK = "repositories", ".pack"
BELIEVED = 600.0  # seconds that a tag is taken to stand where it stood; a branch is looked up every time
MOST_PACKS = 16  # then they become one
MOST_BYTES = 64 << 20  # of one repository's packs; then they are dropped
FOLDER_MODE = 0o040000
MOST_HAVES = 3
Read = Callable[[str], ShaFile | None]


@dataclass(frozen=True)
class Listing:
    """What a host listed: ids by the names of refs, the address that answered, and when (seconds since 1970)."""

    refs: Mapping[str, str]
    address: str
    moment: float

    def is_younger(self, seconds: float) -> bool:
        """Whether it was listed so short a time ago."""
        return 0 <= time.time() - self.moment < seconds


class Kept:
    """The part of the cache that is about one repository; `address` is where it is asked for."""

    def __init__(self, cache: Cache, address: str) -> None:
        self._cache = cache
        self._folder = (FOLDER, hashlib.sha256(address.encode()).hexdigest()[:40])
        self._packs: dict[str, int] = {}  # sizes by name, of those that were read

    def objects(self, limit: int) -> dict[str, ShaFile]:
        """Return every object, as long as they unpack to no more than `limit` bytes each pack."""
        found: dict[str, ShaFile] = {}
        for name in self._cache.names(*self._folder):
            content = self._cache.read(*self._folder, name) if name.endswith(PACK) else None
            if content is not None:
                self._packs[name] = len(content)
                try:
                    found |= read_pack(content, limit)
                except ReportError:
                    self._cache.forget(*self._folder, name)
        return found

    def add(self, new: Iterable[ShaFile], before: Iterable[ShaFile]) -> None:
        """Keep new objects, beside those that were there `before`; many small packs become one."""
        objects, old = list(new), list(self._packs)
        is_large = sum(self._packs.values()) > MOST_BYTES
        if not objects:
            return
        if len(old) >= MOST_PACKS and not is_large:
            objects += before
        content = write_pack(objects)
        name = hashlib.sha256(content).hexdigest() + PACK
        self._cache.write(*self._folder, name, content=content)
        if len(old) >= MOST_PACKS or is_large:
            self.forget()
        self._packs[name] = len(content)

    def forget(self) -> None:
        """Remove the packs that were read."""
        for name in self._packs:
            self._cache.forget(*self._folder, name)
        self._packs = {}

    def listing(self, prefixes: Sequence[str]) -> Listing | None:
        """Return what was last listed under these prefixes."""
        content = self._cache.read(*self._folder, _name(prefixes))
        return Listing(**json.loads(content)) if content is not None else None

    def remember(self, prefixes: Sequence[str], listing: Listing) -> None:
        """Keep a listing in the place of the last one."""
        self._cache.write(*self._folder, _name(prefixes), content=json.dumps(asdict(listing)).encode())


def is_whole(object_id: str, read: Read) -> bool:
    """Tell whether a commit, or the one behind a tag, is here with all of its trees."""
    found = read(object_id)
    while isinstance(found, Tag):
        found = read(found.object[1].decode())
    folders = [found.tree.decode()] if isinstance(found, Commit) else []
    seen = set(folders)
    while folders:
        tree = read(folders.pop())
        if not isinstance(tree, Tree):
            return False
        below = {item.sha.decode() for item in tree.iteritems() if item.mode == FOLDER_MODE} - seen
        seen |= below
        folders += below
    return bool(seen)


def haves(objects: Iterable[ShaFile], read: Read) -> list[str]:
    """Return the newest commits that are whole: a host then sends only what differs from them."""
    commits = sorted(
        (each for each in objects if isinstance(each, Commit)),
        key=lambda each: each.commit_time,
        reverse=True,
    )
    return [each.id.decode() for each in commits[:MOST_HAVES] if is_whole(each.id.decode(), read)]


def _name(prefixes: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(prefixes).encode()).hexdigest() + ".refs"


class Bases:
    """The commits that a host is told of, in the form that dulwich walks a history in: each without what it follows."""

    def __init__(self, commits: Sequence[str]) -> None:
        self.shallow = {ObjectID(commit.encode()) for commit in commits}
        self._left = sorted(self.shallow)

    def __next__(self) -> ObjectID | None:
        return self._left.pop() if self._left else None

    def ack(self, sha: ObjectID) -> None:
        """Take note that the host has it, which changes nothing."""

    def nak(self) -> None:
        """Take note that the host has it not."""
