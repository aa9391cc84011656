"""The frozen values that pass between the stages: in from the index, out to the report."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A frozen value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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

    @cached_property
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

    @cached_property
    def rank(self) -> int:
        """0 for the best; a release gets the worst of its artifacts."""
        return list(Verdict).index(self)


class Answer(StrEnum):
    """Yes, no, or cannot tell: never two of them folded into one."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"


Kind = Literal["sdist", "wheel"]


class LockedFile(Value):
    """A file that a lock file allows for a release; `filename` only where the format names it."""

    sha256: str
    filename: str | None = None


class Lock(Value):
    """All files that one entry of a lock file allows; `where` is the entry's place, for people."""

    where: str
    files: tuple[LockedFile, ...]


class Reference(Value):
    """What a person asked about: a name, perhaps a version, or one local artifact.

    Without a version, `specifier` (PEP 440) narrows down which one is the newest. `locks` are the files that the
    user's lock files allow.
    """

    name: str
    version: str | None = None
    path: str | None = None
    specifier: str = ""
    locks: tuple[Lock, ...] = ()


class Artifact(Value):
    """One file of a release as its index announces it; `size` in bytes."""

    filename: str
    kind: Kind
    url: str
    sha256: str | None = None
    size: int | None = None
    uploaded: datetime | None = None
    yanked: str | None = None
    provenance_url: str | None = None


class Attested(Value):
    """What the certificate of an artifact's verified attestation says (PEP 740); None where it does not say it.

    `signer` is the identity that signed, `logged` when the transparency log took the attestation in.
    """

    predicate_type: str
    signer: str
    logged: datetime
    repository: str | None = None
    commit: str | None = None
    ref: str | None = None
    workflow: str | None = None
    run: str | None = None
    trigger: str | None = None
    runner: str | None = None


class Notice(Value):
    """Something a reader should know that is not about one file.

    `is_lasting` says that it follows from the artifacts and the commit alone, so that anyone finds it again on any
    day; what the index says today, or what this user trusts and has seen before, does not.
    """

    code: str
    severity: Severity
    message: str
    is_lasting: bool = True


class Earlier(Value):
    """A release of the same project that was on the index before."""

    version: str
    is_attested: bool = False


