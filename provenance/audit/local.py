"""Tasks in, what came of them out: worker processes on this machine, each replaced when it ends or grows too large."""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, cast

from provenance.audit.concurrent import fresh_processes
from provenance.audit.engine import Settled
from provenance.audit.task import Done, Equip, Failed, Failure, Task, audit_release

MOST_BYTES = 1 << 30  # that a process may have held before it gets no further task
MOST_TASKS = 1_000  # of one process, so that whatever it gathers is bounded
ENDING = 5.0  # seconds that a process has to end by itself


@dataclass
class Worker:
    """One process, its end of a pipe, and the task that it works on until the deadline."""

    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    deadline: float = 0.0
    done: int = 0


class LocalEngine:
    """So many processes, each with one task at a time and `seconds` for it; a context manager."""

    def __init__(self, count: int, equip: Equip, seconds: float) -> None:
        self._count = count
        self._equip = equip
        self._seconds = seconds
        self._workers: list[Worker] = []
        self._context: Any = fresh_processes()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        for worker in self._workers:
            worker.pipe.close()
            if worker.task is not None:
                worker.process.kill()
        for worker in self._workers:
            _end(worker)

    @property
    def room(self) -> int:
        """How many processes are idle, or not there yet."""
        return self._count - sum(worker.task is not None for worker in self._workers)

    def submit(self, task: Task) -> None:
        """Give a task to an idle process."""
        worker = next((each for each in self._workers if each.task is None), None) or self._start()
        worker.task, worker.deadline = task, time.monotonic() + self._seconds
        try:
            worker.pipe.send(task)
        except OSError:  # it has ended; that is found out when its pipe is read
            return

    def finished(self, timeout: float) -> list[Settled]:
        """Return the tasks that are done, those whose process has ended, and those that took too long."""
        busy = {worker.pipe: (worker, worker.task) for worker in self._workers if worker.task is not None}
        if not busy:
            time.sleep(timeout)
            return []
        left = min(worker.deadline for worker, _ in busy.values()) - time.monotonic()
        ready = connection.wait(list(busy), max(0.0, min(timeout, left)))
        settled = [self._settled(*busy.pop(cast(Connection, pipe))) for pipe in ready]
        late = [each for each in busy.values() if each[0].deadline < time.monotonic()]
        return [*settled, *(self._stopped(*each) for each in late)]

    def _start(self) -> Worker:
        own, other = self._context.Pipe()
        process = self._context.Process(target=_work, args=(other, self._equip), daemon=True)
        process.start()
        other.close()
        worker = Worker(process, own)
        self._workers.append(worker)
        return worker

    def _settled(self, worker: Worker, task: Task) -> Settled:
        try:
            result, held = worker.pipe.recv()
        except Exception:  # a process that is killed may leave half a message
            self._remove(worker)
            return task, Failed(Failure.CRASH, _ended(worker.process))
        worker.task = None
        worker.done += 1
        if held > MOST_BYTES or worker.done >= MOST_TASKS:
            self._remove(worker)
        return task, result

    def _stopped(self, worker: Worker, task: Task) -> Settled:
        worker.process.kill()
        self._remove(worker)
        return task, Failed(Failure.TIME, f"it was not done after {self._seconds:,.0f} seconds")

    def _remove(self, worker: Worker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        _end(worker)


def _end(worker: Worker) -> None:
    worker.process.join(ENDING)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _ended(process: BaseProcess) -> str:
    code = process.exitcode
    how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
    return f"the process that checked it ended {how}; it may have needed too much memory"


def _work(pipe: Connection, equip: Equip) -> None:
    """Carry out tasks until the pipe is closed; end at once when the process at its other end does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()
    logging.disable()  # what there is to say is part of a result
    with suppress(EOFError, OSError), equip() as equipment:  # the audit has ended
        while True:
            task: Task = pipe.recv()
            result: Done | Failed = audit_release(task, equipment)
            pipe.send((result, _held()))


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _held() -> int:
    """The most bytes that this process has held at one time."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
