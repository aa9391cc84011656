"""`kill -9` in the midst of appends, two processes at a time: no acknowledged entry is lost, and nothing forks."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from corpus.command import ROOT
from provenance.log import append, create
from provenance.log.checkpoint import read_head
from tests.log.conftest import KEY, ORIGIN, entry
from tests.log.independent import check_tiles, read_checkpoint, read_entries, tree_hash

KILLS = int(os.environ.get("PROVENANCE_LOG_KILLS", "24"))
LONGEST = 0.12  # seconds that a process appends before it is killed


def test_killed_appenders_lose_nothing_and_fork_nothing(tmp_path: Path) -> None:
    """Every entry that was acknowledged stands at its index, and every tree that was signed begins the log."""
    folder, signed = tmp_path / "log", tmp_path / "signed"
    create(folder, ORIGIN, KEY)
    append(folder, [entry(number) for number in range(250)], KEY)
    acknowledged: dict[int, bytes] = {}
    before: list[bytes] = []
    for _ in range(KILLS // 2):
        for output in killed_pair(folder, signed):
            acknowledged |= {int(index): name for index, name in map(bytes.split, whole_lines(output))}
        size, root = read_checkpoint(folder, ORIGIN, KEY.public_key)
        entries = read_entries(folder, size)
        assert entries[: len(before)] == before
        assert tree_hash(entries) == root
        assert {index: entries[index] for index in acknowledged} == acknowledged
        before = entries
    assert acknowledged
    append(folder, [b"the last one"], KEY)
    size, _ = read_checkpoint(folder, ORIGIN, KEY.public_key)
    entries = read_entries(folder, size)
    check_tiles(folder, entries)
    assert len(set(entries)) == size
    trees = {head.size: head.root for head in map(read_head, signed_texts(signed))}
    assert len(set(signed_texts(signed))) == len(trees)
    assert all(tree_hash(entries[:size]) == root for size, root in trees.items())
    sys.stdout.write(
        f"{KILLS} kills: {len(acknowledged)} acknowledged, {size} in the log, {len(trees)} trees signed\n"
    )


def killed_pair(folder: Path, signed: Path) -> list[bytes]:
    """What two processes printed that append to one log, until each is killed at a moment of its own."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.log.appender", folder, signed], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    outputs = []
    for process in processes:
        time.sleep(random.uniform(0, LONGEST))
        process.kill()
        outputs.append(process.communicate()[0])
    return outputs


def whole_lines(output: bytes) -> list[bytes]:
    """The lines that were printed to their end."""
    return output.split(b"\n")[:-1]


def signed_texts(record: Path) -> list[str]:
    """The texts that were signed; each has three lines."""
    lines = record.read_text().splitlines(keepends=True)
    return ["".join(lines[begin : begin + 3]) for begin in range(0, len(lines), 3)]
