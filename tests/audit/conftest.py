"""What audits are tested on: in, how many releases; out, an index and a git host that have them, and the command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from corpus import command
from corpus.command import COMMAND, ROOT, Outcome, hermetic
from corpus.crowd import BUILD, make_crowd, served
from corpus.example import ENVIRONMENT, OWNER, git
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex

COUNT = 8


@dataclass
class Hall:
    """A crowd of releases on an index and a git host, and a folder for the audits of them."""

    index: PackageIndex
    host: GitHost
    folder: Path
    references: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def audit(self, *arguments: str) -> Outcome:
        """Run `provenance audit` with these words."""
        outcome = command.run("audit", *arguments, environment=self.environment)
        assert "Traceback" not in outcome.stderr, outcome.stderr
        return outcome

    def words(self, state: str, *arguments: str) -> list[str]:
        """The words of an audit of all, which keeps its state in a folder of this name."""
        file = self.folder / "list.txt"
        file.write_text("# the crowd\n\n" + "\n".join(self.references) + "\n")
        return [
            str(file), "--index", self.index.simple, "--state", self.place(state), "--no-sign", "--pause", "0.1",
            "--workers", "2", *arguments,
        ]  # fmt: skip

    def place(self, state: str) -> str:
        """The folder of a state."""
        return str(self.folder / state)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `provenance audit` and go on."""
        environment = {**self.environment, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [*COMMAND, "audit", *arguments],
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def own_repository(self, name: str) -> Path:
        """A project's repository, in a copy of all that this test alone has."""
        root = self.folder / "git"
        if self.host.root != root:
            shutil.copytree(self.host.root, root)
            self.host.root = root
        return root / OWNER / f"{name}.git"

    def publish(self, name: str, version: str, moment: str) -> None:
        """Commit, tag, build and upload another version of one of the crowd."""
        work, dist = self.folder / "work" / name / version, self.folder / "dist" / name / version
        git(self.folder, "clone", "--quiet", str(self.own_repository(name)), str(work))
        configuration = work / "pyproject.toml"
        configuration.write_text(configuration.read_text().replace("1.0.0", version))
        git(work, "commit", "--quiet", "--all", "--message", "Release")
        git(work, "tag", f"v{version}")
        git(work, "push", "--quiet", "origin", f"v{version}")
        dist.mkdir(parents=True)
        subprocess.run([sys.executable, "-c", BUILD, str(work), str(dist)], check=True, env=ENVIRONMENT)
        self.index.artifacts |= {path.name: path for path in dist.iterdir()}
        self.index.uploaded = {**self.index.uploaded, **{path.name: moment for path in dist.iterdir()}}

    def releases(self, state: str) -> list[dict[str, Any]]:
        """What `audit report --format json` says of all releases."""
        rows = self.audit("report", "--state", self.place(state), "--format", "json").document["releases"]
        assert isinstance(rows, list)
        return rows

    def digests(self, state: str) -> dict[str, str]:
        """The digest of each release's statements."""
        return {row["name"]: row["digest"] for row in self.releases(state)}


OpenHall = Callable[..., Hall]


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """The releases, built once."""
    folder = tmp_path_factory.mktemp("crowd")
    return folder, make_crowd(COUNT, folder, modules=1)


@pytest.fixture
def hall(crowd: tuple[Path, list[Any]], tmp_path: Path) -> Iterator[Hall]:
    """All of the crowd, served until the test ends."""
    folder, releases = crowd
    with PackageIndex(served(releases)) as index, GitHost(folder / "git") as host:
        environment = hermetic(tmp_path, host.write_gitconfig(tmp_path / "gitconfig"))
        yield Hall(index, host, tmp_path, [release.reference for release in releases], environment)


def workers_of(process: int) -> list[int]:
    """The processes that a coordinator's work is done in: those that its fork server has started."""
    return [
        each for each in family(process) if b"forkserver" in _command(each) and _has_forkserver_parent(each)
    ]


def family(process: int) -> list[int]:
    """A process and all that it started, directly or not."""
    found = [process]
    for parent in found:
        for thread in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in thread.read_text().split()]
            except OSError:
                continue
    return found


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _has_forkserver_parent(process: int) -> bool:
    try:
        parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return False
    return b"forkserver" in _command(parent)


def kill(process: int) -> None:
    """End a process at once; one that has ended already is none to end."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


def lines(file: Path) -> list[dict[str, Any]]:
    """The events in a file, so far."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []
