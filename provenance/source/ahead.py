"""The first artifact's metadata in, nothing out: its source is fetched while the other artifacts still come."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from provenance.errors import ProvenanceError
from provenance.metadata import Metadata
from provenance.source.commit import Wanted, find_commit
from provenance.source.discover import Candidate, repositories
from provenance.source.git import GitHosts

log = logging.getLogger(__name__)


@contextmanager
def fetching_ahead(
    wanted: Wanted, chosen: str | None, hosts: GitHosts
) -> Iterator[Callable[[Metadata], None]]:
    """Yield what begins to fetch the repository that metadata names first, or the `chosen` one; it waits at the end.

    Whoever opens that repository next finds it fetched; where it could not be, it is asked again and says why.
    """
    begun = False
    with ThreadPoolExecutor(1, "source") as pool:

        def begin(metadata: Metadata) -> None:
            nonlocal begun
            named = (Candidate(chosen, ""),) if chosen else repositories([metadata])
            if not begun and named and not named[0].obstacle:
                begun = True
                pool.submit(_fetch, named[0], wanted, hosts)

        try:
            yield begin
        except BaseException:
            with hosts.interrupted():
                pool.shutdown()
            raise


def _fetch(candidate: Candidate, wanted: Wanted, hosts: GitHosts) -> None:
    try:
        remote = hosts.prepare(candidate.repository)
        find_commit(remote, wanted, candidate)
    except ProvenanceError as error:
        log.debug("%s was not fetched ahead: %s", candidate.repository, error)
    else:
        hosts.ready(remote)
