"""What a log holds after appends, interrupted ones too: read back by a reader that was written independently."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import BrokenLogError, LogError
from provenance.log import LogFiles, Tree, append, create
from provenance.log.checkpoint import read_head
from tests.log.conftest import KEY, ORIGIN, Key, MakeLog, entry
from tests.log.independent import check_tiles, read_checkpoint, read_entries, tree_hash


class FailingKey(Key):
    """A key whose device breaks off after it has signed so many times; it remembers all that it signed."""

    def __init__(self, signs: int) -> None:
        super().__init__()
        self.left = signs
        self.signed: list[str] = []

    def sign(self, message: bytes) -> bytes:
        """Sign, and do not return when the time has come."""
        self.signed.append(message.decode())
        self.left -= 1
        if self.left < 0:
            raise ConnectionError
        return super().sign(message)


def read_back(folder: Path) -> list[bytes]:
    """Every entry, after signature, root and every tile were compared by the independent reader."""
    size, root = read_checkpoint(folder, ORIGIN, KEY.public_key)
    entries = read_entries(folder, size)
    assert tree_hash(entries) == root
    check_tiles(folder, entries)
    return entries


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 600, 70_000])
def test_an_independent_reader_finds_every_entry(make_log: MakeLog, tmp_path: Path, size: int) -> None:
    """One append of many entries, up to a log with tiles on three levels."""
    made = make_log(size)
    assert made.indexes == tuple(range(size))
    assert read_back(tmp_path / "log") == [entry(number) for number in range(size)]


def test_many_appends_make_the_log_that_one_does(make_log: MakeLog, tmp_path: Path) -> None:
    """However 600 entries come in, the published files that a client may ask for are the same."""
    at_once = make_log(600)
    create(tmp_path / "other", ORIGIN, KEY)
    begin = 0
    for step in (1, 1, 3, 250, 1, 1, 200, 55, 88):
        last = append(tmp_path / "other", [entry(number) for number in range(begin, begin + step)], KEY)
        assert last.indexes == tuple(range(begin, begin + step))
        assert read_back(tmp_path / "other") == [entry(number) for number in range(begin + step)]
        begin += step
    assert last.checkpoint == at_once.checkpoint


def test_an_entry_that_is_there_keeps_its_index(make_log: MakeLog, tmp_path: Path) -> None:
    """Appended again, alone, beside new ones or twice at once, it is not added."""
    made = make_log(3)
    again = append(tmp_path / "log", [entry(1)], KEY)
    assert (again.indexes, again.checkpoint) == ((1,), made.checkpoint)
    mixed = append(tmp_path / "log", [entry(9), entry(2), entry(9), entry(0)], KEY)
    assert mixed.indexes == (3, 2, 3, 0)
    assert read_back(tmp_path / "log") == [entry(0), entry(1), entry(2), entry(9)]


@pytest.mark.parametrize("damage", ["remove", "overwrite"])
def test_without_its_own_notes_a_log_knows_its_entries(
    make_log: MakeLog, tmp_path: Path, damage: str
) -> None:
    """A copy of the static files alone, or a damaged database, is enough to go on."""
    make_log(700)
    if damage == "remove":
        shutil.rmtree(tmp_path / "log" / ".local")
    else:
        (tmp_path / "log" / ".local" / "positions.sqlite").write_bytes(b"no database" * 1000)
    assert append(tmp_path / "log", [entry(699), entry(700), entry(256)], KEY).indexes == (699, 700, 256)


def test_an_append_that_broke_off_while_signing_is_continued(make_log: MakeLog, tmp_path: Path) -> None:
    """What was going to be published is published first: no two trees of one size are ever signed."""
    make_log(255)
    key = FailingKey(0)
    with pytest.raises(ConnectionError):
        append(tmp_path / "log", [entry(1000), entry(1001)], key)
    assert read_back(tmp_path / "log") == [entry(number) for number in range(255)]
    key.left = 10
    assert append(tmp_path / "log", [entry(2000)], key).indexes == (257,)
    assert read_back(tmp_path / "log")[255:] == [entry(1000), entry(1001), entry(2000)]
    heads = {read_head(text) for text in key.signed}
    assert sorted(head.size for head in heads) == [257, 258]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 1)), min_size=1, max_size=8))
def test_no_order_of_interrupted_appends_forks_a_log(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    """Appends of any size, some broken off: every tree that was ever signed begins the log."""
    folder = tmp_path_factory.mktemp("log")
    key = FailingKey(1)
    create(folder, ORIGIN, key)
    number = 0
    for size, breaks in steps:
        key.left = 0 if breaks else 2
        batch = [entry(next_number) for next_number in range(number, number + size)]
        number += size
        try:
            append(folder, batch, key)
        except ConnectionError:
            continue
        assert read_back(folder)[-size:] == batch
    key.left = 2
    append(folder, [], key)
    entries = read_back(folder)
    for head in map(read_head, key.signed):
        assert tree_hash(entries[: head.size]) == head.root


def test_what_a_killed_append_left_is_not_served_as_the_logs(make_log: MakeLog, tmp_path: Path) -> None:
    """Files of a larger tree that was never published give way to those of the published one."""
    make_log(10)
    tiles = tmp_path / "log" / "tile"
    for left in ("0/000", "0/000.p/200", "0/000.p/12", "entries/000", "entries/000.p/200", "0/001.p/1"):
        (tiles / left).parent.mkdir(parents=True, exist_ok=True)
        (tiles / left).write_bytes(b"never published")
    append(tmp_path / "log", [entry(10)], KEY)
    assert not [path for path in tiles.rglob("*/000*/*") if path.name in ("200", "12")]
    assert not (tiles / "0" / "000").exists()
    assert not (tiles / "entries" / "000").exists()
    append(tmp_path / "log", [entry(number) for number in range(11, 258)], KEY)
    assert read_back(tmp_path / "log") == [entry(number) for number in range(258)]


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "checkpoint"])
def test_a_damaged_log_is_not_continued(make_log: MakeLog, tmp_path: Path, path: str) -> None:
    """A changed byte in what an append builds on stops it, and nothing is written."""
    make_log(300)
    file = tmp_path / "log" / path
    content = bytearray(file.read_bytes())
    content[-10] ^= 1
    file.write_bytes(content)
    before = sorted((tmp_path / "log" / "tile").rglob("*"))
    with pytest.raises(BrokenLogError):
        append(tmp_path / "log", [entry(300)], KEY)
    assert sorted((tmp_path / "log" / "tile").rglob("*")) == before


def test_a_log_that_was_put_back_is_not_forked(make_log: MakeLog, tmp_path: Path) -> None:
    """Older files under the notes of a newer log: to append to them would make two histories."""
    make_log(10)
    shutil.copytree(tmp_path / "log", tmp_path / "older", ignore=shutil.ignore_patterns(".local"))
    append(tmp_path / "log", [entry(10)], KEY)
    shutil.copytree(tmp_path / "log" / ".local", tmp_path / "older" / ".local")
    with pytest.raises(LogError):
        append(tmp_path / "older", [entry(11)], KEY)


def test_a_log_is_continued_with_its_own_key_alone(make_log: MakeLog, tmp_path: Path) -> None:
    """Another key cannot append."""
    make_log(1)
    with pytest.raises(BrokenLogError, match="There is no signature by") as error:
        append(tmp_path / "log", [entry(1)], Key("another"))
    assert "the key that it was begun with" in error.value.hint


def test_a_log_is_begun_once(make_log: MakeLog, tmp_path: Path) -> None:
    """A log is not begun over another, nor where one has lost its checkpoint, and not appended to before."""
    make_log(1)
    (tmp_path / "lost" / "tile").mkdir(parents=True)
    for folder in ("log", "lost"):
        with pytest.raises(LogError, match=r"There is a log in .* already"):
            create(tmp_path / folder, ORIGIN, KEY)
    with pytest.raises(LogError, match="There is no log in"):
        append(tmp_path / "none", [b""], KEY)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\nb"])
def test_an_origin_can_be_the_name_of_a_key(tmp_path: Path, origin: str) -> None:
    """No empty name, no space, no plus sign, no other line."""
    with pytest.raises(LogError, match="cannot be the name"):
        create(tmp_path, origin, KEY)


def test_an_entry_that_is_too_long_changes_nothing(make_log: MakeLog, tmp_path: Path) -> None:
    """65,535 bytes is the longest entry of the format."""
    make_log(1)
    with pytest.raises(LogError, match="no more than 65535 bytes"):
        append(tmp_path / "log", [b"a", b"b" * 65536], KEY)
    assert read_back(tmp_path / "log") == [entry(0)]


def test_a_proof_reads_few_files(make_log: MakeLog, tmp_path: Path) -> None:
    """Inclusion in a log of 70,000 entries needs two tiles of each of its three levels at most."""
    made = make_log(70_000)
    read = LogFiles(tmp_path / "log").read
    for index in (0, 300, 65_535, 65_536, 69_900, 69_999):
        paths: list[str] = []
        Tree(lambda path, paths=paths: paths.append(path) or read(path), made.checkpoint.size).inclusion(
            index
        )
        assert len(paths) <= 6
