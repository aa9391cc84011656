"""Where a user says that artifacts are, in; where `provenance verify` looks for them out: here, the cache, an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import NotOnIndexError

if TYPE_CHECKING:
    from provenance.cache import Cache
    from provenance.net import Http
    from provenance.verification import Places


@contextmanager
def places_of(
    artifacts: Sequence[Path], cache: Path | None, index: str | None, *, offline: bool
) -> Iterator[Places]:
    """Yield where artifacts are looked for; the index is asked only for what is not here."""
    from provenance.cli.cache import open_cache
    from provenance.net import Http
    from provenance.verification import Places

    stored = open_cache(cache)
    if offline:
        yield Places(artifacts, stored)
        return
    with Http(f"pypi-provenance/{version('pypi-provenance')}") as http:
        yield Places(artifacts, stored, _download(http, index, stored))


def _download(http: Http, index: str | None, cache: Cache) -> Callable[[str, str, str], Path]:
    from provenance.artifacts import obtain
    from provenance.cli.options import default_index
    from provenance.index import find_release, parse_reference
    from provenance.model import Limits

    def download(name: str, release: str, filename: str) -> Path:
        asked = parse_reference(f"{name}=={release}")
        found = find_release(asked, index or default_index(), http, Limits()).artifacts
        artifact = next((each for each in found if each.filename == filename), None)
        if artifact is None:
            raise NotOnIndexError(f"The index has no {filename}")
        return obtain(artifact, cache, http, Limits()).path

    return download