class Release(Value):
    """One name and version on an index, with the artifacts it announces; `earlier` holds the last ones before it."""

    name: str
    version: str
    artifacts: tuple[Artifact, ...]
    earlier: tuple[Earlier, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def uploaded(self) -> datetime | None:
        """When the first of its artifacts was uploaded, None where the index does not say it."""
        return min((artifact.uploaded for artifact in self.artifacts if artifact.uploaded), default=None)


class Vulnerability(Value):
    """A known weakness of one version, as an index's advisory data have it; `fixed_in` are versions without it."""

    id: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    fixed_in: tuple[str, ...] = ()
    link: str = ""


class Uploaded(Value):
    """A release of a project, and when its first file came to the index."""

    version: str
    moment: datetime


class Standing(Value):
    """What an index says of a project and one release of it; None wherever it does not say.

    `uploads` are all releases with a date, the oldest first; `publishers` are accounts with their roles.
    """

    name: str
    version: str
    releases: int
    uploads: tuple[Uploaded, ...] = ()
    yanked: tuple[str, ...] = ()
    status: str | None = None
    status_reason: str = ""
    publishers: tuple[str, ...] | None = None
    vulnerabilities: tuple[Vulnerability, ...] | None = None


class Rank(Value):
    """A project's place among the most downloaded ones; None for one that is not among the `listed`."""

    listed: int
    place: int | None = None
    downloads: int | None = None


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


class Recipe(Value):
    """What building a release again takes; whoever follows it gets the same files.

    `requires` are requirements lines, exact and with hashes once they are resolved, `not_after` when the newest of them
    was on the index. `epoch` is SOURCE_DATE_EPOCH (seconds since 1970), `command` stands in for the backend's hooks.
    `has_crlf` says that the checkout is one of Windows, by git's core.autocrlf, `is_windows` that the build writes text
    and links as it does there. `before` is run in the checkout first; `variables` are "NAME=value".
    """

    name: str
    version: str
    source: Source
    python: str
    backend: str
    backend_path: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    not_after: datetime | None = None
    epoch: int | None = None
    has_history: bool = False
    has_crlf: bool = False
    is_windows: bool = False
    command: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


class Rebuilt(Value):
    """How an artifact that was built again compares with the published one: `way` says what it was built from.

    `same` counts equal files; `differing`, `missing` (not built) and `surplus` (not published) are paths; `varying`
    those that a second build by the same recipe makes otherwise, None where there was none.
    """

    filename: str
    way: Literal["source", "sdist"]
    recipe: Recipe
    sha256: str = ""
    is_same_archive: bool = False
    same: int = 0
    differing: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    varying: tuple[str, ...] | None = None
    failure: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every file came out the same, and no other one did."""
        return not (self.failure or self.differing or self.missing or self.surplus)


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
    """Every file of one artifact, judged; `unlisted` counts the identical files that a stored report leaves out."""

    filename: str
    kind: Kind
    sha256: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    attestations: tuple[Attested, ...] = ()
    unlisted: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether it could not be compared: its one finding is about the archive as a whole and has no digest."""
        return any(not finding.sha256 for finding in self.findings)

    @property
    def counts(self) -> dict[Evidence, int]:
        """Files per evidence level, every level present."""
        counts = dict.fromkeys(Evidence, 0)
        counts[Evidence.IDENTICAL] = self.unlisted
        for finding in self.findings:
            counts[finding.evidence] += 1
        return counts


class FileDifference(Value):
    """How an artifact's file differs from the source file behind it: unified lines (`+`, `-`, ` `, `@@`).

    `reaches` says of Python code what the differing lines reach for, in sentences.
    """

    artifact: str
    path: str
    source_path: str | None
    lines: tuple[str, ...] = ()
    is_cut: bool = False
    is_binary: bool = False
    reaches: tuple[str, ...] = ()


class ReleaseReport(Value):
    """The answer about one release, and everything behind it; `differences` only where somebody wants to see them."""

    name: str
    version: str
    verdict: Verdict
    source: Source | None
    artifacts: tuple[ArtifactReport, ...]
    notices: tuple[Notice, ...] = ()
    differences: tuple[FileDifference, ...] = ()
    rebuilt: tuple[Rebuilt, ...] = ()

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


class Obstacle(StrEnum):
    """Why a release that somebody asked about has no report."""

    NOT_ON_INDEX = "not on the index"
    FAILED = "failed"
    NOT_ASKED = "not checked"


class Unchecked(Value):
    """A release without a report: what was asked for, where it stands, and the sentence that says why."""

    name: str
    version: str | None
    where: str
    obstacle: Obstacle
    reason: str


class Altered(Value):
    """Files of an installed release that are not what was installed; `where` is its folder of metadata."""

    name: str
    version: str
    where: str
    findings: tuple[Finding, ...]


class RuleSet(Value):
    """Which rules judged: their version, and the sha256 over what each of them says that it proves."""

    version: str
    sha256: str


class Limits(Value):
    """Bounds on what a check reads; sizes in bytes, times in seconds. docs/threat-model.md says what each is for."""

    artifact_bytes: int = Field(default=1 << 30, gt=0)
    member_bytes: int = Field(default=256 << 20, gt=0)
    unpacked_bytes: int = Field(default=1 << 30, gt=0)
    members: int = Field(default=200_000, gt=0)
    path_bytes: int = Field(default=1024, gt=0)
    path_parts: int = Field(default=100, gt=0)
    window_bytes: int = Field(default=128 << 20, gt=0)
    index_bytes: int = Field(default=64 << 20, gt=0)
    index_html_bytes: int = Field(default=8 << 20, gt=0)
    index_seconds: float = Field(default=300.0, gt=0)
    git_bytes: int = Field(default=512 << 20, gt=0)
    git_unpacked_bytes: int = Field(default=1 << 30, gt=0)
    git_objects: int = Field(default=1_000_000, gt=0)
    git_refs: int = Field(default=200_000, gt=0)
    git_files: int = Field(default=500_000, gt=0)
    git_seconds: float = Field(default=300.0, gt=0)
