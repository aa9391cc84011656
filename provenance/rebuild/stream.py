"""A running process in, what it wrote out, as far as limits of time and size allow."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, cast

CHUNK = 1 << 16


@dataclass(frozen=True)
class Streams:
    """Standard output as far as it was read, the end of standard error as text, and which limit cut it off."""

    output: bytes
    log: str
    is_late: bool
    is_too_long: bool


def read_streams(process: subprocess.Popen[bytes], seconds: float, most: int, most_log: int) -> Streams:
    """Read both streams to their end, or kill the process at a limit; of the log only the end is kept."""
    output, log = bytearray(), bytearray()
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            selector.register(cast(IO[bytes], stream), selectors.EVENT_READ)
        while selector.get_map() and len(output) <= most and (left := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                chunk = cast(IO[bytes], key.fileobj).read1(CHUNK)  # type: ignore[attr-defined]
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    output += chunk
                else:
                    log += chunk
                    del log[:-most_log]
    is_late, is_too_long = time.monotonic() >= deadline, len(output) > most
    if is_late or is_too_long:
        end(process)
    process.wait()
    return Streams(bytes(output), log.decode(errors="replace"), is_late, is_too_long)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a group of its own, with all of the group that is left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
