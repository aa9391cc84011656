"""ReleaseReports in, the JSON document "check/v1" out; later versions only add to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from provenance.model import Altered, ArtifactReport, Evidence, Finding, ReleaseReport
from provenance.report.overview import Overview, worst_first

SCHEMA = "check/v1"


def render_json(reports: Sequence[ReleaseReport], all_files: bool = False, columns: int = 0) -> str:
    """Return the document; findings list every file that is not identical, or all of them."""
    document = {"schema": SCHEMA, "releases": [_release(report, all_files) for report in reports]}
    return json.dumps(document, indent=2) + "\n"


def render_json_overview(overview: Overview, all_files: bool = False) -> str:
    """Return the document for many releases: the worst first, and what there is no report of."""
    document = {
        "schema": SCHEMA,
        "releases": [_release(report, all_files) for report in worst_first(overview.reports)],
        "not_checked": [each.model_dump(mode="json") for each in overview.unchecked],
        "altered": [_altered(each) for each in overview.altered],
    }
    return json.dumps(document, indent=2) + "\n"


def _altered(altered: Altered) -> dict[str, Any]:
    return {
        "name": altered.name,
        "version": altered.version,
        "where": altered.where,
        "findings": [_finding(finding) for finding in altered.findings],
    }


def _release(report: ReleaseReport, all_files: bool) -> dict[str, Any]:
    return {
        "name": report.name,
        "version": report.version,
        "verdict": report.verdict.value,
        "answer": report.answer.value,
        "severities": {severity.value: count for severity, count in report.severities.items()},
        "source": report.source.model_dump() if report.source else None,
        "artifacts": [_artifact(artifact, all_files) for artifact in report.artifacts],
        "notices": [notice.model_dump(mode="json") for notice in report.notices],
        **({"rebuilt": [each.model_dump(mode="json") for each in report.rebuilt]} if report.rebuilt else {}),
    }


def _artifact(artifact: ArtifactReport, all_files: bool) -> dict[str, Any]:
    listed = [
        finding for finding in artifact.findings if all_files or finding.evidence is not Evidence.IDENTICAL
    ]
    return {
        "filename": artifact.filename,
        "kind": artifact.kind,
        "sha256": artifact.sha256,
        "verdict": artifact.verdict.value,
        "counts": {evidence.value: count for evidence, count in artifact.counts.items()},
        "findings": [_finding(finding) for finding in listed],
        "attestations": [attested.model_dump(mode="json") for attested in artifact.attestations],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "path": finding.path.encode(errors="surrogateescape").decode(errors="backslashreplace"),
        "evidence": finding.evidence.value,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "source_path": finding.source_path,
        "reason": finding.reason,
        "sha256": finding.sha256,
        "blob": finding.blob,
    }
