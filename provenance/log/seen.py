"""A log's checkpoint in; an error out where it contradicts the newest one that this user has seen of that log."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from provenance.errors import BrokenLogError, ForkError, LogError, RollbackError
from provenance.log.checkpoint import Checkpoint, TreeHead, claimed_head, open_checkpoint
from provenance.log.files import CHECKPOINT
from provenance.log.merkle import is_consistent
from provenance.log.note import Verifier
from provenance.log.tiles import Read, Tree


class SeenCheckpoints:
    """The newest checkpoint that was seen of every log: one signed note per origin, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest(self, origin: str) -> TreeHead | None:
        """Return the newest checkpoint seen of a log, None before the first; raises LogError."""
        file = self._file(origin)
        try:
            return claimed_head(file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, BrokenLogError) as error:
            raise LogError(f"What was seen of the log {origin} cannot be read: {file}: {error}") from error

    def follow(self, read: Read, trusted: Iterable[Verifier]) -> Checkpoint:
        """Return the checkpoint that a log shows, and remember it as the newest one seen.

        Raises BrokenLogError where its signature or root does not hold, RollbackError where it is older than the
        newest one seen, ForkError where it contradicts that one, LogError where the log cannot be read.
        """
        origin = claimed_head(_checkpoint(read)).origin
        seen = self.newest(origin)
        current = open_checkpoint(_checkpoint(read), trusted)  # read after `seen`: the log may grow meanwhile
        if seen is not None and current.size < seen.size:
            raise RollbackError(
                f"The log {origin} was put back: it shows {current.size} of the {seen.size} entries seen before"
            )
        tree = Tree(read, current.size)
        if tree.root() != current.root:
            raise BrokenLogError(
                f"The tiles of the log {origin} do not give the root that its checkpoint states"
            )
        if seen is not None:
            _check_consistent(seen, current, tree)
        if seen is None or current.size > seen.size:
            self._remember(current)
        return current

    def agrees(self, proven: Checkpoint, trusted: Iterable[Verifier], read: Read | None = None) -> bool:
        """Whether a proof's checkpoint is of the log that was seen; False where its files would be needed to tell.

        With the log's files (`read`), the log is followed first. Before anything was seen of a log, the checkpoint is
        remembered and agrees. Raises as `follow` does, and RollbackError where the log is older than the proof.
        """
        if read is None:
            seen = self.newest(proven.origin)
            if seen is None:
                self._remember(proven)
            elif seen.size == proven.size:
                _check_consistent(seen, proven, None)
            return seen is None or seen.size == proven.size
        current = self.follow(read, trusted)
        if current.origin != proven.origin:
            raise BrokenLogError(f"The proof is of the log {proven.origin}, and this is {current.origin}")
        if current.size < proven.size:
            raise RollbackError(
                f"The log {current.origin} was put back: "
                f"it shows {current.size} of the {proven.size} entries that the proof is of"
            )
        _check_consistent(proven, current, Tree(read, current.size))
        return True

    def _remember(self, checkpoint: Checkpoint) -> None:
        file = self._file(checkpoint.origin)
        temporary = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".incoming-", delete=False) as incoming:
                temporary = Path(incoming.name)
                incoming.write(checkpoint.note)
            temporary.replace(file)
        except OSError as error:
            raise LogError(f"What was seen of a log cannot be kept in {file}: {error.strerror}") from error
        finally:
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink()

    def _file(self, origin: str) -> Path:
        return self.folder / f"{quote(origin, safe='')}.checkpoint"


def _checkpoint(read: Read) -> bytes:
    if (content := read(CHECKPOINT)) is None:
        raise LogError("There is no log: the file `checkpoint` is missing")
    return content


def _check_consistent(first: TreeHead, second: TreeHead, tree: Tree | None) -> None:
    """Raise ForkError where the second tree does not begin with the first; for trees of one size no file is read."""
    path = tree.consistency(first.size) if tree is not None else []
    if not is_consistent(first.size, second.size, path, first.root, second.root):
        raise ForkError(
            f"The log {second.origin} was forked: its key signed two histories that cannot both be true "
            f"({first}; {second})",
            hint="keep both checkpoints: together they prove it, and nothing in this log is anchored any more",
        )
