"""A queue and an engine in, all that is in the queue carried out: each answer stored first, then noted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from provenance.audit.engine import Engine
from provenance.audit.events import Event
from provenance.audit.queue import Queue
from provenance.audit.task import Done, Failed, Failure, Task, is_full
from provenance.errors import AuditError, OperationError

TURN = 0.5  # seconds to wait for results before looking around
Store = Callable[[Done], None]
Observer = Callable[[Event], None]
Closed = Callable[[], float]


def at_any_time() -> float:
    """Nothing ever has to wait."""
    return 0.0


def carry_out_all(
    queue: Queue,
    engine: Engine,
    store: Store,
    observers: Sequence[Observer],
    lease: float,
    closed: Closed = at_any_time,
) -> None:
    """Work until nothing is left, or raise AuditError; what was begun and is not done is given back.

    `store` keeps the statements of a release, `lease` is how many seconds a release may be in work, `closed` says how
    many seconds it is until further ones may be begun.
    """
    running: dict[int, Task] = {}
    try:
        while _begin(queue, engine, running, lease, closed) or _wait(queue, closed):
            for task, result in engine.finished(TURN) if running else ():
                event = _settle(queue, task, result, store)
                del running[task.id]
                for observe in observers:
                    observe(event)
    finally:
        for task in running.values():
            queue.give_back(task)


def _begin(queue: Queue, engine: Engine, running: dict[int, Task], lease: float, closed: Closed) -> bool:
    room = 0 if closed() else engine.room
    for task in queue.claim(room, lease) if room else ():
        running[task.id] = task
        engine.submit(task)
    return bool(running)


def _wait(queue: Queue, closed: Closed) -> bool:
    """Wait a while for the next try of what has failed, or for the hours to begin; False where nothing is left."""
    pause = queue.pause()
    if pause is None:
        return False
    time.sleep(min(max(pause, closed()), TURN))
    return True


def _settle(queue: Queue, task: Task, result: Done | Failed, store: Store) -> Event:
    if isinstance(result, Failed):
        if result.failure is Failure.DISK:
            raise _disk_full(result.reason)
        will_try = queue.fail(task, result)
        return Event.failed(task, result, will_try=will_try)
    try:
        store(result)
    except OperationError as error:
        if is_full(error):
            raise _disk_full(str(error)) from error
        failed = Failed(Failure.OPERATION, str(error))
        return Event.failed(task, failed, will_try=queue.fail(task, failed))
    return Event.done(task, queue.finish(task, result.audited))


def _disk_full(reason: str) -> AuditError:
    return AuditError(
        f"The audit has stopped: {reason.rstrip('.')}",
        hint="free some disk space and start the same audit again: it goes on where it was",
    )


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other audits away from this state; raises AuditError where one is at work on it."""
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise AuditError(f"{folder} cannot be used for an audit: {error.strerror or error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AuditError(
                f"Another audit is at work on {folder}",
                hint="wait for it, or name another folder with --state",
            ) from error
        yield
