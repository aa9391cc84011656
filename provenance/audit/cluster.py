"""Tasks in, what came of them out: Dask's workers, on a cluster that runs already or on one for this audit alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

import dask
from distributed import Client, KilledWorker, LocalCluster

from provenance.audit.engine import Settled
from provenance.audit.task import Done, Equip, Equipment, Failed, Failure, Task, audit_release
from provenance.errors import AuditError

PER_THREAD = 2  # tasks, so that none waits for the coordinator
CONNECTING = 10.0  # seconds
_own = threading.local()


class DaskEngine:
    """The workers of the scheduler at an address, or `count` processes of a cluster that ends with this; a context."""

    def __init__(self, scheduler: str | None, count: int, equip: Equip) -> None:
        self._scheduler = scheduler
        self._count = count
        self._equip = equip
        self._opened = ExitStack()
        self._running: dict[Any, Task] = {}
        self._ended: SimpleQueue[Any] = SimpleQueue()

    def __enter__(self) -> Self:
        for name in [*logging.root.manager.loggerDict]:
            if name.partition(".")[0] == "distributed":  # what is lost is part of a result
                logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client = self._opened.enter_context(self._connected())
        except (OSError, TimeoutError, ValueError) as error:
            self._opened.close()
            raise AuditError(f"Dask's scheduler at {self._scheduler} cannot be reached: {error}") from error
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._opened.close()

    def _connected(self) -> Client:
        if self._scheduler:
            return Client(self._scheduler, timeout=CONNECTING, set_as_default=False)  # type: ignore[no-untyped-call]
        # what it is for nobody looks at here, and with it CPython 3.11 can hang where a thread starts (gh-106883)
        dask.config.set({"distributed.worker.profile.enabled": False})
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=self._count, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
        )
        return Client(self._opened.enter_context(cluster), set_as_default=False)  # type: ignore[no-untyped-call]

    @property
    def room(self) -> int:
        """Twice the threads that the cluster has now, less what it has to do."""
        with _reached():
            threads = sum(self._client.nthreads().values())
        return max(0, PER_THREAD * max(int(threads), 1) - len(self._running))

    def submit(self, task: Task) -> None:
        """Hand a task to the scheduler."""
        key = f"release-{task.id}-{task.attempt}"
        with _reached():
            future = self._client.submit(carry_out, self._equip, task, key=key, pure=True)
        self._running[future] = task
        future.add_done_callback(self._ended.put)

    def finished(self, timeout: float) -> list[Settled]:
        """Return the tasks that are done, and those that ended several workers."""
        if self._client.status != "running":
            raise _gone()
        futures = []
        try:
            futures.append(self._ended.get(timeout=timeout))
            while True:
                futures.append(self._ended.get_nowait())
        except Empty:
            return [self._settled(future) for future in futures]

    def _settled(self, future: Any) -> Settled:
        task = self._running.pop(future)
        if future.cancelled():
            return task, Failed(Failure.CRASH, "the cluster gave it up")
        error = future.exception()
        if isinstance(error, KilledWorker):
            return task, Failed(Failure.CRASH, "several workers that checked it ended without an answer")
        if error is not None:
            return task, Failed(Failure.OPERATION, f"a worker could not begin: {error}")
        return task, future.result()


@contextmanager
def _reached() -> Iterator[None]:
    """Say what it means when nobody answers."""
    try:
        yield
    except (OSError, TimeoutError) as error:
        raise _gone() from error


def _gone() -> AuditError:
    return AuditError(
        "Dask's scheduler is gone",
        hint="start the same audit again when it is back: it goes on where it was",
    )


def carry_out(equip: Equip, task: Task) -> Done | Failed:
    """Carry out one task in a worker's thread, which keeps its equipment for the next."""
    return audit_release(task, _equipment(equip))


def _equipment(equip: Equip) -> Equipment:
    if getattr(_own, "equip", None) != repr(equip):
        stack = ExitStack()
        _own.equipment, _own.stack, _own.equip = stack.enter_context(equip()), stack, repr(equip)
    found: Equipment = _own.equipment
    return found
