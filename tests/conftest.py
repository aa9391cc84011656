"""What tests stand on: in, the example projects; out, real releases, real servers, the public command."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from corpus import command
from corpus.command import Outcome, hermetic
from corpus.example import FLIT, Project, Release, make_release
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex
from provenance.signing import KeyStore, TrustedKey

MakeRelease = Callable[[Project], Release]
Serve = Callable[..., PackageIndex]
Run = Callable[..., Outcome]
ORIGIN = "logs.example/reports"


class Check(Protocol):
    """The type of the `check` fixture."""

    def __call__(
        self, release: Release, *options: str, artifacts: Iterable[Path] = (), **index_options: object
    ) -> Outcome:
        """Serve a release and run `provenance check` on it."""


@dataclass(frozen=True)
class CheckedRelease:
    """What a check of a release left below `home`: the user's own data, reports with proofs, a bundle, a log."""

    home: Path
    release: Release

    @property
    def folder(self) -> Path:
        """The folder of the reports."""
        return self.home / "reports/plume/1.0.0"

    @property
    def report(self) -> Path:
        """The report on the sdist."""
        return self.folder / f"{self.release.sdist.name}.intoto.json"

    @property
    def reports(self) -> tuple[Path, Path]:
        """The reports on the sdist and on the wheel."""
        return self.report, self.folder / f"{self.release.wheel.name}.intoto.json"

    @property
    def proof(self) -> Path:
        """The proof that the report on the sdist is in the log."""
        return self.report.with_name(f"{self.report.name}.tlog-proof")

    @property
    def bundle(self) -> Path:
        """The evidence bundle."""
        return self.folder / "plume-1.0.0.pack"

    @property
    def artifacts(self) -> Path:
        """A folder with the sdist and the wheel."""
        return self.home / "artifacts"

    @property
    def log(self) -> Path:
        """The log's folder."""
        return self.home / "log"

    @property
    def trusted(self) -> list[TrustedKey]:
        """The key that signed."""
        return [TrustedKey(key.name, key.public) for key in KeyStore(self.home / "data/keys").all()]


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


@pytest.fixture(scope="module")
def made(release: MakeRelease, git_host: GitHost, tmp_path_factory: pytest.TempPathFactory) -> CheckedRelease:
    """A release that was checked and logged; not to be changed."""
    built, home = release(FLIT), tmp_path_factory.mktemp("checked")
    environment = hermetic(home, git_host.write_gitconfig(home / "gitconfig"))
    evidence = CheckedRelease(home, built)
    evidence.artifacts.mkdir()
    for artifact in built.artifacts:
        shutil.copy(artifact, evidence.artifacts)
    with PackageIndex(built.artifacts) as index:
        options = ("--index", index.simple, "--bundle", "--output", str(home / "reports"))
        assert command.run("check", built.reference, *options, environment=environment).code == 0
    log = ("--log", str(evidence.log), "--origin", ORIGIN)
    assert command.run("log", "append", *map(str, evidence.reports), *log, environment=environment).code == 0
    shutil.rmtree(home / "cache")
    return evidence


@pytest.fixture
def evidence(made: CheckedRelease, tmp_path: Path) -> CheckedRelease:
    """A copy of it in the folder of the test, which `run` runs in: the user has the key that signed."""
    shutil.copytree(made.home, tmp_path, dirs_exist_ok=True)
    return CheckedRelease(tmp_path, made.release)
