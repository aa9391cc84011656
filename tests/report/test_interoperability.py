"""What others say: in, statements of every verdict; out, in-toto's and JSON Schema's validators agree."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import json_format
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement as ForeignStatement
from jsonschema import Draft202012Validator

from corpus.command import ROOT
from corpus.stated import REPORT, RULES, SDIST
from provenance.model import Verdict
from provenance.report.predicate import Predicate
from provenance.report.statement import payload_of
from provenance.report.stating import state
from provenance.report.summary import passing_result, summarize

SCHEMA = ROOT / "docs/predicate/v1.schema.json"
MOMENT = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
each_verdict = pytest.mark.parametrize("verdict", list(Verdict))


def payload(verdict: Verdict) -> bytes:
    """A report of an artifact with this verdict."""
    artifact = SDIST.model_copy(update={"verdict": verdict})
    return payload_of(state(REPORT, artifact, RULES))


def statements(verdict: Verdict) -> list[bytes]:
    """All that a check writes of such an artifact."""
    report = payload(verdict)
    summary = payload_of(summarize(report, "0.1.0", MOMENT))
    result = passing_result(report, MOMENT)
    return [report, summary, *([payload_of(result)] if result else [])]


def published_schema() -> str:
    """The schema as it is published. To write it anew: `python -m tests.report.test_interoperability`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Predicate.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, indent=2) + "\n"


@each_verdict
def test_in_toto_accepts_every_statement(verdict: Verdict) -> None:
    """Its own validator, on what its own parser reads."""
    for content in statements(verdict):
        found = json_format.Parse(content, statement_pb2.Statement())
        ForeignStatement.copy_from_pb(found).validate()


@each_verdict
def test_in_toto_reads_the_summary(verdict: Verdict) -> None:
    """As a VSA v1, but for two fields: its definition has no `verifier.version`, and one level for SLSA's list."""
    predicate = json.loads(statements(verdict)[1])["predicate"]
    assert predicate["verifier"].pop("version") == {"pypi-provenance": "0.1.0"}
    (predicate["verifiedLevels"],) = predicate["verifiedLevels"]
    found = json_format.ParseDict(predicate, vsa_pb2.VerificationSummary())
    assert found.verification_result == ("PASSED" if verdict.answer == "yes" else "FAILED")
    assert found.resource_uri == "pkg:pypi/plume@1.0.0?file_name=plume-1.0.0.tar.gz"
    assert found.time_verified.ToJsonString() == "2025-03-01T12:00:00Z"


@each_verdict
def test_the_summary_points_to_the_report(verdict: Verdict) -> None:
    """By the digest of the signed bytes, and it is about the same artifact."""
    report, *short = statements(verdict)
    digest = {"sha256": hashlib.sha256(report).hexdigest()}
    summary = json.loads(short[0])
    assert [each["digest"] for each in summary["predicate"]["inputAttestations"]] == [digest]
    assert all(json.loads(each)["subject"] == json.loads(report)["subject"] for each in short)


@pytest.mark.parametrize(
    ("verdict", "levels"),
    [
        (Verdict.MATCH, ["PYPI_PROVENANCE_SOURCE_MATCH"]),
        (Verdict.MATCH_EXTRAS, ["PYPI_PROVENANCE_SOURCE_MATCH_EXTRAS"]),
        (Verdict.UNPROVEN, ["FAILED"]),
        (Verdict.NO_SOURCE, ["FAILED"]),
        (Verdict.MISMATCH, ["FAILED"]),
    ],
)
def test_only_a_yes_passes(verdict: Verdict, levels: list[str]) -> None:
    """Cannot tell is not passed; a simple result is written only of what passed."""
    short = [json.loads(each)["predicate"] for each in statements(verdict)[1:]]
    assert short[0]["verifiedLevels"] == levels
    assert [each["properties"] for each in short[1:]] == ([levels] if levels != ["FAILED"] else [])


def test_a_simple_result_names_its_policies() -> None:
    """SVR 0.2 asks for verifier.id, verifier.policies, timeCreated and properties."""
    result = json.loads(statements(Verdict.MATCH)[2])["predicate"]
    assert set(result["verifier"]) == {"id", "policies"}
    assert all(policy["uri"] and policy["digest"] for policy in result["verifier"]["policies"])
    assert result["timeCreated"] == "2025-03-01T12:00:00Z"


@each_verdict
def test_the_predicate_follows_its_schema(verdict: Verdict) -> None:
    """The published one."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(payload(verdict))["predicate"])


def test_the_published_schema_is_that_of_the_models() -> None:
    """To mend it: `python -m tests.report.test_interoperability > docs/predicate/v1.schema.json`."""
    assert SCHEMA.read_text(encoding="utf-8") == published_schema()


if __name__ == "__main__":
    sys.stdout.write(published_schema())
