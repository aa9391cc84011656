"""ReleaseReports in, a few lines for people out: silence where all is well, the lines that matter where it is not."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from provenance.model import ArtifactReport, Finding, Notice, ReleaseReport, Severity, Source, Verdict
from provenance.report.lookalikes import escaped, without_lookalikes
from provenance.report.sentence import advice, counted, sentence, unproven

MOST_FINDINGS = 12


def render_text(reports: Sequence[ReleaseReport], all_files: bool = False, columns: int = 0) -> str:
    """Return the answer, the artifacts, what is not proven and what to do, as plain text."""
    lines = [line for report in reports for line in _release(report, all_files)]
    return "".join(f"{row}\n" for line in lines for row in wrapped(line, columns))


def wrapped(line: str, columns: int) -> list[str]:
    """Break a long line between words; what follows is indented below its first word."""
    if not columns or len(line) <= columns:
        return [line]
    indent = " " * (4 if line.startswith("  ") else 0)
    return textwrap.wrap(
        line, max(columns, 40), subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )


def _release(report: ReleaseReport, all_files: bool) -> list[str]:
    lines = [shown_text(sentence(report))]
    if all_files and report.source:
        lines.append(f"  source    {_named(report.source)}")
    refusals = [_notice(notice) for notice in report.notices if notice.severity is not Severity.INFO]
    rows = [(artifact, finding) for artifact in report.artifacts for finding in _listed(artifact, all_files)]
    rows.sort(key=lambda row: (row[1].severity.rank, not row[1].contradicts, row[1].path))
    shown = rows if all_files else rows[:MOST_FINDINGS]
    width = max((len(shown_text(finding.path)) for _, finding in shown), default=0)
    level = 10 if all_files else 9
    lines += [_finding(artifact, finding, level, min(width, 48)) for artifact, finding in shown]
    if len(rows) > len(shown):
        lines.append(f"  … and {len(rows) - len(shown):,} more; --all-files lists every file")
    lines += refusals
    if report.verdict is not Verdict.NO_SOURCE:
        lines += _artifacts(report.artifacts)
    if said := advice(report):
        lines.append(f"  {said}")
    return lines


def _named(source: Source) -> str:
    repositories = [(source.repository, f"which the {source.named_by} names")]
    repositories += [(each.repository, f"which the commit pins at {each.path}") for each in source.submodules]
    return "; ".join(shown_text(f"{repository}, {how}") for repository, how in repositories)


def _listed(artifact: ArtifactReport, all_files: bool) -> Sequence[Finding]:
    return artifact.findings if all_files else unproven(artifact)


def _finding(artifact: ArtifactReport, finding: Finding, level: int, width: int) -> str:
    """`level` and `width` are the columns for how grave it is and for the path."""
    grave = finding.severity.value if finding.severity is not Severity.INFO else finding.evidence.value
    path, reason = shown_text(finding.path), shown_text(finding.reason)
    return f"  {grave:<{level}} {artifact.kind:<5}  {path:<{width}}  {reason}"


def _notice(notice: Notice) -> str:
    return f"  note      {shown_text(notice.message)}"


def _artifacts(artifacts: Sequence[ArtifactReport]) -> list[str]:
    name = max((len(artifact.filename) for artifact in artifacts), default=0)
    return [
        f"  {artifact.kind:<9} {shown_text(artifact.filename):<{name}}  {_compared(artifact)}"
        for artifact in artifacts
    ]


def _compared(artifact: ArtifactReport) -> str:
    if artifact.is_refused:
        return "       not compared"
    count = sum(artifact.counts.values())
    return f"{count:>6,} {'file ' if count == 1 else 'files'}   {counted(artifact)}".rstrip()


def shown_text(text: str) -> str:
    """Return text with everything that a terminal could act on, or a reader misread, written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    plain = without_lookalikes(text)
    return "".join(character if character.isprintable() else escaped(character) for character in plain)
