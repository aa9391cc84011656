"""A command in, what it printed, its seconds and the most memory that it held out.

The kernel takes what the starting process held for the first figure of the one that it starts, so that a small process
stands between them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TIME_LIMIT = 300  # seconds
BETWEEN = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.call(sys.argv[2:], stderr=subprocess.DEVNULL)
seconds, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
json.dump([code, seconds, used.ru_maxrss * 1024 / 1e6], open(sys.argv[1], "w"))
"""


class NoAnswerError(Exception):
    """A command failed, or took longer than the limit."""


@dataclass(frozen=True)
class Run:
    """One process that has ended; `megabytes` are 10^6 bytes of resident memory at its peak (Linux's `ru_maxrss`)."""

    code: int
    output: bytes
    seconds: float
    megabytes: float


def measured(words: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command to its end. Raises NoAnswerError after the limit."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder, "figures")
        between = [sys.executable, "-S", "-c", BETWEEN, str(figures), *words]
        process = subprocess.Popen(between, env=environment, stdout=subprocess.PIPE, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise NoAnswerError from error
        code, seconds, megabytes = json.loads(figures.read_text())
    return Run(code, output, seconds, megabytes)
