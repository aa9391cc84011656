"""ReleaseReports in, text for people or machines out; a format is one file here and one row in FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provenance.model import ReleaseReport
from provenance.report.json_format import render_json
from provenance.report.text_format import render_text

Renderer = Callable[[Sequence[ReleaseReport], bool, int], str]

# name -> function of the reports, of whether to list every file, and of the columns to fill (0: no limit)
FORMATS: dict[str, Renderer] = {"text": render_text, "json": render_json}

__all__ = ["FORMATS"]
