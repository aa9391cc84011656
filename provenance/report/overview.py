"""Many releases in, the lines that matter out: the worst first, the clean ones counted, one summary at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from provenance.model import (
    Altered,
    Answer,
    ArtifactReport,
    Evidence,
    Finding,
    Notice,
    Obstacle,
    ReleaseReport,
    Severity,
    Unchecked,
    Value,
    Verdict,
)
from provenance.report.sentence import advice, in_short, sentence, unproven
from provenance.report.text_format import shown_text, wrapped

MOST_FINDINGS = 5
MOST_NAMES = 8
MOST_DOUBTS = 20
MOST_NOTES = 8
EXPLAINED = "What the words mean: provenance explain"
COUNTED = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)
BEGINNINGS = {
    Obstacle.NOT_ON_INDEX: "Not on the index.",
    Obstacle.FAILED: "Not carried out.",
    Obstacle.NOT_ASKED: "Not checked.",
}


class Overview(Value):
    """What came of many releases."""

    reports: tuple[ReleaseReport, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    altered: tuple[Altered, ...] = ()

    @property
    def is_incomplete(self) -> bool:
        """Whether something could not be carried out."""
        return any(each.obstacle is not Obstacle.NOT_ASKED for each in self.unchecked)


def condensed(report: ReleaseReport) -> ReleaseReport:
    """Return the report with its identical files as a number: what an overview has to keep of it."""
    return report.model_copy(update={"artifacts": tuple(_condensed(each) for each in report.artifacts)})


def _condensed(artifact: ArtifactReport) -> ArtifactReport:
    kept = tuple(finding for finding in artifact.findings if finding.evidence is not Evidence.IDENTICAL)
    unlisted = artifact.unlisted + len(artifact.findings) - len(kept)
    return artifact.model_copy(update={"findings": kept, "unlisted": unlisted})


def worst_first(reports: Iterable[ReleaseReport]) -> list[ReleaseReport]:
    """Return the reports by answer, by what their worst findings could do, and by name."""
    order = [Answer.NO, Answer.CANNOT_TELL, Answer.YES]

    def place(report: ReleaseReport) -> tuple[int, list[int], str, str]:
        severities = [-report.severities[severity] for severity in COUNTED]
        return order.index(report.answer), severities, report.name, report.version

    return sorted(reports, key=place)


def render_overview(
    overview: Overview, columns: int = 0, *, all_files: bool = False, folder: str = "", options: str = ""
) -> str:
    """Return the text for people; `columns` is the width to fill, 0 for no limit, `folder` has the reports.

    `options` are those on the command line that a check of one release would have to repeat.
    """
    most = sys.maxsize if all_files else MOST_FINDINGS
    ordered = worst_first(overview.reports)
    lines = [line for altered in overview.altered for line in _altered(altered, most)]
    bad = [report for report in ordered if report.answer is Answer.NO]
    lines += [line for report in bad for line in _mismatch(report, most, options)]
    lines += _unchecked(overview.unchecked, Obstacle.FAILED, Obstacle.NOT_ON_INDEX)
    lines += _doubts([report for report in ordered if report.answer is Answer.CANNOT_TELL])
    lines += _unchecked(overview.unchecked, Obstacle.NOT_ASKED)
    lines += _notices([report for report in ordered if report.answer is Answer.YES])
    lines += _unpinned(ordered)
    lines += [EXPLAINED] if any(report.answer is not Answer.YES for report in ordered) else []
    lines += [f"The reports are in {shown_text(folder)}"] if folder and overview.reports else []
    lines.append(summary(overview))
    return "".join(f"{row}\n" for line in lines for row in wrapped(line, columns))


def told(overview: Overview) -> list[str]:
    """Return the lines about what there is no report of, and the summary: what a format for reports cannot carry."""
    altered = [line for each in overview.altered for line in _altered(each, MOST_FINDINGS)]
    return [*altered, *_unchecked(overview.unchecked, *Obstacle), summary(overview)]


def summary(overview: Overview) -> str:
    """Return the one line that counts: `3 releases: 1 match · 1 cannot tell · 1 mismatch   1 critical`."""
    answers = Counter(report.answer for report in overview.reports)
    obstacles = Counter(each.obstacle for each in overview.unchecked)
    counts = [
        (answers[Answer.YES], "match"),
        (answers[Answer.CANNOT_TELL], "cannot tell"),
        (answers[Answer.NO], "mismatch"),
        (len(overview.altered), "changed after installation"),
        *((obstacles[obstacle], obstacle.value) for obstacle in Obstacle),
    ]
    reported = {(report.name, report.version) for report in overview.reports}
    others = [each for each in overview.unchecked if (each.name, each.version) not in reported]
    asked = len(overview.reports) + len(others)
    releases = f"{asked} release{'s' if asked != 1 else ''}"
    line = f"{releases}: {' · '.join(f'{count} {word}' for count, word in counts if count) or 'nothing to check'}"
    severities = _severities(overview)
    found = ", ".join(
        f"{severities[severity]} {severity.value}" for severity in COUNTED if severities[severity]
    )
    return f"{line}   {found}".rstrip()


def _severities(overview: Overview) -> Counter[Severity]:
    counts: Counter[Severity] = Counter()
    for report in overview.reports:
        counts.update(report.severities)
    counts.update(finding.severity for altered in overview.altered for finding in altered.findings)
    return counts


def _mismatch(report: ReleaseReport, most: int, options: str) -> Iterator[str]:
    yield shown_text(sentence(report))
    places: dict[tuple[str, str], list[str]] = {}
    worst: dict[tuple[str, str], Finding] = {}
    for artifact in report.artifacts:
        for finding in unproven(artifact):
            key = finding.path, finding.reason
            places.setdefault(key, []).append(artifact.kind)
            worst[key] = min(worst.get(key, finding), finding, key=lambda each: each.severity.rank)
    rows = [(" + ".join(dict.fromkeys(places[key])), finding) for key, finding in worst.items()]
    rows.sort(key=lambda row: (row[1].severity.rank, not row[1].contradicts, row[1].path))
    yield from _findings(rows, most)
    yield f"  {advice(report)}"
    yield shown_text(f"  More: provenance check {report.name}=={report.version} {options}").rstrip()


def _altered(altered: Altered, most: int) -> Iterator[str]:
    count = len(altered.findings)
    files = f"{count} file{'s' if count != 1 else ''} of it {'are' if count != 1 else 'is'}"
    yield shown_text(
        f"NO. {altered.name} {altered.version} in {altered.where}: {files} not what was published."
    )
    rows = sorted(altered.findings, key=lambda finding: (finding.severity.rank, finding.path))
    yield from _findings([("file", finding) for finding in rows], most)
    yield "  If you did not change it yourself, install it again, and find out who did."


def _findings(rows: Sequence[tuple[str, Finding]], most: int) -> Iterator[str]:
    shown = rows[:most]
    width = min(48, max((len(shown_text(finding.path)) for _, finding in shown), default=0))
    place = max((len(kind) for kind, _ in shown), default=0)
    for kind, finding in shown:
        path, reason = shown_text(finding.path), shown_text(finding.reason)
        yield f"  {finding.severity.value:<9} {kind:<{place}}  {path:<{width}}  {reason}"
    if len(rows) > len(shown):
        yield f"  … and {len(rows) - len(shown):,} more"


def _doubts(reports: Sequence[ReleaseReport]) -> Iterator[str]:
    """One line each, and the names of all beyond those that a person would read."""
    yield from (_cannot_tell(report) for report in reports[:MOST_DOUBTS])
    if more := reports[MOST_DOUBTS:]:
        names = ", ".join(f"{report.name} {report.version}" for report in more)
        yield shown_text(f"Cannot tell. {len(more)} more: {names}")


def _cannot_tell(report: ReleaseReport) -> str:
    """One line: what is open, and for a release without a source the first reason why there is none."""
    if report.verdict is Verdict.UNPROVEN and report.source is not None:
        return shown_text(f"Cannot tell. {report.name} {report.version}: {in_short(report)}.")
    if report.verdict is not Verdict.NO_SOURCE or not report.notices:
        return shown_text(sentence(report))
    weighty = min(_weighty(report) or report.notices, key=lambda notice: notice.severity.rank)
    return shown_text(f"Cannot tell. {report.name} {report.version}: {weighty.message}")


def _unchecked(unchecked: Sequence[Unchecked], *obstacles: Obstacle) -> list[str]:
    rows = [each for each in unchecked if each.obstacle in obstacles]
    rows.sort(key=lambda each: (obstacles.index(each.obstacle), each.name, each.version or ""))
    return [
        shown_text(f"{BEGINNINGS[row.obstacle]} {_named(row)} ({row.where}): {row.reason.rstrip('.')}.")
        for row in rows
    ]


def _named(row: Unchecked) -> str:
    return f"{row.name} {row.version}" if row.version else row.name


def _notices(reports: Sequence[ReleaseReport]) -> Iterator[str]:
    """One line for every notice about clean releases, however many of them it is about."""
    about: dict[str, list[ReleaseReport]] = {}
    for report in reports:
        for notice in _weighty(report):
            about.setdefault(notice.message, []).append(report)
    told = list(about.items())
    for message, found in told[:MOST_NOTES]:
        yield shown_text(f"Yes, with a note. {_names(found)}: {message}")
    if more := list(dict.fromkeys(report for _, found in told[MOST_NOTES:] for report in found)):
        yield shown_text(f"Yes, with a note. {len(more)} more: {_names(more)}; each alone tells its note")


def _unpinned(reports: Sequence[ReleaseReport]) -> Iterator[str]:
    found = [report for report in reports if any(notice.code == "not-pinned" for notice in report.notices)]
    if found:
        yield shown_text(f"Not pinned, so the newest version that fits was checked: {_names(found)}.")


def _weighty(report: ReleaseReport) -> list[Notice]:
    return [notice for notice in report.notices if notice.severity.rank <= Severity.MEDIUM.rank]


def _names(reports: Sequence[ReleaseReport]) -> str:
    names = [f"{report.name} {report.version}" for report in reports]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
