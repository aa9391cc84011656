"""A log's folder in, its public copy out: what was read before never breaks, as the checkpoint is copied last."""

from __future__ import annotations

from pathlib import Path

from provenance.errors import LogError
from provenance.log import CHECKPOINT, LogFiles
from provenance.store import put


def copy_log(log: LogFiles, target: Path) -> int:
    """Copy the files that the copy does not have yet, and return how many; raises LogError without a log."""
    checkpoint = log.read(CHECKPOINT)
    if checkpoint is None:
        raise LogError(f"There is no log in {log.folder}")
    copied = 0
    tiles = sorted(path for path in (log.folder / "tile").rglob("*") if path.is_file())
    for name, content in [
        *((path.relative_to(log.folder), None) for path in tiles),
        (Path(CHECKPOINT), checkpoint),
    ]:
        content = content if content is not None else log.read(name.as_posix()) or b""
        if not (target / name).is_file() or (target / name).read_bytes() != content:
            put(target / name, content)
            copied += 1
    return copied
