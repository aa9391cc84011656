"""An audit computes a log again from its entries, and names every file that does not hold."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from provenance.errors import BrokenLogError
from provenance.log import Entry, LogFiles, LoggedArtifact, TreeHead, append, audit, create, read_entry
from provenance.model import Verdict
from tests.log.conftest import KEY, ORIGIN

SIZE = 600


def entry(number: int) -> bytes:
    """An entry as reports make them."""
    digest = hashlib.sha256(b"%d" % number).hexdigest()
    return bytes(
        Entry(
            purl=f"pkg:pypi/plume@{number}",
            artifact=LoggedArtifact(filename=f"plume-{number}.tar.gz", sha256=digest),
            verdict=Verdict.MATCH,
            predicate=digest,
            envelope=digest,
        )
    )


@pytest.fixture
def head(tmp_path: Path) -> TreeHead:
    """The head of a log of 600 entries, in `tmp_path / "log"`."""
    create(tmp_path / "log", ORIGIN, KEY)
    return append(tmp_path / "log", [entry(number) for number in range(SIZE)], KEY).checkpoint


def audited(tmp_path: Path, head: TreeHead) -> list[str]:
    """What an audit says."""
    return list(audit(LogFiles(tmp_path / "log").read, head))


def change(tmp_path: Path, path: str, place: int) -> None:
    """Change one bit of a file."""
    file = tmp_path / "log" / path
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def test_nothing_is_wrong_with_a_log_that_is_whole(tmp_path: Path, head: TreeHead) -> None:
    """Its last bundle is partial, and its tiles are on two levels."""
    assert audited(tmp_path, head) == []


@pytest.mark.parametrize(
    ("path", "place", "said"),
    [
        ("tile/0/001", 32 * 3, "tile/0/001 does not hold: it has another hash for entry 259"),
        ("tile/0/002.p/88", 0, "tile/0/002.p/88 does not hold: it has another hash for entry 512"),
        ("tile/1/000.p/2", 32, "tile/1/000.p/2 does not hold: it has another hash for tile 1 of level 0"),
    ],
)
def test_a_changed_tile_is_named(tmp_path: Path, head: TreeHead, path: str, place: int, said: str) -> None:
    """Nothing else is: the root follows from the entries."""
    change(tmp_path, path, place)
    assert audited(tmp_path, head) == [said]


def test_a_changed_entry_is_named(tmp_path: Path, head: TreeHead) -> None:
    """It is no canonical entry any more, the tiles have another hash, and so has the checkpoint."""
    change(tmp_path, "tile/entries/001", len(entry(256)) + 2 + 2 + 3)
    form, tile, above, root = audited(tmp_path, head)
    assert form.startswith("entry 257 in tile/entries/001: It is not")
    assert tile == "tile/0/001 does not hold: it has another hash for entry 257"
    assert above.startswith("tile/1/000.p/2 does not hold")
    assert root.startswith("checkpoint: its root is ")


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/0/000", "tile/1/000.p/2"])
def test_a_missing_file_is_named(tmp_path: Path, head: TreeHead, path: str) -> None:
    """The log cannot be computed without its entries; a tile is missed all the same."""
    (tmp_path / "log" / path).unlink()
    first, *others = audited(tmp_path, head)
    assert first == f"The log has no file {path}"
    assert bool(others) == ("entries" in path)


def test_another_root_is_named(tmp_path: Path, head: TreeHead) -> None:
    """A checkpoint of other entries."""
    (said,) = audited(tmp_path, TreeHead(ORIGIN, SIZE, hashlib.sha256().digest()))
    assert (
        said
        == f"checkpoint: its root is {hashlib.sha256().hexdigest()}, and that of the entries {head.root.hex()}"
    )


def test_an_entry_is_what_was_written() -> None:
    """It reads as it was, and in its canonical form alone."""
    written = entry(1)
    assert bytes(read_entry(written)) == written
    assert len(written) < 500
    for wrong in (
        written + b" ",
        written.replace(b",", b", ", 1),
        b"{}",
        b"[",
        b"\xff",
        written[:-1] + b',"x":1}',
    ):
        with pytest.raises(BrokenLogError):
            read_entry(wrong)
