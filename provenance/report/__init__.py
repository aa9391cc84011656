"""ReleaseReports in, text for people or machines out; a format is one file here and one row in FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provenance.model import ReleaseReport
from provenance.report.json_format import render_json
from provenance.report.text_format import render_text

Renderer = Callable[[Sequence[ReleaseReport], bool], str]

# name -> function of the reports and of whether to list every file
FORMATS: dict[str, Renderer] = {"text": render_text, "json": render_json}

__all__ = ["FORMATS"]
