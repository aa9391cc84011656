"""Jobs in, their Outcomes out in the order in which they are done: several processes, a bounded number in flight."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack
from multiprocessing.context import BaseContext
from typing import Any

from provenance.audit.job import Job, Outcome, carry_out, given_up
from provenance.pipeline import Options

Open = Callable[[], AbstractContextManager[Options]]
_opened = ExitStack()  # of a process of the pool, until it ends
_options: list[Options] = []


def check_all(jobs: Sequence[Job], open_options: Open, processes: int) -> Iterator[Outcome]:
    """Yield the outcome of every job as soon as it is known; nothing of a job is kept after that.

    `open_options` can be pickled and gives each process its own. Judging is work for the processor, so threads would
    not help; with one process it is done in this one.
    """
    with open_options() as options:  # whatever is wrong with them is said before any work
        if processes <= 1:
            yield from (carry_out(job, options) for job in jobs)
            return
    waiting, suspects = list(reversed(jobs)), list[Job]()
    while waiting:
        yield from _until_broken(waiting, suspects, open_options, processes)
        while suspects:
            yield _alone(suspects.pop(), open_options)


def _until_broken(
    waiting: list[Job], suspects: list[Job], open_options: Open, processes: int
) -> Iterator[Outcome]:
    """Work through the jobs. Where a process dies, those that were in work become suspects, the rest stays waiting."""
    with _pool(open_options, min(processes, len(waiting))) as pool:
        running: dict[Future[Outcome], Job] = {}
        try:
            while waiting or running:
                while waiting and len(running) < 2 * processes:
                    future = pool.submit(_work, waiting[-1])
                    running[future] = waiting.pop()
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    outcome = future.result()
                    del running[future]
                    yield outcome
        except BrokenProcessPool:
            suspects += running.values()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _alone(job: Job, open_options: Open) -> Outcome:
    with _pool(open_options, 1) as pool:
        try:
            return pool.submit(_work, job).result()
        except BrokenProcessPool:
            return given_up(job)


def _pool(open_options: Open, processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, fresh_processes(), _start, (open_options,))


def fresh_processes() -> BaseContext:
    """Processes that share nothing with this one's threads, and where it can be had, the modules once loaded."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["provenance.audit"])
    return context  # type: ignore[no-any-return] # only its preload has no type


def _start(open_options: Open) -> None:
    """Make a process ready for its jobs; an interruption ends it without a word, after it has tidied up."""
    signal.signal(signal.SIGINT, lambda *_: sys.exit(128 + signal.SIGINT))
    logging.disable()  # what there is to say is part of an outcome
    _options.append(_opened.enter_context(open_options()))


def _work(job: Job) -> Outcome:
    return carry_out(job, _options[0])
