"""Counts in, the parts of bars and columns out, in per cent, for the pages to draw as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provenance.model import Verdict
from provenance.publish.catalogue import Counts
from provenance.report.html_format import GROUPS, Segment

# verdicts, best first, in words for people
VERDICTS = {
    Verdict.MATCH: "is its source",
    Verdict.MATCH_EXTRAS: "is its source, with extra files that are not code",
    Verdict.UNPROVEN: "not all of it proven",
    Verdict.NO_SOURCE: "no source to compare with",
    Verdict.MISMATCH: "contains something that is not in the source",
}
MONTHS = 24


@dataclass(frozen=True)
class Column:
    """One month: where its column begins, its width, and its parts from the bottom up; `start` counts from the top."""

    month: str
    x: float
    width: float
    total: int
    parts: tuple[Segment, ...]


def verdict_segments(counts: Mapping[Verdict, int]) -> list[Segment]:
    """Return the bar of all releases by verdict."""
    return _bar([(verdict, words, counts.get(verdict, 0)) for verdict, words in VERDICTS.items()])


def evidence_segments(counts: Counts) -> dict[str, list[Segment]]:
    """Return the bar of all files by evidence, for each kind of artifact."""
    kinds = sorted({kind for kind, _ in counts})
    return {
        kind: _bar(
            [
                (name, words, sum(counts.get((kind, each), 0) for each in levels))
                for name, words, levels in GROUPS
            ]
        )
        for kind in kinds
    }


def columns(months: Mapping[str, Mapping[Verdict, int]]) -> list[Column]:
    """Return the columns of the last months in which something was checked, as high as their share of the highest."""
    known = sorted(month for month in months if month)[-MONTHS:]
    highest = max((sum(months[month].values()) for month in known), default=0)
    width = 100 / max(len(known), 6)
    made = []
    for number, month in enumerate(known):
        top, parts = 100.0, []
        for verdict, words in VERDICTS.items():
            if count := months[month].get(verdict, 0):
                height = 100 * count / highest
                top -= height
                parts.append(Segment(verdict, words, count, round(top, 2), round(height, 2)))
        total = sum(months[month].values())
        made.append(Column(month, round(number * width, 2), round(width * 0.8, 2), total, tuple(parts)))
    return made


def _bar(counted: Sequence[tuple[str, str, int]]) -> list[Segment]:
    """The parts of a bar, each at least wide enough to be seen."""
    total = sum(count for _, _, count in counted)
    weights = [max(count, total / 100) if count else 0 for _, _, count in counted]
    segments, start = [], 0.0
    for (group, words, count), weight in zip(counted, weights, strict=True):
        if count:
            width = 100 * weight / sum(weights)
            segments.append(Segment(group, words, count, round(start, 2), round(width, 2)))
            start += width
    return segments
