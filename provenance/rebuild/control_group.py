"""Limits in, a control group of Linux that holds all processes of one build to them out, where one can be made.

For other users than root the kernel counts processes by itself (RLIMIT_NPROC, which the driver sets); root is exempt.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from provenance.errors import CageError

ROOT = Path("/sys/fs/cgroup")
JOIN = 'for file in "$@"; do shift; [ "$file" = -- ] && break; echo $$ > "$file" || exit 125; done; exec "$@"'


class ControlGroup:
    """A group with a most of processes and of memory (bytes); a context manager, which removes it.

    `enter` is the start of a command line that runs the rest of it inside.
    """

    def __init__(self, processes: int, memory: int) -> None:
        self._folders: list[Path] = []
        self._limits = (str(processes), str(memory))

    @property
    def enter(self) -> list[str]:
        """The words before a command that has to run in this group; none where there is no group."""
        files = [str(folder / "cgroup.procs") for folder in self._folders]
        return ["/bin/sh", "-c", JOIN, "sh", *files, "--"] if files else []

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            try:
                self._make()
            except OSError as error:
                self.__exit__()
                raise CageError(
                    f"As root a build's processes are held by a control group only, and none can be made: {error}",
                    hint="run it as another user, or let this one write to /sys/fs/cgroup",
                ) from error
        return self

    def __exit__(self, *error: object) -> None:
        for folder in self._folders:
            for _ in range(50):  # the last processes are gone a moment after they were killed
                with suppress(OSError):
                    folder.rmdir()
                if not folder.exists():
                    break
                time.sleep(0.02)

    def _make(self) -> None:
        processes, memory = self._limits
        name = f"provenance-{uuid.uuid4().hex[:12]}"
        if (ROOT / "cgroup.controllers").exists():
            files = {"pids.max": processes, "memory.max": memory, "memory.swap.max": "0"}
            self._add(ROOT / name, files)
        else:
            self._add(ROOT / "pids" / name, {"pids.max": processes})
            self._add(ROOT / "memory" / name, {"memory.limit_in_bytes": memory})

    def _add(self, folder: Path, limits: Mapping[str, str]) -> None:
        folder.mkdir()
        self._folders.append(folder)
        for name, value in limits.items():
            if name != "memory.swap.max" or (folder / name).exists():
                (folder / name).write_text(value)
