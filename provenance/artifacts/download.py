"""An Artifact in, its bytes on disk out: streamed into the cache, its sha256 checked against the index."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provenance.cache import Cache, file_sha256
from provenance.errors import DigestError, UnreadableArchiveError
from provenance.model import Artifact, Limits
from provenance.net import Http

AT_ONCE = 4
MEANING = (
    "The download was damaged or changed on its way here (by a proxy or a mirror), or the file on the index was "
    "replaced. Do not install it; try again from another network, and if it stays so, tell those who run the index."
)


@dataclass(frozen=True)
class Stored:
    """An artifact's bytes on disk and their sha256."""

    path: Path
    sha256: str


@contextmanager
def obtaining(
    artifacts: Sequence[Artifact], cache: Cache, http: Http, limits: Limits
) -> Iterator[Callable[[Artifact], Stored]]:
    """Obtain artifacts, several at a time; yields what waits for one of them, and raises what `obtain` does.

    When the block ends early, so do the downloads: no thread and no half-written file is left.
    """
    with ThreadPoolExecutor(AT_ONCE, "download") as pool:
        try:  # around all that starts a thread: an interruption may come as soon as the first one asks
            coming = {each.filename: pool.submit(obtain, each, cache, http, limits) for each in artifacts}
            yield lambda artifact: coming[artifact.filename].result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            with http.interrupted():
                pool.shutdown()
            raise


def obtain(artifact: Artifact, cache: Cache, http: Http, limits: Limits) -> Stored:
    """Return the artifact's bytes from the cache, else from its index.

    Raises DigestError where they are not what the index names, UnreadableArchiveError where they exceed
    the limit, NetworkError where they cannot be had.
    """
    if artifact.sha256 and (found := cache.find(artifact.sha256)):
        return Stored(found, artifact.sha256)
    if artifact.size is not None and artifact.size > limits.artifact_bytes:
        raise UnreadableArchiveError(
            f"{artifact.filename} has {artifact.size:,} bytes, more than the limit of {limits.artifact_bytes:,}"
        )
    with cache.incoming() as file:
        digest = hashlib.sha256()

        def restart() -> None:
            nonlocal digest
            digest = hashlib.sha256()
            file.seek(0)
            file.truncate()

        def sink(chunk: bytes) -> None:
            digest.update(chunk)
            file.write(chunk)

        http.download(artifact.url, limit=limits.artifact_bytes, restart=restart, sink=sink)
        sha256 = digest.hexdigest()
        if artifact.sha256 and sha256 != artifact.sha256:
            raise DigestError(
                f"{artifact.filename} is not the file that the index describes: expected sha256 {artifact.sha256}, got "
                f"sha256 {sha256}. {MEANING}",
                sha256=sha256,
            )
        return Stored(cache.keep(file, sha256), sha256)


def local(path: Path) -> Stored:
    """Return a local file as stored bytes."""
    return Stored(path, file_sha256(path))
