"""Audited releases in, the figures that people look at out: bars with the share of each answer, evidence or cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from provenance.model import Answer, Evidence, Severity, Verdict
from provenance.report.audited import Audited
from provenance.report.causes import ADVICE
from provenance.report.html_format import GROUPS

# class of the style sheet, words for people, verdicts; the last are releases without an answer
ANSWERS: tuple[tuple[str, str, tuple[Verdict, ...]], ...] = (
    ("identical", "match", (Verdict.MATCH,)),
    ("converted", "match, with extra files that are not code", (Verdict.MATCH_EXTRAS,)),
    ("unproven", "cannot tell: not all proven", (Verdict.UNPROVEN,)),
    ("moved", "cannot tell: no source", (Verdict.NO_SOURCE,)),
    ("added", "mismatch", (Verdict.MISMATCH,)),
)
SUBJECTS = {
    Severity.CRITICAL: "what runs unasked",
    Severity.HIGH: "code, or what steers an installation,",
    Severity.MEDIUM: "data",
    Severity.LOW: "a document",
    Severity.INFO: "a file",
}
WORDS = {
    Evidence.MODIFIED: "differs from the source",
    Evidence.ADDED: "is not in the source",
    Evidence.RELOCATED: "stands elsewhere in the source",
}
UNANSWERED = ("unanswered", "no answer")
RANKS = ((1, 100), (101, 500), (501, 1000), (1001, 4000), (4001, None))
MOST_ROWS = 14
UNRANKED, OTHERS = "not ranked", "others"


@dataclass(frozen=True)
class Part:
    """One part of a bar; start and width in per cent."""

    group: str
    words: str
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """One row of a figure: what it is about, how many there are, the parts that they come to, and what to do."""

    label: str
    total: int
    parts: tuple[Part, ...]
    advice: str = ""


@dataclass(frozen=True)
class Figure:
    """Several bars under a title; `unit` is what is counted, `legend` names the groups that occur."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, str], ...]


def figures(releases: Sequence[Audited]) -> list[Figure]:
    """Return the figures of an audit that have something to show."""
    found = [
        answers(releases),
        answers_by_rank(releases),
        evidence_by_backend(releases),
        causes(releases),
        worst_files(releases),
    ]
    return [figure for figure in found if figure.bars]


def answers(releases: Sequence[Audited]) -> Figure:
    """Return one bar for all releases."""
    return _figure("Answers", "releases", {"all": _answers(releases)} if releases else {}, _answer_groups())


def answers_by_rank(releases: Sequence[Audited]) -> Figure:
    """Return a bar for each range of places among the most downloaded projects; none where no place is known."""
    rows: dict[str, Counter[str]] = {}
    if any(each.rank for each in releases):
        for first, last in RANKS:
            label = f"{first:,}\u2013{last:,}" if last else f"from {first:,}"
            inside = [each for each in releases if each.rank and first <= each.rank <= (last or each.rank)]
            rows[label] = _answers(inside)
        rows[UNRANKED] = _answers([each for each in releases if not each.rank])
    return _figure("Answers by rank among the most downloaded projects", "releases", rows, _answer_groups())


def evidence_by_backend(releases: Sequence[Audited]) -> Figure:
    """Return a bar of files by level of evidence for each tool that built the wheels."""
    rows: dict[str, Counter[str]] = {}
    levels = {level: group for group, _, members in GROUPS for level in members}
    for each in releases:
        if each.source is None:
            continue
        counts = rows.setdefault(each.backend or "sdist alone", Counter())
        for artifact in each.artifacts:
            for level, count in artifact.counts.items():
                counts[levels[level]] += count
    groups = [(group, words) for group, words, _ in GROUPS]
    return _figure("Evidence by what built the wheel", "files", _largest(rows), groups)


def causes(releases: Sequence[Audited]) -> Figure:
    """Return a bar for each reason why releases cannot be told, with what settles it."""
    counts = Counter(each.cause for each in releases if each.answer is Answer.CANNOT_TELL and each.cause)
    return _lengths("Why it cannot be told, and what settles it", "unproven", counts)


def worst_files(releases: Sequence[Audited]) -> Figure:
    """Return a bar for each kind of file that speaks most against releases that are answered no."""
    worst = [each.files[0] for each in releases if each.answer is Answer.NO and each.files]
    counts = Counter(
        f"{SUBJECTS[file.severity]} {WORDS.get(file.evidence, 'is not proven')}" for file in worst
    )
    return _lengths("What speaks most against those answered no", "added", counts)


def _lengths(title: str, group: str, counts: Counter[str]) -> Figure:
    """A figure whose bars are as long as what they count."""
    most = max(counts.values(), default=1)
    bars = tuple(
        Bar(
            label, count, (Part(group, label, count, 0, round(100 * count / most, 2)),), ADVICE.get(label, "")
        )
        for label, count in counts.most_common()
    )
    return Figure(title, "releases", bars, ())


def _answer_groups() -> list[tuple[str, str]]:
    return [*((group, words) for group, words, _ in ANSWERS), UNANSWERED]


def _answers(releases: Iterable[Audited]) -> Counter[str]:
    groups = {verdict: group for group, _, verdicts in ANSWERS for verdict in verdicts}
    return Counter(groups[each.verdict] if each.verdict else UNANSWERED[0] for each in releases)


def _largest(rows: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """The rows with most in them, the rest as one."""
    ordered = sorted(rows.items(), key=lambda row: (-row[1].total(), row[0]))
    kept = dict(ordered[:MOST_ROWS])
    if rest := ordered[MOST_ROWS:]:
        kept[OTHERS] = sum((counts for _, counts in rest), Counter())
    return kept


def _figure(
    title: str, unit: str, rows: Mapping[str, Counter[str]], groups: Sequence[tuple[str, str]]
) -> Figure:
    bars = tuple(_bar(label, counts, groups) for label, counts in rows.items() if counts.total())
    present = {part.group for bar in bars for part in bar.parts}
    return Figure(title, unit, bars, tuple(pair for pair in groups if pair[0] in present))


def _bar(label: str, counts: Counter[str], groups: Sequence[tuple[str, str]]) -> Bar:
    """A bar whose parts are each at least wide enough to be seen."""
    total = counts.total()
    weights = {group: max(counts[group], total / 150) for group, _ in groups if counts[group]}
    scale, start, parts = 100 / sum(weights.values()), 0.0, []
    for group, words in groups:
        if group in weights:
            width = weights[group] * scale
            parts.append(Part(group, words, counts[group], round(start, 2), round(width, 2)))
            start += width
    return Bar(label, total, tuple(parts))
