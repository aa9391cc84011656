"""ReleaseReports in, one self-contained HTML page out: no script, no request, readable on a phone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from provenance.model import ArtifactReport, Evidence, FileDifference, ReleaseReport, Severity
from provenance.report.sentence import advice, place, sentence, unproven
from provenance.report.side_by_side import side_by_side
from provenance.report.text_format import shown_text

if TYPE_CHECKING:
    from jinja2 import Environment

# how evidence is grouped in the bar: class of the style sheet, words for people, levels
GROUPS = (
    ("identical", "identical to the source", (Evidence.IDENTICAL,)),
    ("converted", "the same after a checked conversion", (Evidence.NORMALIZED,)),
    ("generated", "generated, and checked", (Evidence.REPRODUCED, Evidence.REBUILT, Evidence.CONSISTENT)),
    ("unproven", "of a known form, not proven", (Evidence.RECOGNIZED,)),
    ("moved", "moved from elsewhere in the source", (Evidence.RELOCATED,)),
    ("changed", "changed", (Evidence.MODIFIED,)),
    ("added", "not in the source", (Evidence.ADDED,)),
)


@dataclass(frozen=True)
class Segment:
    """One part of an evidence bar; start and width in per cent."""

    group: str
    words: str
    count: int
    start: float
    width: float


def render_html(reports: Sequence[ReleaseReport], all_files: bool = False, columns: int = 0) -> str:
    """Return the page, the worst release first; every text in it is escaped, and it holds no script."""
    from markupsafe import Markup

    ordered = sorted(reports, key=lambda report: (-report.verdict.rank, report.name, report.version))
    style = template_environment().loader.get_source(template_environment(), "report.css")[0]  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return template_environment().get_template("report.html").render(
        reports=ordered, all_files=all_files, style=Markup(style), style_digest=digest  # noqa: S704 # our own file
    )  # fmt: skip


@cache
def template_environment() -> Environment:
    """Return the templates of this room, everything in them escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("provenance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "advice": advice,
        "differences": differences_of,
        "listed": _listed,
        "place": place,
        "segments": evidence_bar,
        "sentence": sentence,
        "side_by_side": side_by_side,
        "told": _told,
    }
    environment.filters["shown"] = shown_text
    return environment


def evidence_bar(artifact: ArtifactReport) -> list[Segment]:
    """Return the parts of an artifact's evidence bar, each at least wide enough to be seen."""
    counts = artifact.counts
    totals = [(group, words, sum(counts[level] for level in levels)) for group, words, levels in GROUPS]
    weights = [max(count, sum(counts.values()) / 100) if count else 0 for _, _, count in totals]
    segments, start = [], 0.0
    for (group, words, count), weight in zip(totals, weights, strict=True):
        if count:
            width = 100 * weight / sum(weights)
            segments.append(Segment(group, words, count, round(start, 2), round(width, 2)))
            start += width
    return segments


def differences_of(report: ReleaseReport, artifact: ArtifactReport) -> dict[str, FileDifference]:
    """Return what is known of how an artifact's files differ, by their paths."""
    return {each.path: each for each in report.differences if each.artifact == artifact.filename}


def _listed(artifact: ArtifactReport, all_files: bool) -> Sequence[Any]:
    return artifact.findings if all_files else unproven(artifact)


def _told(report: ReleaseReport) -> list[Any]:
    return [notice for notice in report.notices if notice.severity is not Severity.INFO]
