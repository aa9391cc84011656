"""ReleaseReports in, a SARIF 2.1.0 log out: one result per file that nothing proves, and per notice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from provenance.model import ArtifactReport, Evidence, Finding, Notice, ReleaseReport, Severity, Verdict
from provenance.report.sentence import sentence, unproven
from provenance.report.text_format import shown_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# as code scanning services read it: 9 and above critical, 7 high, 4 medium, below low
SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
CONTRADICTED, NOTICE, ANSWER = "contradicted", "notice", "cannot-tell"
RULES = {
    CONTRADICTED: ("FileContradictsSource", "A file states something that the source refutes."),
    Evidence.MODIFIED: ("FileDiffersFromSource", "A file differs from the source file behind it, without proof why."),
    Evidence.ADDED: ("FileNotInSource", "A file has nothing in the source behind it."),
    Evidence.RELOCATED: ("FileMovedFromSource", "A file has a source file's bytes at a path that nothing explains."),
    Evidence.RECOGNIZED: ("FileNotProven", "A file is of a known kind, and its content is not proven."),
    NOTICE: ("SourceNotice", "Something about the release or its source that a reader should know."),
    ANSWER: ("CannotTell", "The release could not be compared with any source."),
}  # fmt: skip


def render_sarif(reports: Sequence[ReleaseReport], all_files: bool = False, columns: int = 0) -> str:
    """Return the log; identical and proven files have no result in it, whatever `all_files` says."""
    results = [result for report in reports for result in _results(report)]
    used = list(dict.fromkeys(result["ruleId"] for result in results))
    for result in results:
        result["ruleIndex"] = used.index(result["ruleId"])
    driver = {
        "name": "provenance",
        "fullName": "provenance: is the package the exact source?",
        "version": version("pypi-provenance"),
        "informationUri": "https://pypi-provenance.example/",
        "rules": [_rule(rule) for rule in used],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "artifacts": [_artifact(artifact) for report in reports for artifact in report.artifacts],
        "results": results,
        "properties": {"releases": [_release(report) for report in reports]},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: str) -> dict[str, Any]:
    name, text = RULES[rule]
    return {
        "id": str(rule),
        "name": name,
        "shortDescription": {"text": text},
        "fullDescription": {
            "text": f"{text} The answer behind it compares every file with the tagged commit."
        },
        "help": {"text": "`provenance explain` says what the levels of evidence mean."},
    }


def _release(report: ReleaseReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "version": report.version,
        "verdict": report.verdict.value,
        "answer": sentence(report),
    }


def _artifact(artifact: ArtifactReport) -> dict[str, Any]:
    location = {"uri": quote(artifact.filename)}
    return (
        {"location": location, "hashes": {"sha-256": artifact.sha256}}
        if artifact.sha256
        else {"location": location}
    )


def _results(report: ReleaseReport) -> Iterator[dict[str, Any]]:
    if report.verdict is Verdict.NO_SOURCE:
        yield _result(report, ANSWER, Severity.MEDIUM, sentence(report), None, "")
    for artifact in report.artifacts:
        for finding in unproven(artifact):
            rule = CONTRADICTED if finding.contradicts else finding.evidence
            yield _result(
                report, rule, finding.severity, _sentence(artifact, finding), artifact, finding.path
            )
    for notice in report.notices:
        if notice.severity is not Severity.INFO:
            yield _result(report, NOTICE, notice.severity, _noticed(notice), None, notice.code)


def _sentence(artifact: ArtifactReport, finding: Finding) -> str:
    return f"{shown_text(finding.path)} in {artifact.filename}: {shown_text(finding.reason)}."


def _noticed(notice: Notice) -> str:
    return shown_text(notice.message)


def _result(
    report: ReleaseReport,
    rule: str,
    severity: Severity,
    text: str,
    artifact: ArtifactReport | None,
    path: str,
) -> dict[str, Any]:
    release = f"{report.name}=={report.version}"
    place: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": release, "kind": "package"}]}
    if artifact is not None:
        inside = "" if path == artifact.filename else "/" + quote(path.encode(errors="surrogateescape"))
        uri = quote(artifact.filename) + inside
        place["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
    where = f"{release}\0{artifact.filename if artifact else ''}\0{path}\0{rule}"
    fingerprint = hashlib.sha256(where.encode(errors="surrogateescape")).hexdigest()
    return {
        "ruleId": str(rule),
        "level": LEVELS[severity],
        "message": {"text": text},
        "locations": [place],
        "partialFingerprints": {"release/path/v1": fingerprint},
        "properties": {"severity": severity.value, "security-severity": SCORES[severity]},
    }
