"""A queue and how to work through it in, its releases checked, shown while that goes on, an exit code out."""

from __future__ import annotations

import functools
import hashlib
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.audit_options import Running
from provenance.cli.audit_since import add_uploaded
from provenance.cli.exits import Exit
from provenance.cli.options import opened
from provenance.cli.storing import load_key, reports_folder, sealed, store_statement
from provenance.errors import UsageError

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from provenance.audit.coordinator import Observer
    from provenance.audit.engine import Engine
    from provenance.audit.events import Tally
    from provenance.audit.queue import Queue, Wanted
    from provenance.audit.task import Done, Equip, Equipment
    from provenance.audit.visits import Door, Gate
    from provenance.pipeline import Options


def carry_out(
    queue: Queue, running: Running, choose: Callable[[Options], Sequence[Wanted]], *, again: bool
) -> int:
    """Take what was chosen into the queue, work through all of it, and say what came of it."""
    from provenance.audit.coordinator import TURN, alone, carry_out_all
    from provenance.audit.events import Tally
    from provenance.report.audit_text import render_status

    store = _storing(running)
    with ExitStack() as stack:
        stack.enter_context(alone(running.state))
        closed = _opening_hours(running)
        while pause := closed():
            time.sleep(min(pause, TURN))
        gate = stack.enter_context(_gate(running))
        unasked = _take_in(queue, running, choose, gate, again=again)
        tallies = queue.tallies()
        if not tallies:
            raise UsageError(
                "Nothing to audit was named", hint="name a list of releases, or top, or --projects"
            )
        tally = Tally(sum(tallies.values()), tallies)
        observers = stack.enter_context(_observers(running, tally))
        equip = functools.partial(equipped, running.shared, running.own["contact"], gate.door)
        engine = stack.enter_context(_engine(running, equip))
        carry_out_all(queue, engine, store, observers, running.own["time_limit"], closed)
    tallies = queue.tallies()
    is_failed = bool(unasked) or any(state == "failed" for state, _ in tallies)
    if is_failed or not running.own["quiet"]:
        click.echo(render_status(tallies, queue.failures()), nl=False)
    if not running.own["quiet"]:
        click.echo(f"The reports are in {running.store or reports_folder(running.storing)}")
    return Exit.FAILED if is_failed else Exit.YES


def _take_in(
    queue: Queue,
    running: Running,
    choose: Callable[[Options], Sequence[Wanted]],
    gate: Gate,
    *,
    again: bool,
) -> int:
    """Take into the queue what was chosen, and what was uploaded since; return how many projects could not be asked."""
    with opened(**running.shared, is_quiet=True, contact=running.own["contact"], visiting=gate) as options:
        wanted = choose(options)
        queue.recover()
        before = queue.projects()
        queue.add(wanted, again=again)
        if running.since is None:
            return 0
        projects = running.since.of(dict.fromkeys(each.name for each in wanted) or before, before)
        own = running.own
        return add_uploaded(queue, projects, options, own["per_host"], quiet=own["quiet"])


def _opening_hours(running: Running) -> Callable[[], float]:
    """What says how long hosts may not be asked yet, and says so on the terminal when that begins."""
    hours, was_closed = running.between, False

    def closed() -> float:
        nonlocal was_closed
        pause = hours.pause() if hours else 0.0
        if pause and not was_closed:
            left = timedelta(seconds=round(pause))
            click.echo(f"Hosts are asked from {hours} alone; waiting {left}, until then", err=True)
        was_closed = pause > 0
        return pause

    return closed


@contextmanager
def equipped(shared: dict[str, Any], contact: str, door: Door | None) -> Iterator[Equipment]:
    """Open what one process needs for its tasks."""
    from provenance.audit.task import Equipment
    from provenance.audit.visits import Visits

    visits = Visits(door)
    anew = {**shared, "refresh": True}  # an audit says where tags stand now: a moved one is what it looks for
    with opened(**anew, is_quiet=True, contact=contact, visiting=visits) as options:
        yield Equipment(options, visits)


def _gate(running: Running) -> Gate:
    """The gate that all workers ask before they visit a host, where they can reach it."""
    from provenance.audit.visits import Gate

    scheduler = running.own["scheduler"]
    host = _own_address(scheduler) if scheduler else "127.0.0.1"
    return Gate(running.own["per_host"], running.own["rate"], host)


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


def _storing(running: Running) -> Callable[[Done], None]:
    """What keeps the statements of a release; the key is opened now, which may ask for a passphrase."""
    from provenance.store import ObjectStore, release_folder

    storing = running.storing
    signers = [] if storing.no_sign else [load_key(storing.key)]
    if running.store:
        objects = ObjectStore(running.store)
        return lambda done: objects.put(_by_digest(done, signers))
    folder = reports_folder(storing)

    def store(done: Done) -> None:
        place = release_folder(folder, done.audited.name, done.audited.version)
        for filename, payload in done.payloads:
            store_statement(place, filename, payload, signers)

    return store


def _by_digest(done: Done, signers: list[Signer]) -> dict[str, bytes]:
    """The statements of a release, each by its payload's digest, and the list of them by the release's."""
    from provenance.audit.task import listed
    from provenance.store import LISTED, object_name

    found = {object_name(done.audited.digest, LISTED): listed(done.payloads)}
    for _, payload in done.payloads:
        digest = hashlib.sha256(payload).hexdigest()
        envelopes = sealed(payload, signers)
        found |= {object_name(digest, suffix): content for suffix, content in envelopes.items() if content}
    return found
