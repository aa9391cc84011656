"""A release that was checked before: in, the same hosts or none; out, the same answer for next to nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.command import ROOT, Outcome, hermetic
from corpus.example import FLIT, Release, git
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex
from tests.conftest import MakeRelease, Run, Serve

WITHOUT_SOCKETS = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(refuse)
from provenance.__main__ import main
main()
"""

OFFLINE = ("--no-sign", "--offline")


@pytest.fixture
def plume(release: MakeRelease) -> Release:
    """A small release."""
    return release(FLIT)


@pytest.fixture
def index(plume: Release, serve: Serve) -> PackageIndex:
    """Its index."""
    return serve(plume.artifacts)


@pytest.fixture
def answer(run: Run, plume: Release, index: PackageIndex) -> Callable[..., Outcome]:
    """Check the release."""
    return lambda *options, **hosts: run(
        "check", plume.reference, "--index", index.simple, "--no-sign", *options, **hosts
    )


def test_a_second_check_asks_only_whether_the_index_page_has_changed(
    answer: Callable[..., Outcome], index: PackageIndex, git_host: GitHost
) -> None:
    """And comes to the same answer."""
    first, asked, fetched = answer(), index.traffic, git_host.traffic
    second = answer()
    assert (second.code, second.stdout) == (0, first.stdout)
    assert (index.traffic - asked).requests == 1
    assert (index.traffic - asked).sent < 400
    assert (git_host.traffic - fetched).connections == 0


def test_a_new_page_is_read(answer: Callable[..., Outcome], index: PackageIndex, plume: Release) -> None:
    """Nothing is taken to be fresh because it was so a moment ago."""
    assert "withdrawn" not in answer().stdout
    index.yanked = {artifact.name: "broken" for artifact in plume.artifacts}
    assert "withdrawn" in answer("--all-files").stdout


def test_offline_a_check_is_answered_without_a_socket(
    answer: Callable[..., Outcome], index: PackageIndex, plume: Release, tmp_path: Path
) -> None:
    """No connection is made, and no name is looked up."""
    first = answer()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SOCKETS, "check", plume.reference, "--index", index.simple, *OFFLINE],
        cwd=ROOT,
        env=hermetic(tmp_path, tmp_path / "gitconfig") | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, first.stdout, "")


@pytest.mark.parametrize("lost", ["answers", "artifacts", "repositories"])
def test_offline_what_is_missing_is_said(lost: str, answer: Callable[..., Outcome], tmp_path: Path) -> None:
    """And what to do about it."""
    answer()
    (tmp_path / "cache" / lost).rename(tmp_path / "elsewhere")
    outcome = answer("--offline")
    assert outcome.code == 4
    assert "cache" in outcome.stderr
    assert "check once without --offline" in outcome.stderr


@pytest.mark.parametrize("kind", ["answers", "artifacts", "repositories"])
def test_what_was_changed_in_the_cache_is_fetched_again(
    kind: str, answer: Callable[..., Outcome], tmp_path: Path
) -> None:
    """Whatever it is, the answer is the same."""
    first = answer()
    for path in files(tmp_path / "cache" / kind):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    assert answer().stdout == first.stdout
    assert answer("--offline").stdout == first.stdout


def test_a_release_whose_tag_is_new_is_found_at_once(
    run: Run, release: MakeRelease, serve: Serve, tmp_path: Path, git_root: Path
) -> None:
    """That there was no tag a moment ago is not remembered."""
    built = release(FLIT)
    index = serve(built.artifacts)
    folder = git_root / built.project.repository.removeprefix("https://github.com/")
    bare = folder.with_name(f"{folder.name}.git")
    git(bare, "tag", "-d", built.project.tag)
    with GitHost(git_root) as host:
        assert run("check", built.reference, "--index", index.simple, host=host).code == 3
        git(bare, "tag", built.project.tag, built.commit)
        assert run("check", built.reference, "--index", index.simple, host=host).code == 0


@pytest.fixture
def git_root(tmp_path: Path, git_host: GitHost) -> Path:
    """A copy of the session's repositories, to be changed."""
    subprocess.run(["cp", "-r", str(git_host.root), str(tmp_path / "git")], check=True)
    return tmp_path / "git"


def files(folder: Path) -> list[Path]:
    """All files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
