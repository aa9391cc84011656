"""What is kept of a repository: in, earlier fetches in a cache, some of it lost; out, whole commits for fewer bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from dulwich.objects import Commit

from corpus.example import OWNER, git
from corpus.git_host import GitHost
from provenance.cache import Cache
from provenance.errors import GitError
from provenance.model import Limits
from provenance.source.commit import flatten
from provenance.source.git import GitHosts, Remote
from provenance.source.git.kept import MOST_PACKS, is_whole

MODULES = 60
ADDRESS = f"{OWNER}/plume"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    """A host of one repository with many folders; each tag v1, v2, … changes one file."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "--quiet", "--initial-branch=main")
    for number in range(MODULES):
        folder = work / f"package_{number}"
        folder.mkdir()
        (folder / "module.py").write_text(f"NUMBER = {number}\n")
    for version in range(1, MOST_PACKS + 4):
        (work / "package_0" / "version.py").write_text(f"VERSION = {version}\n")
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--message", f"Version {version}")
        git(work, "tag", f"v{version}")
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(tmp_path / "git" / f"{ADDRESS}.git"))
    with GitHost(tmp_path / "git") as host:
        yield host


class Asker:
    """Asks for tags of the repository, each time with nothing but the cache in mind."""

    def __init__(self, host: GitHost, folder: Path) -> None:
        self.host, self.folder = host, folder
        self.stack = ExitStack()

    def fetch(self, version: int, **options: Any) -> tuple[Remote, int]:
        """Return the repository, and how many bytes its host sent for a tag."""
        hosts = GitHosts(os.environ, Limits(), cache=Cache(self.folder), **options)
        remote = self.stack.enter_context(hosts).open(f"{self.host.url}/{ADDRESS}")
        before, tag = self.host.traffic, f"refs/tags/v{version}"
        listed = remote.fetch_commits([tag], lambda refs: [refs[tag]] if tag in refs else [])
        found = remote.read(listed[tag])
        assert isinstance(found, Commit)
        assert len(flatten(remote, found.tree.decode())) == MODULES + 1
        return remote, (self.host.traffic - before).sent

    def packs(self) -> list[Path]:
        """What is kept."""
        return sorted(self.folder.rglob("*.pack"))


@pytest.fixture
def asker(host: GitHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asker]:
    """Without any git configuration."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    asker = Asker(host, tmp_path / "cache")
    with asker.stack:
        yield asker


def test_the_next_version_costs_what_is_new_in_it(asker: Asker) -> None:
    """A commit and two folders, where the first version came with all of them."""
    _, first = asker.fetch(1)
    _, second = asker.fetch(2)
    assert second < first / 3


def test_the_same_version_costs_nothing(asker: Asker) -> None:
    """Its tag is believed to stand where it stood."""
    asker.fetch(1)
    assert asker.fetch(1)[1] == 0


def test_a_tag_that_was_listed_long_ago_is_looked_up(asker: Asker) -> None:
    """In one request; what it names is here already."""
    asker.fetch(1)
    before = asker.host.traffic.requests
    asker.fetch(1, believed=0.0)
    assert asker.host.traffic.requests - before == 1


def test_a_branch_is_looked_up_every_time(asker: Asker) -> None:
    """It moves."""
    for expected in (2, 1):
        remote = asker.stack.enter_context(GitHosts(os.environ, Limits(), cache=Cache(asker.folder))).open(
            f"{asker.host.url}/{ADDRESS}"
        )
        before = asker.host.traffic.requests
        remote.fetch_commits(["refs/heads/main"], lambda refs: list(refs.values()))
        assert asker.host.traffic.requests - before == expected


def test_what_was_lost_is_fetched_again(asker: Asker) -> None:
    """A commit whose folders were in another pack is whole no longer, and no host is told of it."""
    asker.fetch(1)
    (first,) = asker.packs()
    asker.fetch(2)
    first.unlink()
    remote, _ = asker.fetch(2)
    assert is_whole(
        remote.fetch_commits(["refs/tags/v2"], lambda refs: [*refs.values()])["refs/tags/v2"], remote.read
    )


def test_many_small_packs_become_one(asker: Asker) -> None:
    """And all that they held is still there."""
    for version in range(1, MOST_PACKS + 3):
        asker.fetch(version)
    assert len(asker.packs()) < MOST_PACKS
    assert asker.fetch(1)[1] == 0


def test_offline_what_was_never_fetched_is_said(asker: Asker) -> None:
    """And what was is there."""
    asker.fetch(1)
    asker.fetch(1, is_offline=True)
    with pytest.raises(GitError, match="--offline"):
        asker.fetch(2, is_offline=True)
