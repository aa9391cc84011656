"""A folder in, the static files of a log in it out; what is written is on the disk when the call returns."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from provenance.errors import LogError

CHECKPOINT = "checkpoint"
LOCAL = ".local"  # the appender's own notes; no part of the log


class LogFiles:
    """The files below a log's folder, by their paths with slashes. Raises LogError where one cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None where there is none."""
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LogError(f"{self.folder / path} cannot be read: {error.strerror or error}") from error

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files in this order, each whole or not at all; only for the holder of the lock."""
        with self._explained():
            changed: set[Path] = set()
            for path, content in files.items():
                target = self.folder / path
                changed |= {target.parent, *_make_folder(target.parent)}
                self._replace(target, content)
            for folder in changed:
                _sync(folder)

    def drop_partial(self, full: str) -> None:
        """Remove the partial tiles that a full one has taken the place of."""
        shutil.rmtree(self.folder / f"{full}.p", ignore_errors=True)

    def drop_wider(self, full: str, width: int) -> None:
        """Remove the full tile and the partial ones that are wider than the tree's: they were never published."""
        with self._explained():
            (self.folder / full).unlink(missing_ok=True)
            partial = self.folder / f"{full}.p"
            for file in partial.iterdir() if partial.is_dir() else ():
                if file.name.isdecimal() and int(file.name) > width:
                    file.unlink()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only process that appends, waiting for another one to end."""
        import fcntl  # not on Windows, where logs can be read all the same

        local = self.folder / LOCAL
        with self._explained():
            for folder in _make_folder(local):
                _sync(folder)
            (local / ".gitignore").write_bytes(b"*\n")
            lock = (local / "lock").open("wb")
        with lock:
            with self._explained():
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _replace(self, target: Path, content: bytes) -> None:
        incoming = self.folder / LOCAL / "incoming"
        with incoming.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        incoming.replace(target)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LogError(
                f"The log in {self.folder} cannot be written: {error.strerror or error}",
                hint="what was appended before is unharmed; append again when the cause is gone",
            ) from error


def _make_folder(folder: Path) -> Iterator[Path]:
    """Make a folder and those above it, and give those that have a new folder in them."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return (made.parent for made in missing)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
