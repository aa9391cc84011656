"""A log that shows different histories at different times is caught by the newest checkpoint that was seen of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provenance.errors import BrokenLogError, ForkError, LogError, RollbackError
from provenance.log import LogFiles, SeenCheckpoints, Verifier, append, create
from tests.log.conftest import KEY, ORIGIN, MakeLog, entry

TRUSTED = [Verifier(ORIGIN, KEY.public_key)]


@pytest.fixture
def seen(tmp_path: Path) -> SeenCheckpoints:
    """What a user has seen: nothing yet."""
    return SeenCheckpoints(tmp_path / "seen")


def follow(seen: SeenCheckpoints, folder: Path) -> int:
    """Follow the log in a folder; returns how many entries it shows."""
    return seen.follow(LogFiles(folder).read, TRUSTED).size


def grow(folder: Path, *numbers: int) -> None:
    """Append some entries."""
    append(folder, [entry(number) for number in numbers], KEY)


def test_a_log_that_grows_is_followed(make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints) -> None:
    """Each time the newest checkpoint is remembered, for each log by its name."""
    make_log(5)
    assert seen.newest(ORIGIN) is None
    size = 5
    for larger in (6, 7, 301, 302):
        assert follow(seen, tmp_path / "log") == size
        assert seen.newest(ORIGIN) is not None
        grow(tmp_path / "log", *range(size, larger))
        size = larger
    assert follow(seen, tmp_path / "log") == 302
    assert seen.newest("other.example") is None


@pytest.mark.parametrize("grown", [0, 1, 400])
def test_a_fork_is_told(make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints, grown: int) -> None:
    """Another history, of the same size or a larger one, contradicts what was seen."""
    make_log(5)
    make_log(5 + grown, "fork", first=1)
    follow(seen, tmp_path / "log")
    with pytest.raises(ForkError, match=r"was forked: .*\(5 entries, root") as error:
        follow(seen, tmp_path / "fork")
    assert "keep both" in error.value.hint
    assert follow(seen, tmp_path / "log") == 5


def test_a_log_that_is_put_back_is_told(make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints) -> None:
    """An older state, honest as it was, hides what came after."""
    make_log(5)
    shutil.copytree(tmp_path / "log", tmp_path / "older")
    grow(tmp_path / "log", 5)
    follow(seen, tmp_path / "log")
    with pytest.raises(RollbackError, match="it shows 5 of the 6 entries seen before"):
        follow(seen, tmp_path / "older")


def test_files_that_are_not_the_trees_are_told(
    make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints
) -> None:
    """Damaged tiles are no fork: the log's key has signed nothing wrong."""
    make_log(5)
    tile = tmp_path / "log" / "tile" / "0" / "000.p" / "5"
    tile.write_bytes(tile.read_bytes()[:-1] + b"x")
    with pytest.raises(BrokenLogError, match="do not give the root") as error:
        follow(seen, tmp_path / "log")
    assert not isinstance(error.value, ForkError)
    tile.unlink()
    with pytest.raises(LogError, match=r"no file tile/0/000\.p/5"):
        follow(seen, tmp_path / "log")


def test_a_proofs_checkpoint_is_of_the_log_that_was_seen(
    make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints
) -> None:
    """Without the log's files only a checkpoint of the same size can be compared; with them, every one."""
    old = make_log(5).checkpoint
    forked = make_log(5, "fork", first=1).checkpoint
    grow(tmp_path / "log", 5)
    read = LogFiles(tmp_path / "log").read
    assert seen.agrees(old, TRUSTED)
    assert seen.newest(ORIGIN) is not None
    with pytest.raises(ForkError):
        seen.agrees(forked, TRUSTED)
    assert seen.agrees(old, TRUSTED, read)
    assert not seen.agrees(old, TRUSTED)
    assert not seen.agrees(forked, TRUSTED)
    with pytest.raises(ForkError):
        seen.agrees(forked, TRUSTED, read)


def test_a_log_older_than_a_proof_is_told(make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints) -> None:
    """The proof's checkpoint was signed, so the log had more entries once."""
    make_log(5)
    shutil.copytree(tmp_path / "log", tmp_path / "older")
    newer = append(tmp_path / "log", [entry(5)], KEY).checkpoint
    with pytest.raises(RollbackError, match="it shows 5 of the 6 entries that the proof is of"):
        seen.agrees(newer, TRUSTED, LogFiles(tmp_path / "older").read)


def test_a_proof_of_another_log_is_told(make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints) -> None:
    """The log that is at hand has to be the proof's."""
    make_log(1)
    other = create(tmp_path / "other", "other.example", KEY)
    with pytest.raises(BrokenLogError, match=r"The proof is of the log other\.example"):
        seen.agrees(other, TRUSTED, LogFiles(tmp_path / "log").read)


def test_what_was_seen_is_not_lost_unnoticed(
    make_log: MakeLog, tmp_path: Path, seen: SeenCheckpoints
) -> None:
    """A damaged memory is an error, not a first sight."""
    make_log(1)
    follow(seen, tmp_path / "log")
    (file,) = (tmp_path / "seen").iterdir()
    file.write_bytes(b"")
    with pytest.raises(LogError, match="cannot be read"):
        follow(seen, tmp_path / "log")
