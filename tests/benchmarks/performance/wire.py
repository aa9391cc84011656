"""Releases in, what a check asks of the git host out, beside what git itself asks for the same tag."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpus.counting_proxy import Count
from tests.benchmarks.performance.hosts import Hosts, artifacts_of, hosts
from tests.benchmarks.performance.table import Table

NOT_GIVEN = "–"
CLONES = {
    "partial": ("--depth", "1", "--filter=blob:none"),
    "shallow": ("--depth", "1"),
    "full": (),
}


def measure(releases: Sequence[str]) -> Table:
    """Count connections, requests and bytes, headers included and both directions together."""
    return Table(
        title="Wire: what the git host is asked for",
        goal="at most 1.15 of git's own partial fetch, under 1 % of a full clone, at most 3 requests",
        columns=(
            "release", "requests", "connections", "bytes", "git's partial clone", "ratio", "git's shallow clone",
            "full clone", "share of it",
        ),
        rows=[_row(release) for release in releases],
        notes=(
            "Each check begins with an empty cache and ends with its answer: the bytes hold the files that differ too, "
            "and the submodules that artifacts have files of. The clones are bare, without submodules, of the tag that "
            "the check found; the partial one fetches no file. A full clone that the host could not give is left out.",
        ),
    )  # fmt: skip


def _row(release: str) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder, hosts(artifacts_of(release), Path(folder)) as served:
        _, own = served.counted(release)
        found: dict[str, Any] = served.check(release)
        clones = {
            name: _counted(served, lambda options=options: clone(found["source"], options, served))
            for name, options in CLONES.items()
        }
    size = {name: count.sent + count.received if count else 0 for name, count in clones.items()}
    total = own.sent + own.received
    return (
        release,
        f"{own.requests}",
        f"{own.connections}",
        f"{total:,}",
        f"{size['partial']:,}",
        f"{total / size['partial']:.2f}",
        f"{size['shallow']:,}",
        f"{size['full']:,}" if size["full"] else NOT_GIVEN,
        f"{total / size['full']:.2%}" if size["full"] else NOT_GIVEN,
    )


def _counted(served: Hosts, work: Callable[[], object]) -> Count | None:
    """What passed meanwhile, None where git could not do its work."""
    before = served.git.total
    try:
        work()
    except subprocess.CalledProcessError:
        return None
    return served.git.total - before


def clone(source: dict[str, str], options: Sequence[str], served: Hosts) -> None:
    """Clone the tag of a source with git, into a folder that is removed at once."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["git", "clone", "--quiet", "--bare", *options]
        if options:
            command += ["--branch", source["ref"]]
        subprocess.run(
            [*command, source["repository"], folder],
            env=served.environment,
            check=True,
            stderr=subprocess.DEVNULL,
        )
