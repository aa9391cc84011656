"""A tally in, a line on a terminal's stderr that follows it out: how far, how fast, how long still, which answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from provenance.model import Answer, Verdict

if TYPE_CHECKING:
    from provenance.audit.events import Event, Tally

WORDS = {Answer.YES: "yes", Answer.CANNOT_TELL: "cannot tell", Answer.NO: "NO"}


@contextmanager
def audit_progress(tally: Tally, *, silent: bool) -> Iterator[Callable[[Event], None]]:
    """Yield an observer of events that shows the tally while the block runs; changed answers stay on the screen."""
    if silent or not sys.stderr.isatty():
        yield lambda _event: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = BarColumn(bar_width=20), MofNCompleteColumn(), TextColumn("{task.description}")
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=tally.total, completed=tally.settled)

        def observe(event: Event) -> None:
            for change in event.changes:
                console.print(escape(f"{event.name} {event.version}: {change}"))
            progress.update(task, completed=tally.settled, description=escape(described(tally)))

        yield observe


def described(tally: Tally) -> str:
    """Return the words of the line: `3.1/s · 4 min 10 s left · 20 yes · 3 cannot tell · slowest git.example 0.4 s`."""
    parts = []
    if tally.rate:
        left = timedelta(seconds=round((tally.total - tally.settled) / tally.rate))
        parts += [f"{tally.rate:.1f}/s", f"{left} left"]
    for answer, words in WORDS.items():
        count = sum(tally.verdicts[verdict] for verdict in Verdict if verdict.answer is answer)
        parts += [f"{count} {words}"] if count else []
    parts += [f"{tally.verdicts['failed']} failed"] if tally.verdicts["failed"] else []
    if tally.slowest:
        host, seconds = tally.slowest
        parts.append(f"slowest {host} {seconds:.1f} s")
    return " · ".join(parts)
