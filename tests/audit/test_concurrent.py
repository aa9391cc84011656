"""Several processes: in, jobs, one of which ends its process; out, an outcome for each of them."""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus.crowd import make_crowd, served
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex
from provenance.audit import Job, check_all
from provenance.cache import Cache
from provenance.errors import UsageError
from provenance.index import parse_reference
from provenance.model import Limits, Obstacle
from provenance.net import Http
from provenance.pipeline import Options
from provenance.source import GitHosts

COUNT = 5


@contextmanager
def opened(index: str, folder: Path, deadly: str) -> Iterator[Options]:
    """Options of a process that ends without a word as soon as it reads a file with this name."""

    def progress(stage: str) -> None:
        if deadly in stage and multiprocessing.parent_process() is not None:
            os._exit(1)

    environment = {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig")}
    os.environ |= environment
    with Http("a-test") as http, GitHosts(environment, Limits()) as git:
        yield Options(index=index, cache=Cache(folder), http=http, git=git, progress=progress)


@contextmanager
def refused() -> Iterator[Options]:
    """Options that cannot be had."""
    raise UsageError("There is no such key")
    yield


@pytest.fixture
def jobs() -> list[Job]:
    """One for each release of the crowd."""
    return [Job(parse_reference(f"plume-{number}==1.0.0"), "a test", "plume") for number in range(COUNT)]


@pytest.mark.parametrize("deadly", ["plume_2-1.0.0.tar.gz", "plume_"], ids=["one", "all"])
def test_every_job_has_an_outcome(
    deadly: str, jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that ends the process that checks it is a failure of its own, and no other's."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    crowd = make_crowd(COUNT, tmp_path)
    with PackageIndex(served(crowd)) as index, GitHost(tmp_path / "git") as host:
        host.write_gitconfig(tmp_path / "gitconfig")
        open_options = functools.partial(opened, index.simple, tmp_path, deadly)
        outcomes = list(check_all(jobs, open_options, 2))
    failed = {outcome.job.reference.name for outcome in outcomes if outcome.report is None}
    assert sorted(outcome.job.reference.name for outcome in outcomes) == [
        f"plume-{number}" for number in range(COUNT)
    ]
    assert failed == ({"plume-2"} if deadly.endswith(".gz") else {job.reference.name for job in jobs})
    assert {each.obstacle for outcome in outcomes for each in outcome.unchecked} == {Obstacle.FAILED}


def test_options_that_cannot_be_had_are_an_error_before_any_work(jobs: list[Job]) -> None:
    """Not one for each release."""
    with pytest.raises(UsageError, match="no such key"):
        list(check_all(jobs, refused, 2))
