"""ReleaseReports in, Markdown out: a comment for a pull request, the worst release first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provenance.model import ArtifactReport, Finding, Notice, ReleaseReport, Severity, Verdict
from provenance.report.sentence import advice, counted, sentence, unproven
from provenance.report.text_format import shown_text

MOST_FINDINGS = 20
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@:-])")
MARKS = {"yes": "✅", "no": "❌", "cannot tell": "❔"}


def render_markdown(reports: Sequence[ReleaseReport], all_files: bool = False, columns: int = 0) -> str:
    """Return one section for every release that is not a plain yes, and one table of those that are."""
    ordered = sorted(reports, key=lambda report: (-report.verdict.rank, report.name))
    clean = [report for report in ordered if report.verdict is Verdict.MATCH and len(reports) > 1]
    lines = [line for report in ordered if report not in clean for line in _release(report, all_files)]
    if clean:
        lines += ["### ✅ The exact source", ""]
        lines += ["| Release | Source |", "| --- | --- |"]
        lines += [f"| {literal(f'{report.name} {report.version}')} | {_source(report)} |" for report in clean]
        lines.append("")
    return "\n".join(lines)


def _release(report: ReleaseReport, all_files: bool) -> Iterator[str]:
    yield f"### {MARKS[report.answer.value]} {literal(sentence(report))}"
    yield ""
    rows = [(artifact, finding) for artifact in report.artifacts for finding in _listed(artifact, all_files)]
    rows.sort(key=lambda row: (row[1].severity.rank, not row[1].contradicts, row[1].path))
    if rows:
        yield from ("| Severity | Where | File | What |", "| --- | --- | --- | --- |")
    shown = rows if all_files else rows[:MOST_FINDINGS]
    for artifact, finding in shown:
        yield (
            f"| {finding.severity.value} | {artifact.kind} | {code(finding.path)} | {literal(finding.reason)} |"
        )
    if rows:
        yield ""
    if len(rows) > len(shown):
        yield from (f"… and {len(rows) - len(shown):,} more files.", "")
    yield from (_notice(notice) for notice in report.notices if notice.severity is not Severity.INFO)
    for artifact in report.artifacts:
        yield f"- {artifact.kind} {code(artifact.filename)}: {literal(counted(artifact)) or 'not compared'}"
    yield ""
    if said := advice(report):
        yield from (literal(said), "")


def _listed(artifact: ArtifactReport, all_files: bool) -> Sequence[Finding]:
    return artifact.findings if all_files else unproven(artifact)


def _notice(notice: Notice) -> str:
    return f"- {notice.severity.value}: {literal(notice.message)}"


def _source(report: ReleaseReport) -> str:
    if report.source is None:
        return ""
    where = report.source.repository.removeprefix("https://")
    return f"{literal(where)}, {code(report.source.ref)}, commit {code(report.source.commit[:12])}"


def literal(text: str) -> str:
    """Return text so that Markdown shows it as it is: no markup, no link, no mention, no control character."""
    return SPECIAL.sub(r"\\\1", shown_text(text))


def code(text: str) -> str:
    """Return text as a code span, safe in a table's cell: longer fences than any run of backticks inside."""
    plain = shown_text(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"
