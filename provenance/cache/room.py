"""A cache's folder in, what stands there and how large it is out; what was used longest ago makes room for more."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

INCOMING = ".incoming-"
KINDS = ("artifacts", "answers", "repositories")
MOST_BYTES = 5_000_000_000
IN_USE = 600.0  # seconds since its last use that a check may still be reading a file
LEFT_BEHIND = 3600.0  # seconds since the last byte came after which an incoming file's process is dead


@dataclass(frozen=True)
class Unit:
    """What is removed as one: a file, or all that is kept of a repository. `used` is in seconds since 1970."""

    path: Path
    kind: str
    size: int
    used: float

    @property
    def is_left_behind(self) -> bool:
        """Whether a process that was killed left it half written."""
        return self.path.name.startswith(INCOMING) and time.time() - self.used > LEFT_BEHIND


def units(folder: Path) -> Iterator[Unit]:
    """Yield everything in a cache."""
    for kind in KINDS:
        for path in (folder / kind).glob("**/*"):
            with suppress(OSError):  # it was removed in this moment
                found = path.stat()
                if kind == "repositories" and path.is_dir():
                    yield Unit(path, kind, _size(path), found.st_mtime)
                elif path.is_file() and (kind != "repositories" or path.name.startswith(INCOMING)):
                    yield Unit(path, kind, found.st_size, found.st_mtime)


def make_room(folder: Path, most_bytes: int) -> list[Unit]:
    """Remove what killed processes left, then what was used longest ago until the rest fits; return what was removed.

    What was used within the last minutes stays.
    """
    found = sorted(units(folder), key=lambda unit: unit.used)
    removed = [unit for unit in found if unit.is_left_behind]
    size = sum(unit.size for unit in found) - sum(unit.size for unit in removed)
    for unit in found:
        if size <= most_bytes or time.time() - unit.used < IN_USE:
            break
        if not unit.is_left_behind:
            removed.append(unit)
            size -= unit.size
    return [unit for unit in removed if _remove(unit)]


def clear(folder: Path) -> list[Unit]:
    """Remove everything; return what it was."""
    return [unit for unit in units(folder) if _remove(unit)]


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.iterdir() if not each.name.startswith(INCOMING))


def _remove(unit: Unit) -> bool:
    try:
        shutil.rmtree(unit.path) if unit.path.is_dir() else unit.path.unlink()
    except OSError:  # another process was faster, or writes there again
        return False
    return True
