"""What `--since` says in, the releases of an audit's projects that were uploaded since in its queue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import click

from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.audit.queue import Queue
    from provenance.pipeline import Options

MOST_NAMED = 5


@dataclass(frozen=True)
class Since:
    """A moment in seconds since 1970, None for the last audit's."""

    moment: float | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what a user means by `last`, a date, or a date with a time, UTC unless it says otherwise."""
        if text.lower() == "last":
            return cls(None)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            hint = "--since last, or --since 2026-11-01"
            raise UsageError(f"`{text}` is neither `last` nor a date", hint=hint) from error
        return cls((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())

    def of(self, projects: Iterable[str], seen: Mapping[str, float]) -> dict[str, float]:
        """Return since when to look at each project; for the last audit, those alone that it knew."""
        from provenance.audit.uploads import CLOCKS

        if self.moment is None:
            return {name: seen[name] - CLOCKS for name in projects if name in seen}
        return dict.fromkeys(projects, self.moment)


def add_uploaded(
    queue: Queue, projects: Mapping[str, float], options: Options, at_once: int, *, quiet: bool
) -> int:
    """Take into the queue what was uploaded of each project since the moment beside it, and say so.

    Returns how many projects could not be told; the next audit looks again at the whole time.
    """
    from provenance.audit.uploads import look

    now, added, unasked = time.time(), 0, list[str]()
    for each in look(projects, options, at_once):
        if each.reason:
            unasked.append(f"{each.project}: {each.reason}")
        else:
            added += queue.add_uploaded(each.project, each.since, now, each.uploads)
    if unasked:
        more = f" … and {len(unasked) - MOST_NAMED:,} more" if len(unasked) > MOST_NAMED else ""
        named = "; ".join(unasked[:MOST_NAMED])
        click.echo(
            f"What was uploaded of {_counted(len(unasked), 'project')} is not known. {named}{more}", err=True
        )
    if not quiet:
        click.echo(
            f"{_counted(added, 'release')} with files uploaded since, in {_counted(len(projects), 'project')}"
        )
    return len(unasked)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
