"""The one shape that both sides become: canonical path -> mode, size, git blob id, sha256, bytes on demand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

REGULAR, EXECUTABLE, SYMLINK, GITLINK = 0o100644, 0o100755, 0o120000, 0o160000


def blob_id(content: bytes) -> str:
    """Return the git blob id (SHA-1, hex) of content: how git itself names these bytes."""
    digest = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def digests(size: int, parts: Iterable[bytes | memoryview]) -> tuple[str, str]:
    """Return the git blob id and the sha256 (hex) of `size` bytes that come in parts, in one pass."""
    blob, sha256 = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False), hashlib.sha256()
    for part in parts:
        blob.update(part)
        sha256.update(part)
    return blob.hexdigest(), sha256.hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: git mode, git blob id; size in bytes and sha256 where the bytes were seen."""

    path: str
    mode: int
    blob: str
    size: int | None = None
    sha256: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def is_executable(self) -> bool:
        """Whether the executable bit is set."""
        return self.mode == EXECUTABLE


@dataclass(frozen=True)
class Tree:
    """Files by path, with `load` giving the bytes of a blob id, or None where they were not obtained.

    `begin` gives only so many of the first bytes, where that is cheaper than all of them.
    """

    entries: Mapping[str, Entry]
    load: Callable[[str], bytes | None] = field(repr=False)
    begin: Callable[[str, int], bytes | None] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __contains__(self, path: object) -> bool:
        return path in self.entries

    def get(self, path: str) -> Entry | None:
        """Return the entry at path, or None."""
        return self.entries.get(path)

    def read(self, path: str) -> bytes | None:
        """Return the bytes at path; None where there is no such file or its bytes were not obtained."""
        entry = self.entries.get(path)
        return None if entry is None else self.load(entry.blob)

    def start(self, blob: str, size: int) -> bytes:
        """Return the first bytes of a blob, at most `size`; none where they were not obtained."""
        content = self.begin(blob, size) if self.begin else self.load(blob)
        return (content or b"")[:size]

    def text(self, path: str) -> str | None:
        """Return the file at path as UTF-8 text; None where absent, not obtained or not UTF-8."""
        content = self.read(path)
        if content is None:
            return None
        try:
            return content.decode()
        except UnicodeDecodeError:
            return None

    @cached_property
    def by_blob(self) -> dict[str, list[str]]:
        """Paths of regular files by their blob id, in path order."""
        paths: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.entries):
            entry = self.entries[path]
            if entry.mode in (REGULAR, EXECUTABLE):
                paths[entry.blob].append(path)
        return dict(paths)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, the root as ""."""
        found = {""}
        for path in self.entries:
            folder = path.rpartition("/")[0]
            while folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    def under(self, folder: str) -> Iterable[Entry]:
        """Yield the entries below folder ("" for all)."""
        start = f"{folder}/" if folder else ""
        return (entry for path, entry in self.entries.items() if path.startswith(start))


class KnownBlobs(Mapping[str, bytes]):
    """The bytes of all files of several Trees by their blob ids, read when they are asked for."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self._homes = {entry.blob: tree for tree in trees for entry in tree}

    def __getitem__(self, blob: str) -> bytes:
        content = self._homes[blob].load(blob)
        if content is None:
            raise KeyError(blob)
        return content

    def __contains__(self, blob: object) -> bool:
        return blob in self._homes

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


def join(folder: str, path: str) -> str:
    """Join two canonical paths, either of which may be ""."""
    return f"{folder}/{path}" if folder and path else folder or path


def parent(path: str) -> str:
    """Return the folder of a canonical path, "" for the root."""
    return path.rpartition("/")[0]
