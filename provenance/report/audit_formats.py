"""Audited releases in, text for people or machines out; a format is one file here and one row in AUDIT_FORMATS."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from provenance.report.audit_html import render_audit_html
from provenance.report.audit_markdown import render_audit_markdown
from provenance.report.audit_text import render_audit
from provenance.report.audited import Audited

SCHEMA = "audit/v1"


def render_audit_json(releases: Sequence[Audited], columns: int = 0) -> str:
    """Return one document; later versions only add to it. A release without an answer has the verdict null."""
    rows = [each.model_dump(mode="json") | {"answer": each.answer} for each in releases]
    rows.sort(key=lambda row: not row["changes"])
    return json.dumps({"schema": SCHEMA, "releases": rows}, indent=2) + "\n"


# name -> function of the releases and of the columns to fill (0: no limit)
AUDIT_FORMATS: dict[str, Callable[[Sequence[Audited], int], str]] = {
    "text": render_audit,
    "json": render_audit_json,
    "markdown": render_audit_markdown,
    "html": render_audit_html,
}
