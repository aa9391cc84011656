"""What a cache gives out again: in, files that are whole, changed, too many; out, only what is as it was."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.command import Outcome
from provenance.cache import Cache
from provenance.cache.room import IN_USE, make_room, units
from tests.conftest import Run

CONTENT = b"def greet():\n    return 'hello'\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """An empty cache."""
    return Cache(tmp_path / "cache")


def keep(cache: Cache, content: bytes = CONTENT) -> Path:
    """Put an artifact into a cache."""
    with cache.incoming() as file:
        file.write(content)
        return cache.keep(file, hashlib.sha256(content).hexdigest())


def use(path: Path, seconds_ago: float) -> None:
    """Have a file last used some time ago."""
    moment = path.stat().st_mtime - seconds_ago
    os.utime(path, (moment, moment))


def test_an_artifact_is_found_by_its_digest(cache: Cache) -> None:
    """And nothing is found by another one."""
    path = keep(cache)
    assert cache.find(DIGEST) == path
    assert cache.find("0" * 64) is None


def test_a_changed_artifact_is_removed(cache: Cache) -> None:
    """It is as if it had never been there, so that it is fetched again."""
    path = keep(cache)
    path.write_bytes(CONTENT[:-1])
    assert cache.find(DIGEST) is None
    assert not path.exists()


def test_a_digest_that_is_a_path_leads_nowhere(cache: Cache, tmp_path: Path) -> None:
    """An index may call a digest what it likes; no file of the user's is read or removed for it."""
    own = tmp_path / "own.txt"
    own.write_text("mine")
    assert cache.find(f"../../../{own.name}") is None
    assert own.exists()


def test_what_was_written_is_read_again(cache: Cache) -> None:
    """Under its name alone."""
    cache.write("answers", "one", content=CONTENT)
    assert cache.read("answers", "one") == CONTENT
    assert cache.read("answers", "two") is None


@pytest.mark.parametrize("place", [0, 31, 32, -1], ids=["seal", "seal's end", "content", "content's end"])
def test_a_changed_byte_is_noticed(cache: Cache, tmp_path: Path, place: int) -> None:
    """Wherever it is."""
    cache.write("answers", "one", content=CONTENT)
    path = tmp_path / "cache/answers/one"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert cache.read("answers", "one") is None
    assert not path.exists()


def test_an_incoming_file_that_is_not_kept_is_gone(cache: Cache, tmp_path: Path) -> None:
    """As when a download fails."""
    with cache.incoming() as file:
        file.write(CONTENT)
    assert list(units(tmp_path / "cache")) == []


def test_what_was_used_longest_ago_makes_room(cache: Cache, tmp_path: Path) -> None:
    """Reading is a use."""
    old, read, new = (keep(cache, name * 1000) for name in (b"a", b"b", b"c"))
    for path, days in ((old, 3), (read, 4), (new, 2)):
        use(path, days * 86_400)
    assert cache.find(read.name) == read
    assert [unit.path for unit in make_room(tmp_path / "cache", 2500)] == [old]
    assert read.exists()
    assert new.exists()


def test_a_repository_is_removed_as_one(cache: Cache, tmp_path: Path) -> None:
    """Its packs rely on each other."""
    for name in ("one.pack", "two.pack"):
        cache.write("repositories", "plume", name, content=CONTENT * 100)
    folder = tmp_path / "cache/repositories/plume"
    use(folder, 86_400)
    assert [unit.path for unit in make_room(tmp_path / "cache", 4000)] == [folder]
    assert not folder.exists()


def test_what_is_in_use_stays(cache: Cache, tmp_path: Path) -> None:
    """However small the cache may be."""
    path = keep(cache)
    use(path, IN_USE / 2)
    assert make_room(tmp_path / "cache", 0) == []
    assert path.exists()


def test_a_cache_makes_room_by_itself(tmp_path: Path) -> None:
    """When a process adds its first file, and again when it has added a part of the bound."""
    small = Cache(tmp_path / "cache", most_bytes=10_000)
    first = keep(small, b"a" * 9_000)
    use(first, 86_400)
    keep(small, b"b" * 9_000)
    assert not first.exists()


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """And stops nothing but a download."""
    (tmp_path / "cache").write_text("a file")
    cache = Cache(tmp_path / "cache")
    cache.write("answers", "one", content=CONTENT)
    assert cache.read("answers", "one") is None


def test_the_command_says_what_is_there_and_removes_it(cache: Cache, tmp_path: Path, run: Run) -> None:
    """`info` counts, `prune` leaves what fits, `clear` nothing."""
    use(keep(cache, b"a" * 3_000), 86_400)
    cache.write("answers", "one", content=b"b" * 500)
    assert lines(run("cache", "info"))[1:] == [
        f"1 artifacts 3 kB the oldest last used on {days_ago(1)}",
        f"1 answers of indexes 532 B the oldest last used on {days_ago(0)}",
    ]
    assert run("cache", "prune", "--size", "1kB").stdout == "removed 1 entry, 3 kB\n"
    assert run("cache", "prune", "--size", "1kB").stdout == "removed 0 entries, 0 B\n"
    assert run("cache", "clear").stdout == "removed 1 entry, 532 B\n"
    assert lines(run("cache", "info")) == [f"{tmp_path / 'cache'}: 0 B of 5.0 GB"]


def test_a_size_that_is_none_is_refused(run: Run) -> None:
    """With an example of one."""
    outcome = run("cache", "prune", "--size", "much")
    assert outcome.code == 2
    assert "500MB" in outcome.stderr


def lines(outcome: Outcome) -> list[str]:
    """What was printed, without the space that columns take."""
    return [" ".join(line.split()) for line in outcome.stdout.splitlines()]


def days_ago(days: int) -> str:
    """A day as the command names it."""
    return f"{datetime.now(UTC) - timedelta(days):%Y-%m-%d}"
