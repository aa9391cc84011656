"""The frozen values that pass between the stages: in from the index, out to the report."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A frozen value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(StrEnum):
    """How strongly one artifact file is tied to the source, strongest first (docs/architecture.md)."""

    IDENTICAL = "identical"
    NORMALIZED = "normalized"
    REPRODUCED = "reproduced"
    REBUILT = "rebuilt"
    CONSISTENT = "consistent"
    RECOGNIZED = "recognized"
    RELOCATED = "relocated"
    MODIFIED = "modified"
    ADDED = "added"

    @property
    def is_proof(self) -> bool:
        """Whether a file at this level counts as proven."""
        return self in PROVEN


PROVEN = frozenset(
    {Evidence.IDENTICAL, Evidence.NORMALIZED, Evidence.REPRODUCED, Evidence.REBUILT, Evidence.CONSISTENT}
)


class Severity(StrEnum):
    """What a file could do to the person who installs it, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Verdict(StrEnum):
    """The answer for one artifact or one release, best first."""

    MATCH = "match"
    MATCH_EXTRAS = "match-extras"
    UNPROVEN = "unproven"
    NO_SOURCE = "no-source"
    MISMATCH = "mismatch"

    @property
    def answer(self) -> Answer:
        """Which of the three answers this verdict gives."""
        if self in (Verdict.MATCH, Verdict.MATCH_EXTRAS):
            return Answer.YES
        return Answer.NO if self is Verdict.MISMATCH else Answer.CANNOT_TELL

    @property
    def rank(self) -> int:
        """0 for the best; a release gets the worst of its artifacts."""
        return list(Verdict).index(self)


class Answer(StrEnum):
    """Yes, no, or cannot tell: never two of them folded into one."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"


Kind = Literal["sdist", "wheel"]


class Reference(Value):
    """What a person asked about: a name, perhaps a version, or one local artifact."""

    name: str
    version: str | None = None
    path: str | None = None


class Artifact(Value):
    """One file of a release as its index announces it; `size` in bytes."""

    filename: str
    kind: Kind
    url: str
    sha256: str | None = None
    size: int | None = None
    uploaded: datetime | None = None
    yanked: str | None = None


class Notice(Value):
    """Something a reader should know that is not about one file.

    `is_lasting` says that it follows from the artifacts and the commit alone, so that anyone finds it again on any
    day; what the index says today, or what this user trusts and has seen before, does not.
    """

    code: str
    severity: Severity
    message: str
    is_lasting: bool = True


class Release(Value):
    """One name and version on an index, with the artifacts it announces."""

    name: str
    version: str
    artifacts: tuple[Artifact, ...]
    notices: tuple[Notice, ...] = ()


class Submodule(Value):
    """A repository that the source's commit pins at a path of its own."""

    path: str
    repository: str
    commit: str


class Source(Value):
    """A repository at one commit.

    `subdirectory` is the project's folder in it, without slashes around; `tag` the id of the tag object, where the
    tag has one of its own; `named_by` where the repository's address was read.
    """

    repository: str
    ref: str
    commit: str
    tree: str
    subdirectory: str = ""
    tag: str | None = None
    named_by: str = ""
    submodules: tuple[Submodule, ...] = ()


class Explanation(Value):
    """A named rule's proof of where a file comes from, or its reason why there is none.

    `severity` is what the rule knows an unproven file could do, where that is less than its path lets fear.
    """

    rule: str
    evidence: Evidence
    reason: str
    source_path: str | None = None
    contradicts: bool = False
    severity: Severity | None = None


class Finding(Value):
    """One artifact file with its evidence; `contradicts` marks a value that the source refutes."""

    path: str
    evidence: Evidence
    rule: str
    severity: Severity
    source_path: str | None
    reason: str
    sha256: str = ""
    blob: str = ""
    contradicts: bool = False

    @property
    def is_proven(self) -> bool:
        """Whether the file counts as proven: strong evidence, and nothing in it that the source refutes."""
        return self.evidence.is_proof and not self.contradicts


class ArtifactReport(Value):
    """Every file of one artifact, judged."""

    filename: str
    kind: Kind
    sha256: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[Evidence, int]:
        """Files per evidence level, every level present."""
        counts = dict.fromkeys(Evidence, 0)
        for finding in self.findings:
            counts[finding.evidence] += 1
        return counts


class ReleaseReport(Value):
    """The answer about one release, and everything behind it."""

    name: str
    version: str
    verdict: Verdict
    source: Source | None
    artifacts: tuple[ArtifactReport, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def answer(self) -> Answer:
        """The verdict as one of three answers."""
        return self.verdict.answer

    @property
    def severities(self) -> dict[Severity, int]:
        """Unproven findings and notices per severity."""
        counts = dict.fromkeys(Severity, 0)
        for artifact in self.artifacts:
            for finding in artifact.findings:
                if not finding.is_proven:
                    counts[finding.severity] += 1
        for notice in self.notices:
            counts[notice.severity] += 1
        return counts


class Limits(Value):
    """Bounds on what a check reads; sizes in bytes, times in seconds."""

    artifact_bytes: int = Field(default=1 << 30, gt=0)
    member_bytes: int = Field(default=256 << 20, gt=0)
    unpacked_bytes: int = Field(default=1 << 30, gt=0)
    members: int = Field(default=200_000, gt=0)
    path_bytes: int = Field(default=1024, gt=0)
    index_bytes: int = Field(default=64 << 20, gt=0)
    git_bytes: int = Field(default=512 << 20, gt=0)
    git_seconds: float = Field(default=300.0, gt=0)
