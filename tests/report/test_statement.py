"""The statement: in, a report; out, bytes that depend on it alone, and nothing that contradicts itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from corpus.command import ROOT
from corpus.stated import REPORT, RULES, SDIST, SOURCE, WHEEL
from provenance.compare.explain import RULES as ALL_RULES
from provenance.compare.explain import rule_set
from provenance.errors import ReportError
from provenance.model import ArtifactReport, Finding, Notice, ReleaseReport, Severity
from provenance.report.statement import canonical, payload_of, predicate_digest, read_statement
from provenance.report.stating import manifest_digest, restore, state

GOLDEN = Path(__file__).parent / "plume-1.0.0.tar.gz.statement.json"


def payload(report: ReleaseReport = REPORT, artifact: ArtifactReport = SDIST) -> bytes:
    """The statement's bytes about one artifact."""
    return payload_of(state(report, artifact, RULES))


def changed(document: dict[str, Any]) -> bytes:
    """A statement's bytes after someone edited it, in the form that a report has."""
    return canonical(document)


def test_a_statement_has_the_bytes_that_it_always_had() -> None:
    """The golden file is what strangers hold: other bytes for the same report need another predicate type."""
    assert payload() == GOLDEN.read_bytes()


def test_the_specification_shows_the_golden_statement() -> None:
    """The example in docs/predicate/v1.md."""
    text = (ROOT / "docs/predicate/v1.md").read_text(encoding="utf-8")
    example = text.partition("## Example")[2].partition("```json\n")[2].partition("```")[0]
    assert json.loads(example) == json.loads(GOLDEN.read_bytes())
    assert predicate_digest(payload()) in text


def test_the_digest_is_that_of_the_canonical_predicate() -> None:
    """Anyone can compute it with any RFC 8785 implementation."""
    predicate = json.loads(GOLDEN.read_bytes())["predicate"]
    plain = json.dumps(predicate, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert predicate_digest(payload()) == hashlib.sha256(plain.encode()).hexdigest()


def test_the_order_of_findings_notices_and_siblings_is_not_the_reports() -> None:
    """However a machine lists them, the statement is the same."""
    mixed = SDIST.model_copy(update={"findings": SDIST.findings[::-1]})
    again = REPORT.model_copy(update={"artifacts": (WHEEL, mixed), "notices": REPORT.notices[::-1]})
    assert payload(again, mixed) == payload()


def test_what_does_not_last_is_left_out() -> None:
    """What the index says today is no part of what two strangers compare."""
    today = Notice(code="yanked", severity=Severity.LOW, message="Another day.", is_lasting=False)
    assert payload(REPORT.model_copy(update={"notices": (REPORT.notices[0], today)})) == payload()


def test_a_token_in_the_repositorys_address_is_not_published() -> None:
    """An address that a user typed may hold a secret."""
    source = SOURCE.model_copy(update={"repository": "https://ada:secret@git.example/ada/plume"})
    assert payload(REPORT.model_copy(update={"source": source})) == payload()


@pytest.mark.parametrize("field", ["path", "evidence", "source_path", "sha256", "blob"])
def test_the_manifest_binds_identical_files_too(field: str) -> None:
    """Each file's path, evidence, origin and digests are under one digest."""
    identical = SDIST.findings[1]
    values = {"path": "x", "evidence": "normalized", "source_path": "x", "sha256": "0" * 64, "blob": "0" * 40}
    other = Finding.model_validate({**identical.model_dump(), field: values[field]})
    edited = SDIST.model_copy(update={"findings": (SDIST.findings[0], other, SDIST.findings[2])})
    assert manifest_digest(edited) != manifest_digest(SDIST)


def test_a_report_comes_back_with_identical_files_as_a_number() -> None:
    """All that a renderer needs is in the statements."""
    back = restore([read_statement(payload(artifact=artifact)) for artifact in REPORT.artifacts])
    listed = tuple(finding for finding in SDIST.findings if finding.evidence != "identical")
    assert back == REPORT.model_copy(
        update={
            "artifacts": (SDIST.model_copy(update={"findings": listed, "unlisted": 1}), WHEEL),
            "notices": REPORT.notices[:1],
        }
    )


def test_a_report_shown_without_its_sibling_says_so() -> None:
    """The answer is about the release, so what is not shown is named."""
    back = restore([read_statement(payload(artifact=WHEEL))])
    assert [notice.message for notice in back.notices if notice.code == "sibling"] == [
        "plume-1.0.0.tar.gz was checked together with this: mismatch. It has a report of its own."
    ]


def test_a_statement_in_another_spelling_is_refused() -> None:
    """What was signed has one spelling: spaces, order and doubled names cannot hide anything."""
    text = payload().decode()
    for spelled in (
        json.dumps(json.loads(text)),
        text.replace("{", '{"predicateType":"x",', 1),
        text.replace('"kind":"sdist"', '"kind":"sdist","kind":"sdist"'),
    ):
        with pytest.raises(ReportError, match=r"canonical|not a report"):
            read_statement(spelled.encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"predicate":1}', b"[" * 100_000])
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    """Any bytes are expected input."""
    with pytest.raises(ReportError):
        read_statement(content)


def test_another_predicate_is_refused() -> None:
    """A statement of another type is not read as if it were a report."""
    document = json.loads(payload())
    document["predicateType"] = "https://slsa.dev/provenance/v1"
    with pytest.raises(ReportError, match="not a report"):
        read_statement(changed(document))


def test_findings_that_the_counts_do_not_promise_are_refused() -> None:
    """A report that lists fewer differences than it counts is not believed."""
    document = json.loads(payload())
    document["predicate"]["findings"].pop(0)
    with pytest.raises(ReportError, match="counts 1 files as modified and lists 0"):
        read_statement(changed(document))


def test_a_field_that_a_later_version_adds_is_ignored() -> None:
    """As in-toto asks of consumers; the digest covers it all the same."""
    document = json.loads(payload())
    document["predicate"]["new"] = 1
    assert read_statement(changed(document)) == read_statement(payload())
    assert predicate_digest(changed(document)) != predicate_digest(payload())


def test_a_missing_field_is_named() -> None:
    """The sentence says which."""
    document = json.loads(payload())
    del document["predicate"]["ruleSet"]
    with pytest.raises(ReportError, match=r"predicate\.ruleSet"):
        read_statement(changed(document))


def test_the_rule_set_is_named_by_what_the_rules_say() -> None:
    """Version and digest; the digest can be recomputed from the rules' texts."""
    texts = [
        {"name": rule.name, "proves": rule.proves, "leavesFree": rule.leaves_free, "sources": [*rule.sources]}
        for rule in ALL_RULES
    ]
    assert rule_set().sha256 == hashlib.sha256(canonical(texts)).hexdigest()
    assert rule_set().version
