"""Histories: in, commits and what they follow; out, which branch or tag leads to a commit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.example import git
from corpus.git_host import GitHost
from corpus.git_objects import put_commit, put_ref
from provenance.errors import GitError
from provenance.model import Limits
from provenance.source.evidence.history import History, Logged, read_history
from provenance.source.git import GitHosts


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to twelve commits, each after any of those before it, with branches and tags on any of them."""
    commits: dict[str, Logged] = {}
    for number in range(draw(st.integers(1, 12))):
        parents = draw(st.sets(st.sampled_from(sorted(commits)))) if commits else set()
        commits[str(number)] = Logged(number, tuple(sorted(parents)))
    tips = st.sampled_from(sorted(commits))
    branches = draw(st.dictionaries(st.sampled_from("abc"), tips))
    return History(commits, branches, draw(st.dictionaries(st.sampled_from("xyz"), tips)))


def reached(history: History, tip: str) -> set[str]:
    return {tip}.union(*(reached(history, parent) for parent in history.commits[tip].parents))


@given(histories())
def test_the_first_branch_that_leads_to_a_commit_is_named(history: History) -> None:
    for commit in history.commits:
        leading = (name for name, tip in history.branches.items() if commit in reached(history, tip))
        assert history.branch_of(commit) == next(leading, None)


@given(histories())
def test_a_tag_leads_to_all_that_its_commit_follows(history: History) -> None:
    for commit in history.commits:
        leading = (name for name, tip in history.tags.items() if commit in reached(history, tip))
        assert history.tag_of(commit) == next(leading, None)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with three commits in three years on `trunk`, its default branch, and a tag on the first."""
    folder = tmp_path / "git" / "owner" / "name.git"
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=trunk")
    tree = git(folder, "mktree")
    commits: list[str] = []
    for year in range(3):
        commits.append(put_commit(folder, tree, days=365 * year, parents=commits[-1:]))
    put_ref(folder, "refs/tags/first", commits[0])
    put_ref(folder, "refs/heads/a-branch", commits[1])
    put_ref(folder, "refs/heads/trunk", commits[2])
    return folder


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHosts]:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with GitHosts({"HOME": str(tmp_path)}, Limits()) as hosts:
        yield hosts


def test_a_history_has_all_branches_and_tags_the_default_branch_first(
    repository: Path, hosts: GitHosts
) -> None:
    with GitHost(repository.parents[1]) as host:
        history = read_history(f"{host.url}/owner/name", hosts, since=None)
    assert list(history.branches) == ["trunk", "a-branch"]
    assert list(history.tags) == ["first"]
    assert len(history.commits) == 3


def test_a_history_since_a_day_leaves_out_what_is_older(repository: Path, hosts: GitHosts) -> None:
    git(repository, "tag", "--delete", "first")
    since = int(git(repository, "log", "-1", "--format=%ct", "a-branch"))
    with GitHost(repository.parents[1]) as host:
        history = read_history(f"{host.url}/owner/name", hosts, since=since)
    assert set(history.commits) == {git(repository, "rev-parse", name) for name in ("trunk", "a-branch")}


def test_a_history_without_young_commits_is_whole(repository: Path, hosts: GitHosts) -> None:
    with GitHost(repository.parents[1]) as host:
        history = read_history(f"{host.url}/owner/name", hosts, since=1 << 32)
    assert len(history.commits) == 3


def test_a_repository_that_is_not_there_is_an_error(repository: Path, hosts: GitHosts) -> None:
    with GitHost(repository.parents[1]) as host, pytest.raises(GitError):
        read_history(f"{host.url}/owner/another", hosts, since=None)
