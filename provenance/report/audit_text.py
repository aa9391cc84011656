"""Audited releases in, what a person reads in a minute out: what changed, what is wrong, and the rest counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from provenance.model import Answer, Verdict
from provenance.report.audited import Audited
from provenance.report.causes import ADVICE
from provenance.report.text_format import shown_text, wrapped

MOST_FILES = 5
MOST_FAILURES = 20
WORDS = {
    Verdict.MATCH: "match",
    Verdict.MATCH_EXTRAS: "match with extra files that are not code",
    Verdict.UNPROVEN: "cannot tell, not all proven",
    Verdict.NO_SOURCE: "cannot tell, no source",
    Verdict.MISMATCH: "mismatch",
}


def render_audit(releases: Sequence[Audited], columns: int = 0) -> str:
    """Return the text; `columns` is the width to fill, 0 for no limit."""
    lines = [f"CHANGED. {named(each)}: {change}" for each in changed(releases) for change in each.changes]
    lines += [line for each in mismatches(releases) for line in _mismatch(each)]
    lines += _causes(releases)
    lines += _failures(releases)
    lines.append(summary(releases))
    return "".join(f"{row}\n" for line in lines for row in wrapped(shown_text(line), columns))


def changed(releases: Iterable[Audited]) -> list[Audited]:
    """Return those whose answer is another than in the audit before, what is answered no first."""
    found = [each for each in releases if each.changes]
    return sorted(found, key=lambda each: (each.answer is not Answer.NO, each.name, each.version))


def mismatches(releases: Iterable[Audited]) -> list[Audited]:
    """Return what is answered no: the worst file first, then by rank and name."""
    found = [each for each in releases if each.answer is Answer.NO]
    return sorted(found, key=_weight)


def _weight(each: Audited) -> tuple[int, int, str, str]:
    worst = min((file.severity.rank for file in each.files), default=9)
    return worst, each.rank or 1 << 30, each.name, each.version


def named(each: Audited) -> str:
    """Return a release as people write it."""
    return f"{each.name} {each.version}".rstrip()


def summary(releases: Sequence[Audited]) -> str:
    """Return the one line that counts: `300 releases: 250 match · 30 cannot tell, no source · …`."""
    counts = Counter(each.verdict for each in releases)
    parts = [f"{counts[verdict]:,} {words}" for verdict, words in WORDS.items() if counts[verdict]]
    states = Counter(each.state for each in releases if each.verdict is None)
    parts += [f"{count:,} {_state(state)}" for state, count in sorted(states.items())]
    plural = "s" if len(releases) != 1 else ""
    return f"{len(releases):,} release{plural}: {' · '.join(parts) or 'nothing yet'}"


def checked(releases: Iterable[Audited]) -> str:
    """Return when they were checked: `Checked on 2026-11-24 between 00:55 and 00:59 UTC`; "" where nobody knows."""
    moments = sorted(each.finished for each in releases if each.finished)
    if not moments:
        return ""
    first, last = moments[0], moments[-1]
    if first.date() == last.date():
        return f"Checked on {first:%Y-%m-%d} between {first:%H:%M} and {last:%H:%M} UTC"
    return f"Checked between {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M} UTC"


def render_status(
    tallies: Mapping[tuple[str, str], int], failures: Sequence[tuple[str, str, str, str, str]]
) -> str:
    """Return how far an audit is: counts by state and verdict, and what had no answer at its last try."""
    lines = []
    for name, version, state, failure, reason in failures[:MOST_FAILURES]:
        beginning = "Failed" if state == "failed" else "Will be tried again"
        lines.append(f"{beginning}. {name} {version}: {failure}: {reason}")
    if len(failures) > MOST_FAILURES:
        lines.append(f"… and {len(failures) - MOST_FAILURES:,} more without an answer so far")
    total = sum(tallies.values())
    parts = [f"{tallies.get(('done', verdict), 0):,} {words}" for verdict, words in _said(tallies)]
    parts += [
        f"{count:,} {_state(state)}" for (state, _), count in sorted(tallies.items()) if state != "done"
    ]
    lines.append(f"{total:,} release{'s' if total != 1 else ''}: {' · '.join(parts)}")
    return "".join(f"{shown_text(line)}\n" for line in lines)


def _said(tallies: Mapping[tuple[str, str], int]) -> Iterator[tuple[str, str]]:
    for verdict, words in WORDS.items():
        if tallies.get(("done", verdict.value)):
            yield verdict.value, words


def _state(state: str) -> str:
    return {"waiting": "waiting", "working": "in work", "failed": "without an answer"}[state]


def _mismatch(each: Audited) -> Iterator[str]:
    yield each.sentence
    for file in each.files[:MOST_FILES]:
        yield f"  {file.severity.value:<9} {file.artifact:<5}  {file.path}  {file.reason}"
    more = len(each.files) - MOST_FILES + each.unlisted
    if more > 0:
        yield f"  … and {more:,} more"


def _causes(releases: Sequence[Audited]) -> Iterator[str]:
    counts = Counter(each.cause for each in releases if each.answer is Answer.CANNOT_TELL)
    for cause, count in counts.most_common():
        advice = f"; {ADVICE[cause]}" if cause in ADVICE else ""
        yield f"Cannot tell, {count:,}: {cause or 'no reason is known'}{advice}"


def _failures(releases: Sequence[Audited]) -> Iterator[str]:
    found = [each for each in releases if each.state == "failed"]
    for each in found[:MOST_FAILURES]:
        yield f"No answer. {named(each)}: {each.reason}"
    if len(found) > MOST_FAILURES:
        yield f"No answer. {len(found) - MOST_FAILURES:,} more"
