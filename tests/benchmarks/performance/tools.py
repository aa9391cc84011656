"""Releases in, a table out: four tools on artifacts as published, and as an attacker could change them."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from corpus import command
from tests.benchmarks.performance.attacks import attacks, paths_in
from tests.benchmarks.performance.process import NoAnswerError
from tests.benchmarks.performance.rivals import (
    Answer,
    Case,
    Tool,
    diffoscope,
    guarddog,
    phantom,
    provenance,
)
from tests.benchmarks.performance.table import Table

READS: Mapping[Tool, tuple[str, ...]] = {
    provenance: ("sdist", "wheel"),
    diffoscope: ("sdist", "wheel"),
    guarddog: ("sdist",),
    phantom: ("wheel",),
}
MOST_FILES = 2_000  # artifacts with more files than this are run as published only
NOTES = (
    "A file is named falsely when a tool lists it for the artifact as published, with which nobody tampered; an "
    "artifact is stopped falsely when a pipeline that takes the tool's answer would refuse it. An attack is caught "
    "when the tool names the changed file and did not before, or stops the artifact and did not before: a file that "
    "is named each time tells nobody anything.",
    "This project fetches the commit itself during the run; diffoscope and phantom-scan are given it beforehand, as "
    "a folder, and as an archive in phantom-scan's own cache; guarddog's rule clones the whole repository from the "
    "same host. guarddog's rule reads sdists, phantom-scan pure wheels. Each tool is its newest release, in an "
    "environment of its own.",
)


@dataclass
class Tally:
    """What one tool said of all artifacts."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    files: int = 0
    named: int = 0
    stopped: int = 0
    caught: int = 0
    attacks: int = 0
    gave_up: int = 0
    missed: list[str] = field(default_factory=list)


def measure(releases: Sequence[str]) -> Table:
    """Run every tool on every artifact that it reads, as published and attacked."""
    tallies = {tool: Tally() for tool in READS}
    for release in releases:
        with tempfile.TemporaryDirectory() as folder:
            for case in cases(release, Path(folder)):
                for tool, kinds in READS.items():
                    if case.kind in kinds:
                        judge(tool, case, tallies[tool])
    rows = [row(tool.__name__, ", ".join(READS[tool]), tally) for tool, tally in tallies.items()]
    missed = [
        f"{tool.__name__} missed {'; '.join(tally.missed)}."
        for tool, tally in tallies.items()
        if tally.missed
    ]
    columns = (
        "tool", "reads", "seconds an artifact (median, most)", "MB (most)", "files compared",
        "files named falsely", "artifacts stopped falsely", "attacks caught",
    )  # fmt: skip
    return Table(
        "Against other tools",
        "no false alarm, every attack caught.",
        columns,
        rows,
        (f"Releases: {', '.join(releases)}.", *NOTES, *missed),
    )


def judge(tool: Tool, case: Case, tally: Tally) -> None:
    """Run a tool on an artifact and, where that has not too many files, on its doubles."""
    paths = paths_in(case.artifact)
    before = answer(tool, case)
    if before is None:
        tally.gave_up += 1
        return
    tally.seconds.append(before.run.seconds)
    tally.megabytes.append(before.run.megabytes)
    tally.files += len(paths)
    tally.named += len(before.named)
    tally.stopped += before.stops
    if len(paths) > MOST_FILES or not is_pure(case):
        return
    with tempfile.TemporaryDirectory() as folder:
        for attack in attacks(case.artifact, case.name, Path(folder)):
            after = answer(tool, replace(case, artifact=attack.artifact))
            is_named = after and PurePosixPath(attack.path).name in after.named - before.named
            is_caught = bool(after and (is_named or (after.stops and not before.stops)))
            tally.attacks += 1
            tally.caught += is_caught
            if not is_caught:
                tally.missed.append(f"{attack.words} ({case.name}, {case.kind})")


def answer(tool: Tool, case: Case) -> Answer | None:
    """What a tool says in a folder of its own; None where it has no answer."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return tool(case, Path(folder))
        except NoAnswerError:
            return None


def row(name: str, reads: str, tally: Tally) -> tuple[str, ...]:
    """One tool's line of the table."""
    seconds = f"{statistics.median(tally.seconds):.2f}, {max(tally.seconds):.2f}"
    if tally.gave_up:
        seconds += f"; {tally.gave_up} without an answer"
    artifacts = len(tally.seconds)
    return (
        name, reads, seconds, f"{max(tally.megabytes):.0f}", f"{tally.files:,}", f"{tally.named:,}",
        f"{tally.stopped} of {artifacts}", f"{tally.caught} of {tally.attacks}",
    )  # fmt: skip


def cases(release: str, folder: Path) -> list[Case]:
    """The sdist and the wheel of a release that a check finds, and a shallow clone of its tag."""
    environment = {**os.environ, "PROVENANCE_CACHE": str(folder / "cache")}
    outcome = command.run("check", release, "--format", "json", "--no-sign", environment=environment)
    document = outcome.document["releases"][0]
    source = document["source"]
    clone = folder / "clone"
    words = ["git", "clone", "--quiet", "--bare", "--depth", "1", "--branch", source["ref"]]
    subprocess.run([*words, source["repository"], str(clone)], check=True, stderr=subprocess.DEVNULL)
    kept = {path.name: path for path in (folder / "cache").rglob("*") if path.is_file()}
    found = []
    for artifact in document["artifacts"]:
        path = folder / artifact["filename"]
        path.write_bytes(kept[artifact["sha256"]].read_bytes())
        found.append(
            Case(document["name"], document["version"], path, source["repository"], source["ref"], clone)
        )
    return found


def is_pure(case: Case) -> bool:
    """Whether an artifact is an sdist or a wheel for every machine."""
    return case.kind == "sdist" or case.artifact.name.endswith("-none-any.whl")
