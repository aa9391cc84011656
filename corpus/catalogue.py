"""corpus/releases.json in, the pinned releases that the exam runs on out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from provenance.model import Verdict

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Pin:
    """One artifact by name and digest."""

    filename: str
    sha256: str


@dataclass(frozen=True)
class PinnedRelease:
    """One real release: its artifacts, where its source is, and the verdict that is right for it.

    `given` says that its metadata does not lead to the repository, so that a user has to name it; `why` gives
    the reason for every verdict but yes.
    """

    name: str
    version: str
    repository: str
    ref: str
    commit: str
    subdirectory: str
    backend: str
    pure: bool
    artifacts: tuple[Pin, ...]
    expected: Verdict
    given: bool = False
    why: str = ""

    @property
    def reference(self) -> str:
        """What a person types to ask about this release."""
        return f"{self.name}=={self.version}"

    @property
    def project(self) -> str:
        """The project's normalised name."""
        return canonicalize_name(self.name)

    @property
    def listing(self) -> Path:
        """Where the listing of its commit stands, if the corpus has one."""
        return FOLDER / "listings" / f"{self.name}-{self.version}.txt"


def pinned_releases() -> tuple[PinnedRelease, ...]:
    """Read all releases, in the order of the file."""
    rows = json.loads((FOLDER / "releases.json").read_text())["releases"]
    return tuple(_release(row) for row in rows)


def _release(row: dict[str, Any]) -> PinnedRelease:
    pins = tuple(Pin(**pin) for pin in row["artifacts"])
    return PinnedRelease(**{**row, "artifacts": pins, "expected": Verdict(row["expected"])})


def by_project(releases: Sequence[PinnedRelease]) -> list[tuple[PinnedRelease, ...]]:
    """Group the releases of each project, which serve each other as older revisions."""
    groups: dict[str, list[PinnedRelease]] = defaultdict(list)
    for release in releases:
        groups[release.project].append(release)
    return [tuple(group) for group in groups.values()]
