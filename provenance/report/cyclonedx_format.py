"""ReleaseReports in, a CycloneDX 1.6 bill of materials out: one component per release, its answer as properties."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

from packageurl import PackageURL

from provenance.model import ArtifactReport, Evidence, ReleaseReport
from provenance.report.sentence import sentence

PREFIX = "pypi-provenance"


def render_cyclonedx(reports: Sequence[ReleaseReport], all_files: bool = False, columns: int = 0) -> str:
    """Return the document; it has no serial number and no time, so that equal answers make equal bytes."""
    tool = {"type": "application", "name": "pypi-provenance", "version": version("pypi-provenance")}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"tools": {"components": [tool]}},
        "components": [_component(report) for report in reports],
    }
    return json.dumps(document, indent=2) + "\n"


def _component(report: ReleaseReport) -> dict[str, Any]:
    purl = str(PackageURL("pypi", None, report.name, report.version))
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": report.name,
        "version": report.version,
        "purl": purl,
        "properties": [
            {"name": f"{PREFIX}:verdict", "value": report.verdict.value},
            {"name": f"{PREFIX}:answer", "value": sentence(report)},
            *_severities(report),
        ],
        "components": [_artifact(report, artifact) for artifact in report.artifacts],
    }
    if report.source is not None:
        vcs = {"type": "vcs", "url": f"{report.source.repository}@{report.source.commit}"}
        component["externalReferences"] = [vcs]
    return component


def _artifact(report: ReleaseReport, artifact: ArtifactReport) -> dict[str, Any]:
    name = {"file_name": artifact.filename}
    component: dict[str, Any] = {
        "type": "file",
        "bom-ref": str(PackageURL("pypi", None, report.name, report.version, name)),
        "name": artifact.filename,
        "properties": [{"name": f"{PREFIX}:verdict", "value": artifact.verdict.value}, *_counts(artifact)],
    }
    if artifact.sha256:
        component["hashes"] = [{"alg": "SHA-256", "content": artifact.sha256}]
    return component


def _severities(report: ReleaseReport) -> Iterator[dict[str, str]]:
    for severity, count in report.severities.items():
        if count:
            yield {"name": f"{PREFIX}:{severity.value}", "value": str(count)}


def _counts(artifact: ArtifactReport) -> Iterator[dict[str, str]]:
    for evidence in Evidence:
        if artifact.counts[evidence]:
            yield {"name": f"{PREFIX}:{evidence.value}", "value": str(artifact.counts[evidence])}
