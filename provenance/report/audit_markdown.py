"""Audited releases in, Markdown out: what changed, what is wrong with its evidence, and tables of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance.report.audit_figures import Figure, figures
from provenance.report.audit_text import changed, checked, mismatches, named, summary
from provenance.report.audited import Audited
from provenance.report.markdown_format import code, literal

MOST_FILES = 8


def render_audit_markdown(releases: Sequence[Audited], columns: int = 0) -> str:
    """Return the document."""
    lines = ["# Are they the exact source?", "", f"{literal(summary(releases))}", ""]
    lines += [f"{when}.", ""] if (when := checked(releases)) else []
    if found := changed(releases):
        lines += ["## Changed since the audit before", ""]
        lines += [f"- **{literal(named(each))}**: {literal('; '.join(each.changes))}" for each in found]
        lines.append("")
    lines += _mismatches(mismatches(releases))
    for figure in figures(releases):
        lines += _table(figure)
    lines += _unanswered([each for each in releases if each.state == "failed"])
    lines += _all(releases)
    return "\n".join(lines)


def _mismatches(releases: Sequence[Audited]) -> Iterator[str]:
    if releases:
        yield from (f"## Answered no: {len(releases):,}", "")
    for each in releases:
        yield from (f"### {literal(named(each))}", "", literal(each.sentence), "")
        yield from ("| Severity | Where | File | What |", "| --- | --- | --- | --- |")
        for file in each.files[:MOST_FILES]:
            where = f"{file.severity.value} | {file.artifact}"
            yield f"| {where} | {code(file.path)} | {literal(file.reason)} |"
        yield ""
        if (more := len(each.files[MOST_FILES:]) + each.unlisted) > 0:
            yield from (f"… and {more:,} more files.", "")


def _table(figure: Figure) -> Iterator[str]:
    yield from (f"## {literal(figure.title)}", "")
    columns = figure.legend if len(figure.legend) > 1 else ()
    is_advising = any(bar.advice for bar in figure.bars)
    heads = [
        figure.unit,
        *(literal(words) for _, words in columns),
        *(["What settles it"] if is_advising else []),
    ]
    yield f"| | {' | '.join(heads)} |"
    yield f"| --- | {' | '.join(['---:'] * (1 + len(columns)))}{' | ---' if is_advising else ''} |"
    for bar in figure.bars:
        counts = {part.group: part.count for part in bar.parts}
        cells = [f"{bar.total:,}", *(f"{counts.get(group, 0):,}" for group, _ in columns)]
        cells += [literal(bar.advice)] if is_advising else []
        yield f"| {literal(bar.label)} | {' | '.join(cells)} |"
    yield ""


def _unanswered(releases: Sequence[Audited]) -> Iterator[str]:
    if releases:
        yield from (f"## Without an answer: {len(releases):,}", "")
        yield from (f"- {literal(named(each))}: {literal(each.reason)}" for each in releases)
        yield ""


def _all(releases: Sequence[Audited]) -> Iterator[str]:
    yield from ("## All releases", "", "| Release | Verdict | Source | Why |", "| --- | --- | --- | --- |")
    for each in releases:
        source = each.source
        place = (
            f"{literal(source.repository.removeprefix('https://'))} {code(source.commit[:12])}"
            if source
            else ""
        )
        verdict = each.verdict.value if each.verdict else each.state
        yield f"| {literal(named(each))} | {verdict} | {place} | {literal(each.cause)} |"
    yield ""
