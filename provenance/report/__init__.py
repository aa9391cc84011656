"""ReleaseReports in, text for people or machines out; a format is one file here and one row in FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provenance.model import ReleaseReport
from provenance.report.cyclonedx_format import render_cyclonedx
from provenance.report.html_format import render_html
from provenance.report.json_format import render_json
from provenance.report.markdown_format import render_markdown
from provenance.report.sarif_format import render_sarif
from provenance.report.text_format import render_text

Renderer = Callable[[Sequence[ReleaseReport], bool, int], str]

# name -> function of the reports, of whether to list every file, and of the columns to fill (0: no limit)
FORMATS: dict[str, Renderer] = {
    "text": render_text,
    "json": render_json,
    "markdown": render_markdown,
    "sarif": render_sarif,
    "html": render_html,
    "cyclonedx": render_cyclonedx,
}

__all__ = ["FORMATS"]
