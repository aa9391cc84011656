"""Releases in, the seconds of a check out, beside those of the recipe that a person would follow by hand."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.benchmarks.performance.hosts import Hosts, artifacts_of, hosts
from tests.benchmarks.performance.table import Table, side_by_side

LATENCY = 0.05  # seconds for each connection and each request
RUNS = 3


def measure(releases: Sequence[str]) -> Table:
    """Time both in turn, each from nothing."""
    return Table(
        title="Wall time, where a round trip takes 50 ms",
        goal="ten times faster than the recipe, or better",
        columns=("release", "check, s", "recipe, s", "times faster (least by least)"),
        rows=[_row(release) for release in releases],
        notes=(
            "The recipe: clone the repository, check the tag out, download sdist and wheel, unpack both, compare each "
            "with `diff -rq`. It ends with two lists of differences, most of them harmless, and no answer. Bandwidth "
            "is that of one machine talking to itself, which favours the recipe: it moves more bytes. Where the host "
            "cannot give the whole history, the recipe tries, and then clones the tag alone.",
        ),
    )


def _row(release: str) -> tuple[str, ...]:
    with (
        tempfile.TemporaryDirectory() as folder,
        hosts(artifacts_of(release), Path(folder), LATENCY) as served,
    ):
        source: dict[str, Any] = served.check(release)["source"]  # type: ignore[assignment]
        check, recipe = side_by_side(
            (lambda: _checked(release, served), lambda: _by_hand(release, source, served)), RUNS
        )
    return release, check.shown(2), recipe.shown(2), f"{recipe.least / check.least:.1f}"


def _checked(release: str, served: Hosts) -> float:
    shutil.rmtree(served.home / "cache")
    began = time.perf_counter()
    served.check(release)
    return time.perf_counter() - began


def _by_hand(release: str, source: dict[str, str], served: Hosts) -> float:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _clone(source, folder / "source", served)
        checkout = ["git", "-C", str(folder / "source"), "checkout", "--quiet", source["commit"]]
        subprocess.run(checkout, env=served.environment, check=True, stderr=subprocess.DEVNULL)
        for artifact in artifacts_of(release):
            with urlopen(f"{served.index.url}/files/{artifact.name}") as answer:
                (folder / artifact.name).write_bytes(answer.read())
            _unpack(folder / artifact.name, folder / "unpacked" / artifact.name)
            unpacked = folder / "unpacked" / artifact.name
            subprocess.run(
                ["diff", "-rq", str(folder / "source"), str(unpacked)], stdout=subprocess.DEVNULL, check=False
            )
    return time.perf_counter() - began


def _clone(source: dict[str, str], folder: Path, served: Hosts) -> None:
    """Clone the whole history, or where the host cannot give it the tag alone."""
    clone = ["git", "clone", "--quiet", "--no-checkout"]
    for options in ((), ("--depth", "1", "--branch", source["ref"])):
        began = [*clone, *options, source["repository"], str(folder)]
        done = subprocess.run(began, env=served.environment, check=False, stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            return


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    else:
        with tarfile.open(archive) as sdist:
            sdist.extractall(folder, filter="data")
