"""Where a user says that a log is, a folder or an address, in; what reads its files there out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import LogError

if TYPE_CHECKING:
    from provenance.log import Read


def is_address(place: str) -> bool:
    """Whether the log is on a web server, not in a folder."""
    return place.startswith(("https://", "http://"))


@contextmanager
def opened_log(place: str) -> Iterator[Read]:
    """Yield what gives a log's files by their paths; raises LogError where there is no log."""
    from provenance.log import CHECKPOINT, LogFiles
    from provenance.log.remote import RemoteLog
    from provenance.net import Http

    if not is_address(place):
        files = LogFiles(Path(place))
        if files.read(CHECKPOINT) is None:
            raise LogError(f"There is no log in {place}")
        yield files.read
        return
    with Http(f"pypi-provenance/{version('pypi-provenance')}") as http:
        yield RemoteLog(place, http).read


def checkpoint_of(read: Read) -> bytes:
    """Return a log's signed checkpoint, not checked; raises LogError without one."""
    from provenance.log import CHECKPOINT

    if (content := read(CHECKPOINT)) is None:
        raise LogError(
            "There is no log there: the file `checkpoint` is missing",
            hint="a site's log is in its folder log/",
        )
    return content
