"""What tests stand on: in, the example projects; out, real releases, real servers, the public command."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from corpus import command
from corpus.command import Outcome, hermetic
from corpus.example import Project, Release, make_release
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex

MakeRelease = Callable[[Project], Release]
Serve = Callable[..., PackageIndex]
Run = Callable[..., Outcome]


class Check(Protocol):
    """The type of the `check` fixture."""

    def __call__(
        self, release: Release, *options: str, artifacts: Iterable[Path] = (), **index_options: object
    ) -> Outcome:
        """Serve a release and run `provenance check` on it."""


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the repositories and releases of this session are made in."""
    return tmp_path_factory.mktemp("workshop")


@pytest.fixture(scope="session")
def release(workshop: Path) -> MakeRelease:
    """Build a project's release, once per session: `release(FLIT)`."""
    return functools.cache(lambda project: make_release(project, workshop))


@pytest.fixture(scope="session")
def git_host(workshop: Path) -> Iterator[GitHost]:
    """The host of all the session's repositories, reached as the public one through `run`."""
    with GitHost(workshop / "git") as host:
        yield host


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve artifacts on an index until the test ends: `serve(release.artifacts, hashes=False)`."""
    with ExitStack() as stack:
        yield lambda artifacts, **options: stack.enter_context(PackageIndex(artifacts, **options))


@pytest.fixture
def run(tmp_path: Path, git_host: GitHost) -> Run:
    """Run the public command in an environment of the test's own: `run("check", …, host=another_git_host)`.

    No test may see a traceback that it did not ask for.
    """

    def run(*arguments: str, host: GitHost = git_host) -> Outcome:
        environment = hermetic(tmp_path, host.write_gitconfig(tmp_path / "gitconfig"))
        outcome = command.run(*arguments, environment=environment)
        assert "--debug" in arguments or "Traceback" not in outcome.stderr, outcome.stderr
        return outcome

    return run


@pytest.fixture
def check(run: Run, serve: Serve) -> Check:
    """Check a release, or other artifacts in its name: `check(release, "--format", "json", artifacts=…)`."""

    def check(
        release: Release, *options: str, artifacts: Iterable[Path] = (), **index_options: object
    ) -> Outcome:
        index = serve(artifacts or release.artifacts, **index_options)
        return run("check", release.reference, "--index", index.simple, *options)

    return check
