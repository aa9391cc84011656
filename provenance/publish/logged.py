"""A log's folder in, its public copy out: who reads it meanwhile sees a whole log, as the checkpoint is copied last."""

from __future__ import annotations

from pathlib import Path

from provenance.log import LogFiles, SeenCheckpoints, Verifier
from provenance.log.files import CHECKPOINT, LOCAL
from provenance.store import put


def copy_log(log: LogFiles, verifier: Verifier, target: Path, seen: Path) -> int:
    """Copy the files that the copy does not have yet, and return how many.

    `seen` keeps the newest checkpoint that was published. Raises LogError where the log cannot be read, and
    BrokenLogError where it is not signed by this key, was put back, or does not go on from what was published.
    """
    checkpoint = SeenCheckpoints(seen).follow(log.read, [verifier])
    copied = 0
    for path in sorted(log.folder.rglob("*")):
        name = path.relative_to(log.folder)
        if path.is_file() and name.parts[0] != LOCAL and name.name != CHECKPOINT:
            copied += _copy(log.read(name.as_posix()) or b"", target / name)
    return copied + _copy(checkpoint.note, target / CHECKPOINT)


def _copy(content: bytes, file: Path) -> bool:
    if file.is_file() and file.read_bytes() == content:
        return False
    put(file, content)
    return True
