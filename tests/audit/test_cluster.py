"""Dask as the engine: in, workers on this machine, one of which is killed; out, the digests of a single process."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import COUNT, Hall, family, kill, lines, until

pytest.importorskip("distributed")


def spawned(process: int) -> list[int]:
    """Dask's workers: the processes that a coordinator, or one of its nannies, has started afresh."""
    return [each for each in family(process) if b"spawn_main" in _command(each)]


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_worker_that_is_killed_costs_time_alone(hall: Hall) -> None:
    """What it had in work is done by the other, and every digest is that of the local engine."""
    hall.audit(*hall.words("local"))
    file = hall.folder / "events.jsonl"
    coordinator = hall.start(*hall.words("dask", "--engine", "dask", "--events", str(file)))
    until(lambda: bool(lines(file)))
    kill(spawned(coordinator.pid)[0])
    _, said = coordinator.communicate(timeout=120)
    assert (coordinator.returncode, said) == (0, "")
    assert len(hall.digests("dask")) == COUNT
    assert hall.digests("dask") == hall.digests("local")


def test_a_scheduler_that_cannot_be_reached_is_a_sentence(hall: Hall) -> None:
    """Before anything is asked of a host."""
    outcome = hall.audit(*hall.words("a", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"))
    assert outcome.code == 4
    assert "Dask's scheduler at tcp://127.0.0.1:9 cannot be reached" in outcome.stderr
