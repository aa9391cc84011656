"""A reader and what it may do in, a verdict on one input out: refused in the tool's words, read, or a defect."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import ProvenanceError

SECONDS = 5  # of the processor, for one input; a machine that is busy with other things does not count
LONGEST = 20_000  # bytes of an input, unless a target says otherwise


class TooSlow(BaseException):  # no reader may take it for an error of its own
    """A reader took longer for an input than the limit."""


@dataclass(frozen=True)
class Target:
    """A function that reads bytes and checks what it made of them; `seeds` are bytes that it reads.

    It may refuse them with an error of the project's own. All else that it raises is a defect, AssertionError too.
    """

    read: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    longest: int = LONGEST


def give(target: Target, content: bytes) -> None:
    """Let a target read the bytes; raises whatever is a defect, TooSlow where it takes too long."""
    with _limited(SECONDS):
        try:
            target.read(content)
        except ProvenanceError as error:
            if not str(error):
                raise AssertionError("an error without a sentence") from error


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlow(f"more than {seconds:g} seconds of the processor")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def as_file(name: str, content: bytes, read: Callable[[Path], object]) -> None:
    """Let a reader of files read the bytes, in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read(path)


def fields(content: bytes, count: int) -> list[bytes]:
    """Cut an input into so many parts at its NUL bytes, the last with what is left, so that fuzzing can change each."""
    parts = content.split(b"\0", count - 1)
    return [*parts, *[b""] * (count - len(parts))]
