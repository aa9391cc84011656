"""The options that say how an audit goes about its work in, the same in one value out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.audit_since import Since
from provenance.cli.storing import Storing
from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.audit.hours import Hours

RUNNING = (
    click.option(
        "--workers", metavar="N", type=click.IntRange(1), help="Processes; default: two for each processor."
    ),
    click.option(
        "--engine", type=click.Choice(["local", "dask"]), default="local", help="What carries out the work."
    ),
    click.option(
        "--scheduler", metavar="ADDRESS", help="Dask's scheduler; without it, Dask runs on this machine."
    ),
    click.option(
        "--per-host",
        metavar="N",
        type=click.IntRange(1),
        default=8,
        show_default=True,
        help="Visits to one host at the same time.",
    ),
    click.option(
        "--rate",
        metavar="N",
        type=click.FloatRange(0, min_open=True),
        help="Visits to one host that may begin in a second; one to a git host is up to three requests.",
    ),
    click.option(
        "--contact", metavar="TEXT", default="", help="Tell hosts who asks: an address, for instance."
    ),
    click.option(
        "--pause",
        metavar="SECONDS",
        type=click.FloatRange(0),
        default=15.0,
        show_default=True,
        help="Before the second try at a release whose host did not answer; doubles with each.",
    ),
    click.option(
        "--time-limit",
        metavar="SECONDS",
        type=click.FloatRange(0, min_open=True),
        default=1800.0,
        show_default=True,
        help="For one release.",
    ),
    click.option(
        "--since",
        metavar="LAST|DATE",
        help="Add what was uploaded of these projects since the last audit, or since a date.",
    ),
    click.option(
        "--between",
        metavar="HOURS",
        help="Ask hosts within these hours alone, by local time: 22:00-06:00. Waits for them.",
    ),
    click.option(
        "--store",
        metavar="DIR|URL",
        help="Write the reports here by their digest: a folder, or an object store such as s3://bucket/reports.",
    ),
    click.option("--quiet", is_flag=True, help="Show no progress, and print what went wrong alone."),
    click.option(
        "--events",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Append what happens to this file, a JSON object a line.",
    ),
    click.option(
        "--metrics",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Keep figures in this file, in Prometheus' text format.",
    ),
)
FIRST_PAUSE = 15.0  # seconds that a pause of 1 stands for in the queue
NOT_FOR_MANY = ("source", "subdirectory", "provenance_file")
OWN = ("workers", "engine", "scheduler", "per_host", "rate", "contact", "pause", "time_limit", "quiet", "events",
       "metrics")  # fmt: skip
PARSED = ("since", "between", "store")


def running_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that say how an audit goes about its work."""
    for option in reversed(RUNNING):
        command = option(command)
    return command


@dataclass(frozen=True)
class Running:
    """How an audit works: where its state is, who signs, its own options, and those that it shares with a check.

    `since` adds what was uploaded, `between` are the hours to work in, `store` is where reports go by digest.
    """

    state: Path
    storing: Storing
    own: dict[str, Any]
    shared: dict[str, Any]
    since: Since | None
    between: Hours | None
    store: str | None

    @classmethod
    def of(cls, state: Path, storing: Storing, given: dict[str, Any]) -> Running:
        """Sort what click passed on by name. Raises UsageError for what one release alone can have."""
        from provenance.audit.hours import Hours

        for name in NOT_FOR_MANY:
            if given.get(name):
                raise UsageError(
                    f"--{name.replace('_', '-')} is about one release", hint="check that one alone"
                )
        if given["scheduler"] and given["engine"] != "dask":
            raise UsageError("--scheduler is Dask's", hint="add --engine dask")
        own = {name: given[name] for name in OWN}
        shared = {name: value for name, value in given.items() if name not in {*OWN, *PARSED}}
        since = Since.parse(given["since"]) if given["since"] else None
        between = Hours.parse(given["between"]) if given["between"] else None
        return cls(state, storing, own, shared, since, between, given["store"])

    @property
    def pause(self) -> float:
        """What the pauses between tries are multiplied by."""
        return float(self.own["pause"]) / FIRST_PAUSE

    @property
    def workers(self) -> int:
        """How many processes to use."""
        from provenance.cli.many import MOST_PROCESSES, processes_for

        return int(self.own["workers"] or processes_for(2 * MOST_PROCESSES))
