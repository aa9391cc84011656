"""Bytes in, files under one folder out: artifacts named by their sha256, all else sealed with it; verified when read.

Any number of processes may share the folder: a file appears whole or not at all, and nobody waits for anybody.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from provenance.cache.room import INCOMING, MOST_BYTES, make_room
from provenance.errors import OperationError

FORM = (
    b"1\0"  # part of every seal: to be changed with the form of anything that is written, which then is void
)
SEAL = hashlib.sha256().digest_size
SLACK = 32  # room is made anew when a process has added this fraction of the bound
DIGEST = re.compile(r"[0-9a-f]{64}")


class Cache:
    """What was fetched, below one folder, of `most_bytes` at most: what was used longest ago makes room."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._added: int | None = None  # bytes, since room was last made

    def find(self, sha256: str) -> Path | None:
        """Return the path of the artifact with this digest, verified now; a corrupt file is removed."""
        path = self._artifact(sha256)
        try:
            is_whole = path is not None and file_sha256(path) == sha256
        except OSError:  # there is none, or the disk does not give it
            return None
        if path is not None:
            (_touch if is_whole else _remove)(path)
        return path if is_whole else None

    @contextmanager
    def incoming(self) -> Iterator[IO[bytes]]:
        """Yield a temporary file in the store, removed at the end unless `keep` took it over."""
        with self._incoming(self.folder / "artifacts") as file:
            yield file

    def keep(self, file: IO[bytes], sha256: str) -> Path:
        """Move a complete incoming file to its place and return its path."""
        path = self._artifact(sha256)
        if path is None:
            raise ValueError(sha256)
        size = file.tell()
        self._place(file, path)
        self._make_room(size)
        return path

    def read(self, *name: str) -> bytes | None:
        """Return what was last written under a name of several parts, None unless it is there and whole."""
        path = self.folder.joinpath(*name)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if _seal(content[SEAL:]) != content[:SEAL]:
            _remove(path)
            return None
        _touch(path)
        return content[SEAL:]

    def write(self, *name: str, content: bytes) -> None:
        """Keep bytes under a name of several parts; where that cannot be done they are not kept."""
        path = self.folder.joinpath(*name)
        with suppress(OperationError):
            with self._incoming(path.parent) as file:
                file.write(_seal(content) + content)
                self._place(file, path)
            self._make_room(SEAL + len(content))

    def names(self, *folder: str) -> list[str]:
        """Return the names of what was written into a folder, in their order; that it was used counts from now."""
        path = self.folder.joinpath(*folder)
        _touch(path)
        try:
            return sorted(each.name for each in path.iterdir() if not each.name.startswith(INCOMING))
        except OSError:
            return []

    def forget(self, *name: str) -> None:
        """Remove what was written under a name."""
        _remove(self.folder.joinpath(*name))

    @contextmanager
    def _incoming(self, folder: Path) -> Iterator[IO[bytes]]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=INCOMING, delete=False) as file:
                try:
                    yield file
                finally:
                    _remove(Path(file.name))
        except OSError as error:
            raise OperationError(
                f"The cache folder cannot be written: {error.strerror or error}",
                hint="free some disk space, or choose another folder with --cache",
            ) from error

    def _place(self, file: IO[bytes], path: Path) -> None:
        file.flush()
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(file.name).replace(path)

    def _make_room(self, added: int) -> None:
        """Keep within the bound: with the first file of this process, then whenever many bytes were added."""
        if self._added is None or self._added + added > self._most_bytes // SLACK:
            make_room(self.folder, self._most_bytes)
            self._added = 0
        else:
            self._added += added

    def _artifact(self, sha256: str) -> Path | None:
        """Where an artifact stands; None for what is no digest, since an index may name anything."""
        return self.folder / "artifacts" / sha256[:2] / sha256 if DIGEST.fullmatch(sha256) else None


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(FORM + content).digest()


def _touch(path: Path) -> None:
    """Say that this was used now."""
    with suppress(OSError):
        now = time.time()
        os.utime(path, (now, now))


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
