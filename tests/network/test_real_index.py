"""The real index: in, a well-known release and a git host that nobody can reach; out, no verdict."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus import command
from corpus.command import Outcome
from corpus.git_host import GitHost

pytestmark = pytest.mark.network


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    """What comes of checking requests 2.32.5 by the user's own index while the git host is down."""
    with GitHost(tmp_path) as down:
        gitconfig = down.write_gitconfig(tmp_path / "gitconfig")
    mine = {"GIT_CONFIG_GLOBAL": str(gitconfig), "PROVENANCE_CACHE": str(tmp_path / "cache")}
    outcome = command.run("check", "requests==2.32.5", environment={**os.environ, **mine})
    if outcome.code == 4 and "github.com" not in outcome.stderr:
        pytest.skip(f"the package index cannot be used from here: {outcome.stderr.strip()}")
    return outcome


def test_without_the_git_host_there_is_no_verdict(outcome: Outcome) -> None:
    """The release is found, downloaded and read; only its source is out of reach."""
    assert outcome.code == 4
    assert "github.com/psf/requests" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_what_was_downloaded_is_kept(outcome: Outcome, tmp_path: Path) -> None:
    """The artifacts are in the cache for the next attempt."""
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in kept) > 100_000
