"""Ctrl-C while hosts are slow: in, a signal at a real process; out, its end at once, with nothing half written."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.command import COMMAND, ROOT, hermetic
from corpus.example import FLIT
from corpus.git_host import GitHost
from corpus.loopback import Handler
from corpus.package_index import PackageIndex
from tests.conftest import MakeRelease

PATIENCE = 60.0  # seconds that an interrupted process may take to end
LONG = 300.0  # seconds that it would wait unhindered


class SlowIndex(PackageIndex):
    """Sends half of each file of one kind, and the rest when the test is over."""

    slow = ".whl"

    def __enter__(self) -> SlowIndex:
        self.is_waiting, self.is_over = threading.Event(), threading.Event()
        super().__enter__()
        return self

    def answer(self, request: Handler) -> None:
        name = request.path.rpartition("/")[2]
        if not name.endswith(self.slow):
            return super().answer(request)
        content = self.artifacts[name].read_bytes()
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2])
        request.wfile.flush()
        self.is_waiting.set()
        self.is_over.wait(LONG)
        return None


@pytest.fixture
def started(
    tmp_path: Path, release: MakeRelease, git_host: GitHost
) -> Iterator[tuple[subprocess.Popen[str], SlowIndex]]:
    """A check that waits for the second half of a wheel."""
    built = release(FLIT)
    with SlowIndex(built.artifacts) as index:
        environment = hermetic(tmp_path, git_host.write_gitconfig(tmp_path / "gitconfig"))
        process = subprocess.Popen(
            [*COMMAND, "check", built.reference, "--index", index.simple],
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # what a shell runs behind ignores it
        )
        assert index.is_waiting.wait(60)
        yield process, index
        process.kill()
        process.communicate()
        index.is_over.set()


def test_an_interrupted_check_ends_at_once_and_leaves_nothing_half_written(
    started: tuple[subprocess.Popen[str], SlowIndex], tmp_path: Path
) -> None:
    """The process ends by itself, with all its threads; what is in the cache is whole."""
    process, _ = started
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert (process.returncode, stdout, stderr.strip()) == (128 + signal.SIGINT, "", "interrupted")
    assert list((tmp_path / "cache").rglob(".incoming-*")) == []
    assert not (tmp_path / "data" / "reports").exists()


def test_a_killed_check_leaves_what_the_next_one_removes(
    started: tuple[subprocess.Popen[str], SlowIndex], tmp_path: Path, release: MakeRelease
) -> None:
    """An incoming file that has not grown for an hour belongs to nobody."""
    process, index = started
    process.kill()
    process.communicate()
    left = list((tmp_path / "cache").rglob(".incoming-*"))
    assert left
    for path in left:
        os.utime(path, (0, 0))
    index.slow = ".none"
    environment = hermetic(tmp_path, tmp_path / "gitconfig") | {"PYTHONPATH": str(ROOT)}
    again = [*COMMAND, "check", release(FLIT).reference, "--index", index.simple]
    assert subprocess.run(again, cwd=ROOT, env=environment, capture_output=True, check=False).returncode == 0
    assert list((tmp_path / "cache").rglob(".incoming-*")) == []
