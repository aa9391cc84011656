"""What the site knows in, the same as JSON for machines out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from provenance.log import Cosigned
from provenance.model import Verdict
from provenance.publish.address import href, part
from provenance.publish.answered import Answered
from provenance.publish.catalogue import Catalogue, Line
from provenance.publish.record import Record, Stated
from provenance.report.predicate import PREDICATE_TYPE, Predicate
from provenance.report.sentence import counted
from provenance.store import REPORT


def written(document: Any) -> bytes:
    """Return a JSON document as it is published."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def predicate_schema() -> dict[str, Any]:
    """Return the JSON Schema of what signed reports state."""
    schema = Predicate.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": PREDICATE_TYPE, **schema}


def release_document(
    record: Record, line: Line, earlier: Sequence[Stated], answers: Sequence[Answered]
) -> dict[str, Any]:
    """Return a release: its answer, where the signed report of each artifact stands, those it superseded, notes."""
    artifacts = {artifact.filename: artifact for report in record.reports for artifact in report.artifacts}
    listed = [
        {
            "filename": each.filename,
            "kind": each.statement.predicate.kind,
            "sha256": each.statement.subject[0].digest.sha256,
            "verdict": each.statement.predicate.verdict,
            "predicate": each.predicate,
            "evidence": counted(artifacts[each.filename]),
            "counts": {level: files for level, files in each.statement.predicate.counts.items() if files},
            "checked": each.moment or None,
            "signers": list(each.signers),
            "report": href(part(f"{each.filename}{REPORT}")),
            "logged": each.is_logged,
        }
        for each in record.stated
    ]
    superseded = [href(each.place + part(f"{each.filename}{REPORT}")) for each in earlier]
    notes = [
        {"signer": each.answer.signer, "text": each.answer.text, "note": each.path, "logged": each.is_logged}
        for each in answers
    ]
    return {
        "$schema": _schema(line.address, "release"),
        **_release(line),
        "sentence": line.sentence,
        "artifacts": listed,
        "superseded": superseded,
        "notes": notes,
    }


def project_document(lines: Sequence[Line]) -> dict[str, Any]:
    """Return a project and its releases, the newest first."""
    project = lines[0].project
    schema = _schema(f"pypi/{part(project)}/", "project")
    return {"$schema": schema, "name": project, "releases": [_release(line) for line in lines]}


def overview_document(catalogue: Catalogue, cosigned: Sequence[Cosigned]) -> dict[str, Any]:
    """Return the sums over the whole record, and who cosigned its log."""
    evidence: dict[str, dict[str, int]] = {}
    for (kind, level), files in catalogue.evidence().items():
        evidence.setdefault(kind, {})[level] = files
    return {
        "$schema": _schema("", "overview"),
        "projects": catalogue.project_count(),
        "releases": {verdict: catalogue.verdicts().get(verdict, 0) for verdict in Verdict},
        "files": evidence,
        "months": catalogue.months(),
        "cosigned": [
            {"witness": each.witness, "time": f"{each.moment:%Y-%m-%dT%H:%M:%SZ}"} for each in cosigned
        ],
    }


def _schema(path: str, kind: str) -> str:
    """Where the schema of a document in a folder of the site stands."""
    return f"{'../' * path.count('/')}schema.json#/$defs/{kind}"


def _release(line: Line) -> dict[str, Any]:
    return {
        "purl": f"pkg:pypi/{part(line.project)}@{part(line.version)}",
        "version": line.version,
        "answer": line.verdict.answer,
        "verdict": line.verdict,
        "checked": line.moment or None,
        "repository": line.repository or None,
        "ref": line.ref or None,
        "signers": list(line.signers),
        "page": href(line.address),
    }
