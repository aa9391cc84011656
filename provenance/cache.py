"""A content-addressed store on disk: bytes in, a path named by their sha256 out."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from provenance.errors import OperationError

CHUNK = 1 << 20


class Cache:
    """Files named by sha256 under one folder; a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "artifacts"

    def find(self, sha256: str) -> Path | None:
        """Return the path of the content with this digest, verified now; a corrupt file is removed."""
        path = self._path(sha256)
        if not path.is_file():
            return None
        if file_sha256(path) == sha256:
            return path
        with suppress(OSError):
            path.unlink()
        return None

    @contextmanager
    def incoming(self) -> Iterator[IO[bytes]]:
        """Yield a temporary file in the store, removed at the end unless `keep` took it over."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".incoming-", delete=False) as file:
                try:
                    yield file
                finally:
                    with suppress(OSError):
                        os.unlink(file.name)  # noqa: PTH108 - the name is already a string
        except OSError as error:
            raise OperationError(
                f"The cache folder cannot be written: {error.strerror or error}",
                hint="free some disk space, or choose another folder with --cache",
            ) from error

    def keep(self, file: IO[bytes], sha256: str) -> Path:
        """Move a complete incoming file to its place and return its path."""
        file.flush()
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(file.name).replace(path)
        return path

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
