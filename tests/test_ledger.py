"""The ledger: in, what tags name over time; out, all of it, whoever else writes at the same moment."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance.errors import LedgerError
from provenance.ledger import Ledger

REPOSITORY = "https://git.example/owner/name"
FIRST = datetime(2025, 3, 1, 12, tzinfo=UTC)
ONE, OTHER = "1" * 40, "2" * 40


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data" / "tags.sqlite")


def named(ledger: Ledger, repository: str = REPOSITORY) -> list[tuple[str, str]]:
    return [(row.tag, row.commit) for row in ledger.tags(repository)]


def test_a_new_ledger_is_empty(ledger: Ledger) -> None:
    assert ledger.tags(REPOSITORY) == ()


def test_the_day_that_a_tag_was_first_seen_stays(ledger: Ledger) -> None:
    ledger.remember(REPOSITORY, "v1.0", ONE, FIRST)
    ledger.remember(REPOSITORY, "v1.0", ONE, FIRST + timedelta(days=9))
    assert [row.first_seen for row in ledger.tags(REPOSITORY)] == [FIRST]


def test_a_moved_tag_is_kept_with_both_commits_in_their_order(ledger: Ledger) -> None:
    ledger.remember(REPOSITORY, "v1.0", OTHER, FIRST)
    ledger.remember(REPOSITORY, "v1.0", ONE, FIRST + timedelta(days=1))
    assert named(ledger) == [("v1.0", OTHER), ("v1.0", ONE)]


def test_repositories_are_told_apart(ledger: Ledger) -> None:
    ledger.remember(REPOSITORY, "v1.0", ONE, FIRST)
    assert named(ledger, "https://git.example/owner/another") == []


@pytest.mark.parametrize("address", [f"{REPOSITORY}.git", f"{REPOSITORY}/", "https://git.example/Owner/Name"])
def test_one_repository_is_known_by_every_way_to_write_its_address(ledger: Ledger, address: str) -> None:
    ledger.remember(REPOSITORY, "v1.0", ONE, FIRST)
    assert named(ledger, address) == [("v1.0", ONE)]


def test_processes_share_a_ledger(ledger: Ledger) -> None:
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_remember_many, [ledger.file] * 4, range(4)))
    assert len(ledger.tags(REPOSITORY)) == 40


def _remember_many(file: Path, number: int) -> None:
    tags: Iterable[str] = (f"v{number}.{minor}" for minor in range(10))
    for tag in tags:
        Ledger(file).remember(REPOSITORY, tag, ONE, FIRST)


def test_a_file_that_is_no_ledger_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "tags.sqlite"
    file.write_bytes(b"something else, and long enough to be taken for a database's header" * 9)
    before = file.read_bytes()
    with pytest.raises(LedgerError, match="cannot be used"):
        Ledger(file).remember(REPOSITORY, "v1.0", ONE, FIRST)
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_an_error_with_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(LedgerError, match="data"):
        Ledger(tmp_path / "data" / "tags.sqlite").tags(REPOSITORY)
