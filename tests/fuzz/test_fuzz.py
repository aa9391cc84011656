"""Bytes that nobody would write in, no crash out: a short run of what `python -m tests.fuzz` does for hours."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import fuzz
from tests.fuzz.target import give
from tests.fuzz.targets import TARGETS

REGRESSIONS = sorted((Path(__file__).parent / "regressions").glob("*/*"))
SEEDS: Mapping[str, list[bytes]] = {name: list(target.seeds()) for name, target in TARGETS.items()}


@pytest.mark.parametrize("case", REGRESSIONS, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_what_once_crashed_a_reader_no_longer_does(case: Path) -> None:
    """Every defect that a run found stands here, named by its target."""
    give(TARGETS[case.parent.name], case.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_read_or_refused(name: str) -> None:
    """Noise, and changes to what the reader knows."""

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(SEEDS[name]), st.integers(0, 4000), st.binary(max_size=40), st.integers(0, 40))
    def read(known: bytes, at: int, new: bytes, gone: int) -> None:
        place = at % (len(known) + 1)
        give(TARGETS[name], known[:place] + new + known[place + gone :])

    read()


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this Python or system")
def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    """All targets in one process, led by the branches that an input reaches; longer runs are for `tests.fuzz`."""
    run = fuzz("any", 15, tmp_path)
    assert run.executions > 100
    assert run.edges > 1000
    assert not run.defects, [path.with_suffix(".txt").read_text() for path in run.defects]
