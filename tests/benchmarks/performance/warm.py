"""Releases in, what is asked of their hosts out where they, or the release before them, were checked before."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from corpus.counting_proxy import Count
from tests.benchmarks.performance.hosts import artifacts_of, hosts, version_before
from tests.benchmarks.performance.table import Table


def measure(releases: Sequence[str]) -> Table:
    """Count requests and bytes, headers included and both directions together."""
    return Table(
        title="Warm: what a check asks for again",
        goal="a second check asks only whether the index page changed; offline nobody is asked; objects are used again",
        columns=("release", "first check", "second check", "`--offline`", "after the release before it"),
        rows=[_row(release) for release in releases],
        notes=(
            "Requests and bytes to the index, then to the git host. A tag is believed to stand where it stood within "
            "the last ten minutes; a submodule that its host does not give is asked for every time.",
        ),
    )


def _row(release: str) -> tuple[str, ...]:
    earlier = version_before(release)
    with (
        tempfile.TemporaryDirectory() as folder,
        hosts(artifacts_of(release) | artifacts_of(earlier), Path(folder)) as served,
    ):
        cells = [served.counted(release), served.counted(release), served.counted(release, "--offline")]
        shutil.rmtree(served.home / "cache")
        served.check(earlier)
        cells.append(served.counted(release))
    return release, *(f"{_shown(index)}; {_shown(git)}" for index, git in cells)


def _shown(count: Count) -> str:
    return f"{count.requests}, {count.sent + count.received:,} B" if count.connections else "0"
