"""Eight checks at a time share one cold cache, some are killed: every answer is right, nothing corrupt is served."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from corpus.crowd import make_crowd, served
from corpus.git_host import GitHost
from corpus.package_index import PackageIndex
from provenance.cache.room import INCOMING
from tests.cache.checker import check_some

ROUNDS = int(os.environ.get("PROVENANCE_CACHE_ROUNDS", "2"))
RELEASES, PROCESSES, KILLED, EACH = 4, 8, 3, 3


@dataclass(frozen=True)
class Crowd:
    """What the processes check, and where they write what it came to."""

    references: list[str]
    index: str
    gitconfig: Path
    folder: Path

    @property
    def cache(self) -> Path:
        """The folder that they share."""
        return self.folder / "cache"

    def start(self, references: Sequence[str], name: str) -> BaseProcess:
        """Begin to check releases in a new process; the digests of its reports come to the file NAME."""
        context = multiprocessing.get_context("forkserver")
        arguments = (references, self.index, self.cache, self.gitconfig, self.folder / name)
        process = context.Process(target=check_some, args=arguments)
        process.start()
        return process

    def answers(self) -> list[tuple[str, ...]]:
        """What all processes have said so far: releases and digests."""
        files = sorted(self.folder.glob("answers-*"))
        return [tuple(line.split()) for file in files for line in file.read_text().splitlines()]


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    """Some small releases, and their hosts."""
    releases = make_crowd(RELEASES, tmp_path)
    multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.cache.checker"])
    with GitHost(tmp_path / "git") as host, PackageIndex(served(releases)) as index:
        gitconfig = host.write_gitconfig(tmp_path / "gitconfig")
        yield Crowd([release.reference for release in releases], index.simple, gitconfig, tmp_path)


def test_killed_checks_leave_a_cache_that_answers_right(crowd: Crowd) -> None:
    """Also after a byte of one of its files has changed."""
    began = time.monotonic()
    finish([crowd.start(crowd.references, "answers-alone")])
    longest = 2 * (time.monotonic() - began)  # the machine is shared by eight
    expected = dict(crowd.answers())
    assert set(expected) == set(crowd.references)
    killed = 0
    for number in range(ROUNDS):
        shutil.rmtree(crowd.cache)
        processes = [
            crowd.start(random.sample(crowd.references, EACH), f"answers-{number}-{process}")
            for process in range(PROCESSES)
        ]
        killed += kill(processes[:KILLED], longest)
        finish(processes[KILLED:])
        change_a_byte(crowd.cache)
        finish([crowd.start(crowd.references, f"answers-{number}-after")])
        answers = crowd.answers()
        assert [answer for answer in answers if expected[answer[0]] != answer[1]] == []
        assert len(answers) >= (number + 1) * (EACH * (PROCESSES - KILLED) + RELEASES)
    sys.stdout.write(f"{ROUNDS} rounds: {killed} processes killed, {len(answers):,} answers\n")


def kill(processes: list[BaseProcess], longest: float) -> int:
    """Kill processes, each at a moment of its own within these seconds; return how many had not ended by then."""
    for process in processes:
        time.sleep(random.uniform(0, longest / len(processes)))
        process.kill()
        process.join()
    return sum(process.exitcode == -9 for process in processes)


def finish(processes: list[BaseProcess]) -> None:
    """Wait for processes, none of which may fail."""
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)


def change_a_byte(cache: Path) -> None:
    """Change one byte in one of a cache's files."""
    files = [path for path in cache.rglob("*") if path.is_file() and not path.name.startswith(INCOMING)]
    path = random.choice(files)
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)
