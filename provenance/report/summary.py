"""A report's statement in, short statements in standard types out that point to it by digest: SLSA VSA, in-toto SVR.

What varies from run to run, the moment and the build of the tool, stands here and not in the report.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from provenance.model import Verdict
from provenance.report.predicate import PREDICATE_TYPE, Part, Predicate, Sha256Digest
from provenance.report.statement import Statement, read_statement

VSA_TYPE = "https://slsa.dev/verification_summary/v1"
SVR_TYPE = "https://in-toto.io/attestation/svr/v0.2"
VERIFIER = "https://pypi-provenance.example/verifier/v1"
POLICY = f"{PREDICATE_TYPE}#verdicts"

# What is said of an artifact that passed. Names that start with SLSA_ are not ours to give.
PROPERTIES = {
    Verdict.MATCH: "PYPI_PROVENANCE_SOURCE_MATCH",
    Verdict.MATCH_EXTRAS: "PYPI_PROVENANCE_SOURCE_MATCH_EXTRAS",
}


class Resource(Part):
    """An in-toto ResourceDescriptor, as far as it is used here; a report is named by its digest alone."""

    uri: str | None = None
    digest: Sha256Digest


class Verifier(Part):
    """Who verified: one identity for every build of the tool, and which build it was."""

    id: str
    version: dict[str, str]


class VerificationSummary(Part):
    """The predicate of SLSA's Verification Summary Attestation."""

    verifier: Verifier
    time_verified: str
    resource_uri: str
    policy: Resource
    input_attestations: tuple[Resource, ...]
    verification_result: Literal["PASSED", "FAILED"]
    verified_levels: tuple[str, ...]


class PolicyVerifier(Part):
    """The verifier of a Simple Verification Result, which names the policies beside itself."""

    id: str
    policies: tuple[Resource, ...]


class VerificationResult(Part):
    """The predicate of in-toto's Simple Verification Result: properties that hold.

    It has no field for what they follow from; the report stands under a name of this project's own.
    """

    verifier: PolicyVerifier
    time_created: str
    properties: Annotated[tuple[str, ...], Field(min_length=1)]
    report: Annotated[Resource, Field(alias=PREDICATE_TYPE)]


def summarize(
    payload: bytes, build: str, moment: datetime, policy: str = ""
) -> Statement[VerificationSummary]:
    """Return the summary of a report: passed where the artifact is its source, failed for every other answer.

    `payload` is the report's statement, `build` the tool's version, `moment` the time of the check, in UTC, `policy`
    the sha256 of the user's policy: it decides what fails a pipeline, not what is said here, so it stands beside the
    build.
    """
    statement = read_statement(payload)
    passed = PROPERTIES.get(statement.predicate.verdict)
    summary = VerificationSummary(
        verifier=Verifier(id=VERIFIER, version={"pypi-provenance": build} | _in_force(policy)),
        time_verified=_timestamp(moment),
        resource_uri=statement.predicate.purl,
        policy=_policy(statement.predicate),
        input_attestations=(_report(payload),),
        verification_result="PASSED" if passed else "FAILED",
        verified_levels=(passed or "FAILED",),
    )
    return Statement(subject=statement.subject, predicate_type=VSA_TYPE, predicate=summary)


def passing_result(payload: bytes, moment: datetime) -> Statement[VerificationResult] | None:
    """Return what holds for an artifact that passed, None for any other: this type carries no failures."""
    statement = read_statement(payload)
    passed = PROPERTIES.get(statement.predicate.verdict)
    if passed is None:
        return None
    result = VerificationResult(
        verifier=PolicyVerifier(id=VERIFIER, policies=(_policy(statement.predicate),)),
        time_created=_timestamp(moment),
        properties=(passed,),
        report=_report(payload),
    )
    return Statement(subject=statement.subject, predicate_type=SVR_TYPE, predicate=result)


def _in_force(policy: str) -> dict[str, str]:
    return {"policy": f"sha256:{policy}"} if policy else {}


def _policy(predicate: Predicate) -> Resource:
    """How verdicts are reached, bound to the rules that judged."""
    return Resource(uri=POLICY, digest=predicate.rule_set.digest)


def _report(payload: bytes) -> Resource:
    """The report itself, by the digest of its statement's bytes, whoever signed them."""
    return Resource(digest=Sha256Digest(sha256=hashlib.sha256(payload).hexdigest()))


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
