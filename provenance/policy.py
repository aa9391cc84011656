"""What a user accepts, from TOML, and ReleaseReports in; what fails, what was accepted and what is out of date out."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import rfc8785
from packaging.utils import canonicalize_name
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from provenance.errors import UsageError
from provenance.model import ArtifactReport, Finding, ReleaseReport, Severity, Verdict

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FailOn(StrEnum):
    """What fails a pipeline; each also fails for all that stands before it."""

    NO = "no"
    CANNOT_TELL = "cannot-tell"
    EXTRAS = "extras"
    STRICT = "strict"

    @property
    def rank(self) -> int:
        """0 for the most lenient."""
        return list(FailOn).index(self)


def _is_release(text: str) -> str:
    name, equals, version = text.partition("==")
    if not equals or not name or not version or "*" in version:
        raise ValueError(f"{text} is not name==version")
    return f"{canonicalize_name(name)}=={version.strip()}"


class Part(BaseModel):
    """A frozen part of a policy; unknown keys are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-")
    )


class Acceptance(Part):
    """One file of one release that someone looked at and accepts, pinned to its bytes, until a day."""

    release: Annotated[str, AfterValidator(_is_release)]
    file: str
    sha256: Digest
    reason: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    expires: date

    def covers(self, report: ReleaseReport, finding: Finding) -> bool:
        """Whether this is the very file that was accepted."""
        same = (self.file, self.sha256) == (finding.path, finding.sha256)
        return same and self.release == f"{canonicalize_name(report.name)}=={report.version}"


class Policy(Part):
    """`[tool.provenance]` of pyproject.toml, or the whole of provenance.toml.

    `hosts` are the git hosts that a source may come from, none meaning any; `required_signers` the key ids of which
    one must have signed a report that is believed without checking again.
    """

    fail_on: FailOn = FailOn.CANNOT_TELL
    hosts: tuple[str, ...] = ()
    required_signers: tuple[str, ...] = ()
    accept: tuple[Acceptance, ...] = ()

    @model_validator(mode="after")
    def _is_unambiguous(self) -> Self:
        keys = [(each.release, each.file, each.sha256) for each in self.accept]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValueError(f"{twice[1]} of {twice[0]} is accepted twice")
        return self

    @property
    def sha256(self) -> str:
        """The digest of its canonical form (RFC 8785), by which reports say under which policy they were read."""
        return hashlib.sha256(rfc8785.dumps(self.model_dump(mode="json", by_alias=True))).hexdigest()

    def joined(self, other: Policy) -> Policy:
        """Both at once: the stricter threshold, hosts that both allow, all signers and all acceptances."""
        hosts = (
            tuple(host for host in self.hosts if host in other.hosts) if self.hosts and other.hosts else ()
        )
        if self.hosts and other.hosts and not hosts:
            raise UsageError("The policies allow no git host in common", hint="name one host in both")
        return Policy(
            **{
                "fail-on": max(self.fail_on, other.fail_on, key=lambda each: each.rank),
                "hosts": hosts or self.hosts or other.hosts,
                "required-signers": tuple(dict.fromkeys((*self.required_signers, *other.required_signers))),
                "accept": tuple(dict.fromkeys((*self.accept, *other.accept))),
            }
        )


class Failure(Part):
    """Why a release fails under a policy."""

    release: str
    kind: Literal["verdict", "host", "notice"]
    reason: str


class Decision(Part):
    """What a policy makes of reports: failures, the acceptances used, and those that are out of date."""

    failures: tuple[Failure, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    stale: tuple[str, ...] = ()


def read_policy(text: str, where: str) -> Policy:
    """Return the policy that a TOML file states, an empty one where pyproject.toml has none.

    Raises UsageError that names the file and the key where it cannot be read.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not TOML: {error}") from error
    if "tool" in document or where.endswith("pyproject.toml"):
        tools = document.get("tool", {})
        document = tools.get("provenance", {}) if isinstance(tools, dict) else document
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{where}: {key or 'the policy'}: {first['msg']}") from error


def decide(policy: Policy, reports: Sequence[ReleaseReport], today: date) -> Decision:
    """Apply a policy. An acceptance never changes a verdict: it only keeps the release from failing."""
    valid = [each for each in policy.accept if each.expires >= today]
    used: list[Acceptance] = []
    failures: list[Failure] = []
    for report in reports:
        covering = {
            id(finding): each
            for _, finding in _open(report)
            for each in valid
            if each.covers(report, finding)
        }
        used += [each for each in covering.values() if each not in used]
        failures += _failures(policy, report, covering.keys())
    return Decision(
        failures=tuple(failures), accepted=tuple(used), stale=tuple(_stale(policy, reports, used, today))
    )


def _failures(policy: Policy, report: ReleaseReport, covered: Iterable[int]) -> list[Failure]:
    release = f"{report.name}=={report.version}"
    covered = set(covered)
    remaining = [finding for _, finding in _open(report) if id(finding) not in covered]
    found: list[Failure] = []
    if _threshold(report.verdict) <= policy.fail_on.rank and (remaining or not covered):
        found.append(Failure(release=release, kind="verdict", reason=report.verdict.value))
    host = urlsplit(report.source.repository).hostname if report.source else None
    if policy.hosts and report.source is not None and host not in policy.hosts:
        found.append(Failure(release=release, kind="host", reason=f"its source is at {host}"))
    if policy.fail_on is FailOn.STRICT:
        grave = [notice for notice in report.notices if notice.severity in (Severity.CRITICAL, Severity.HIGH)]
        found += [Failure(release=release, kind="notice", reason=notice.message) for notice in grave]
    return found


def _threshold(verdict: Verdict) -> int:
    """The first of the thresholds at which this verdict fails; one beyond them all for a match."""
    if verdict is Verdict.MATCH:
        return len(FailOn)
    if verdict is Verdict.MATCH_EXTRAS:
        return FailOn.EXTRAS.rank
    return FailOn.NO.rank if verdict is Verdict.MISMATCH else FailOn.CANNOT_TELL.rank


def _open(report: ReleaseReport) -> list[tuple[ArtifactReport, Finding]]:
    return [
        (artifact, finding)
        for artifact in report.artifacts
        for finding in artifact.findings
        if not finding.is_proven
    ]


def _stale(
    policy: Policy, reports: Sequence[ReleaseReport], used: Sequence[Acceptance], today: date
) -> Iterable[str]:
    """Sentences for acceptances that ran out, and for those that match nothing in a release that was checked."""
    checked = {f"{canonicalize_name(report.name)}=={report.version}" for report in reports}
    for each in policy.accept:
        if each.expires < today:
            yield f"{each.owner}'s exception for {each.file} of {each.release} ran out on {each.expires}"
        elif each.release in checked and each not in used:
            yield f"{each.owner}'s exception for {each.file} of {each.release} matches no file that needs it"
