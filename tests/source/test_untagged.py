"""A release without a tag: in, what came before it and a history; out, what a check says, and the nearest commit."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.command import Outcome
from corpus.example import OWNER, UNTAGGED, Release, git
from corpus.git_host import GitHost
from corpus.git_objects import put_commit, put_ref, remove_ref
from tests.conftest import MakeRelease, Run, Serve

Ask = Callable[..., Outcome]


@pytest.fixture
def built(release: MakeRelease) -> Release:
    return release(UNTAGGED)


@pytest.fixture
def repository(built: Release, workshop: Path, tmp_path: Path) -> Path:
    """A copy of the release's repository, which the test may change."""
    name = f"{OWNER}/{UNTAGGED.name}.git"
    return Path(shutil.copytree(workshop / "git" / name, tmp_path / "git" / name))


@pytest.fixture
def host(repository: Path) -> Iterator[GitHost]:
    with GitHost(repository.parents[1]) as host:
        yield host


@pytest.fixture
def ask(built: Release, host: GitHost, serve: Serve, run: Run, tmp_path: Path) -> Ask:
    """Check the release, after releases of these versions."""

    def ask(*options: str, earlier: Sequence[str] = ()) -> Outcome:
        before = [tmp_path / f"plume_untagged-{version}.tar.gz" for version in earlier]
        for file in before:
            file.write_bytes(b"")
        index = serve([*built.artifacts, *before])
        arguments = ["--index", index.simple, "--no-sign", "--format", "json", *options]
        return run("check", built.reference, *arguments, host=host)

    return ask


def notices(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {notice["code"]: notice for notice in outcome.document["releases"][0]["notices"]}


def tag(repository: Path, *names: str) -> None:
    for name in names:
        put_ref(repository, f"refs/tags/{name}", git(repository, "rev-parse", "main"))


class TestEarlierReleases:
    def test_the_first_release_without_a_tag_is_told(self, ask: Ask, repository: Path) -> None:
        tag(repository, "v0.8.0", "v0.9.0")
        outcome = ask(earlier=["0.8.0", "0.9.0"])
        assert outcome.code == 3
        told = notices(outcome)["no-longer-tagged"]
        assert told["severity"] == "high"
        assert told["message"].startswith("All of the last 2 releases before this one have tags")

    def test_a_burst_of_releases_without_tags_does_not_hide_it(self, ask: Ask, repository: Path) -> None:
        tag(repository, "v0.7.0", "v0.8.0", "v0.9.0")
        told = notices(ask(earlier=["0.7.0", "0.8.0", "0.9.0", "0.9.1", "0.9.2"]))["no-longer-tagged"]
        assert told["message"].startswith("3 of the last 5 releases")

    def test_a_project_that_seldom_tags_is_left_alone(self, ask: Ask, repository: Path) -> None:
        tag(repository, "v0.8.0")
        assert set(notices(ask(earlier=["0.7.0", "0.8.0", "0.9.0"]))) == {"no-tag"}


class TestSearch:
    def test_without_the_option_nothing_is_searched(self, ask: Ask) -> None:
        assert set(notices(ask())) == {"no-tag"}

    def test_the_nearest_commit_is_named_and_the_answer_stays(self, ask: Ask, built: Release) -> None:
        outcome = ask("--search")
        assert outcome.code == 3
        nearest = notices(outcome)["nearest-commit"]["message"]
        assert f"{built.commit[:12]} of 2025-03-01 (on main)" in nearest
        assert f"--source {UNTAGGED.repository}@" in nearest

    def test_the_named_commit_can_be_compared_with(self, ask: Ask, built: Release) -> None:
        assert ask("--source", f"{UNTAGGED.repository}@{built.commit}").code == 0

    def test_commits_that_hold_as_many_files_are_counted(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        tree = git(repository, "rev-parse", f"{built.commit}^{{tree}}")
        again = put_commit(repository, tree, days=1, parents=[built.commit])
        put_ref(repository, "refs/heads/again", again)
        nearest = notices(ask("--search"))["nearest-commit"]["message"]
        assert "3 commits hold as many" in nearest
        assert f"to {again[:12]} of 2025-03-02 (on again)" in nearest

    def test_a_commit_made_after_the_upload_is_not_it(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        tree = git(repository, "rev-parse", f"{built.commit}^{{tree}}")
        first = put_commit(repository, git(repository, "mktree"), days=-1)
        put_ref(repository, "refs/heads/main", put_commit(repository, tree, days=9, parents=[first]))
        remove_ref(repository, "refs/tags/another-package-v1.0.0")
        remaining = notices(ask("--search"))
        assert "nearest-commit" not in remaining
        assert "no-near-commit" in remaining
