"""A queue and how to work through it in, its releases checked, shown while that goes on, an exit code out."""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.exits import Exit
from provenance.cli.options import opened
from provenance.cli.storing import Storing, load_key, reports_folder, store_statement
from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.audit.coordinator import Observer
    from provenance.audit.engine import Engine
    from provenance.audit.events import Tally
    from provenance.audit.queue import Queue, Wanted
    from provenance.audit.task import Done, Equip, Equipment
    from provenance.audit.visits import Door
    from provenance.pipeline import Options

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


def running_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that say how an audit goes about its work."""
    for option in reversed(RUNNING):
        command = option(command)
    return command


@dataclass(frozen=True)
class Running:
    """How an audit works: where its state is, who signs, its own options, and those that it shares with a check."""

    state: Path
    storing: Storing
    own: dict[str, Any]
    shared: dict[str, Any]

    @classmethod
    def of(cls, state: Path, storing: Storing, given: dict[str, Any]) -> Running:
        """Sort what click passed on by name. Raises UsageError for what one release alone can have."""
        for name in NOT_FOR_MANY:
            if given.get(name):
                raise UsageError(
                    f"--{name.replace('_', '-')} is about one release", hint="check that one alone"
                )
        if given["scheduler"] and given["engine"] != "dask":
            raise UsageError("--scheduler is Dask's", hint="add --engine dask")
        own = {name: given[name] for name in OWN}
        return cls(state, storing, own, {name: value for name, value in given.items() if name not in OWN})

    @property
    def pause(self) -> float:
        """What the pauses between tries are multiplied by."""
        return float(self.own["pause"]) / FIRST_PAUSE

    @property
    def workers(self) -> int:
        """How many processes to use."""
        from provenance.cli.many import MOST_PROCESSES, processes_for

        return int(self.own["workers"] or processes_for(2 * MOST_PROCESSES))


def carry_out(
    queue: Queue, running: Running, choose: Callable[[Options], Sequence[Wanted]], *, again: bool
) -> int:
    """Take what was chosen into the queue, work through all of it, and say what came of it."""
    from provenance.audit.coordinator import alone, carry_out_all
    from provenance.audit.events import Tally
    from provenance.report.audit_text import render_status

    store = _storing(running.storing)
    with ExitStack() as stack:
        stack.enter_context(alone(running.state))
        options = stack.enter_context(opened(**running.shared, is_quiet=True, contact=running.own["contact"]))
        wanted = choose(options)
        queue.recover()
        queue.add(wanted, again=again)
        tallies = queue.tallies()
        if not tallies:
            raise UsageError(
                "Nothing to audit was named", hint="name a list of releases, or top, or --projects"
            )
        tally = Tally(sum(tallies.values()), tallies)
        observers = stack.enter_context(_observers(running, tally))
        equip = functools.partial(equipped, running.shared, running.own["contact"], _gate(running, stack))
        engine = stack.enter_context(_engine(running, equip))
        carry_out_all(queue, engine, store, observers, running.own["time_limit"])
    tallies = queue.tallies()
    is_failed = any(state == "failed" for state, _ in tallies)
    if is_failed or not running.own["quiet"]:
        click.echo(render_status(tallies, queue.failures()), nl=False)
    if not running.own["quiet"]:
        click.echo(f"The reports are in {reports_folder(running.storing)}")
    return Exit.FAILED if is_failed else Exit.YES


@contextmanager
def equipped(shared: dict[str, Any], contact: str, door: Door | None) -> Iterator[Equipment]:
    """Open what one process needs for its tasks."""
    from provenance.audit.task import Equipment
    from provenance.audit.visits import Visits

    visits = Visits(door)
    with opened(**shared, is_quiet=True, contact=contact, visiting=visits) as options:
        yield Equipment(options, visits)


def _gate(running: Running, stack: ExitStack) -> Door:
    """Open the gate that all workers ask before they visit a host, where they can reach it."""
    from provenance.audit.visits import Gate

    host = "127.0.0.1"
    if scheduler := running.own["scheduler"]:
        host = _own_address(scheduler)
    gate = Gate(running.own["per_host"], running.own["rate"], host)
    return stack.enter_context(gate).door


def _own_address(scheduler: str) -> str:
    """This machine's address as the scheduler's network sees it."""
    place = scheduler.partition("://")[2] or scheduler
    host, _, port = place.rpartition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, int(port)))
            return str(probe.getsockname()[0])
    except (OSError, ValueError) as error:
        raise UsageError(
            f"`{scheduler}` is not the address of a scheduler", hint="tcp://host:8786"
        ) from error


def _engine(running: Running, equip: Equip) -> AbstractContextManager[Engine]:
    if running.own["engine"] == "local":
        from provenance.audit.local import LocalEngine

        return LocalEngine(running.workers, equip, running.own["time_limit"])
    try:
        from provenance.audit.cluster import DaskEngine
    except ImportError as error:
        raise UsageError("Dask is not installed", hint="pip install 'pypi-provenance[cluster]'") from error
    return DaskEngine(running.own["scheduler"], running.workers, equip)


@contextmanager
def _observers(running: Running, tally: Tally) -> Iterator[list[Observer]]:
    from provenance.audit.events import EventLines, Metrics
    from provenance.cli.audit_progress import audit_progress

    with ExitStack() as stack:
        observers: list[Observer] = [tally]
        if file := running.own["events"]:
            try:
                observers.append(EventLines(stack.enter_context(file.open("a", encoding="utf-8"))))
            except OSError as error:
                raise UsageError(f"{file} cannot be written: {error.strerror}") from error
        if file := running.own["metrics"]:
            metrics = Metrics(file, tally)
            stack.callback(metrics.write)
            observers.append(metrics)
        observers.append(stack.enter_context(audit_progress(tally, silent=running.own["quiet"])))
        yield observers


def _storing(storing: Storing) -> Callable[[Done], None]:
    """What keeps the statements of a release; the key is opened now, which may ask for a passphrase."""
    from provenance.store import release_folder

    signers = [] if storing.no_sign else [load_key(storing.key)]
    folder = reports_folder(storing)

    def store(done: Done) -> None:
        place = release_folder(folder, done.audited.name, done.audited.version)
        for filename, payload in done.payloads:
            store_statement(place, filename, payload, signers)

    return store
