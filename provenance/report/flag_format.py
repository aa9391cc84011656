"""A ReleaseReport with its differences in, texts for those who can act on it out: Markdown, to be sent by a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provenance.model import Answer, ArtifactReport, FileDifference, Finding, ReleaseReport
from provenance.report.markdown_format import code, literal
from provenance.report.sentence import sentence, unproven
from provenance.report.text_format import shown_text

MOST_FILES = 12
MOST_LINES = 80  # of one file's difference


def security_text(report: ReleaseReport, index: str) -> str:
    """Return the text for the team that can take a release off the index; `index` is that index's host."""
    name = f"{report.name} {report.version}"
    return _joined(
        f"# {literal(name)}: the package is not its source",
        "",
        literal(sentence(report)),
        "",
        "## What",
        "",
        *_files(report),
        "",
        "## Where",
        "",
        f"- Release: {code(f'{report.name}=={report.version}')} on {code(index)}",
        *_where(report),
        "",
        *_differences(report),
        *_reproduction(report),
        "",
        "The reports in the folder `reports` beside this text state every file with its digest. No one has judged "
        "whether this is an attack: the difference is a fact, the reason for it is not known to the sender.",
    )


def maintainers_text(report: ReleaseReport) -> str:
    """Return the text for the project's own issue tracker: what was seen, and what would settle it."""
    name = literal(f"{report.name} {report.version}")
    return _joined(
        f"# {name} on the package index cannot be matched with this repository",
        "",
        f"Hello, and thank you for {literal(report.name)}. I compared the files of release {name} with the source "
        "here, and they do not fully agree. There can be a harmless reason, so this is a question, not an accusation.",
        "",
        f"> {literal(sentence(report).partition('. ')[2])}",
        "",
        *(f"- {literal(notice.message)}" for notice in report.notices if notice.severity.value != "info"),
        *_files(report),
        "",
        "## What was compared",
        "",
        *_where(report),
        "",
        *_differences(report),
        "## What would settle it",
        "",
        *_remedies(report),
        "",
        *_reproduction(report),
    )


def _joined(*lines: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _files(report: ReleaseReport) -> Iterator[str]:
    rows = [(artifact, finding) for artifact in report.artifacts for finding in unproven(artifact)]
    rows.sort(key=lambda row: (row[1].severity.rank, not row[1].contradicts, row[1].path))
    reaches = {(each.artifact, each.path): each.reaches for each in report.differences}
    for artifact, finding in rows[:MOST_FILES]:
        yield _file(artifact, finding)
        for said in reaches.get((artifact.filename, finding.path), ()):
            yield f"  - {literal(said)}"
    if len(rows) > MOST_FILES:
        yield f"- … and {len(rows) - MOST_FILES:,} more files; the reports list all of them"


def _file(artifact: ArtifactReport, finding: Finding) -> str:
    digest = f" (sha256 {code(finding.sha256)})" if finding.sha256 else ""
    where = f"{finding.severity.value}, {artifact.kind}: {code(finding.path)}"
    return f"- {where}: {literal(finding.reason)}{digest}"


def _where(report: ReleaseReport) -> Iterator[str]:
    for artifact in report.artifacts:
        digest = code(artifact.sha256) if artifact.sha256 else "not known"
        yield f"- {artifact.kind} {code(artifact.filename)}, sha256 {digest}"
    if report.source is None:
        yield "- No source was found that it could be compared with."
    else:
        source = report.source
        yield f"- Source: {code(source.repository)}, {code(source.ref)}, commit {code(source.commit)}"


def _differences(report: ReleaseReport) -> Iterator[str]:
    if not report.differences:
        return
    yield from ("## The difference", "", "`-` is the source, `+` the package.", "")
    for each in report.differences:
        yield from (f"{code(each.path)} in {code(each.artifact)}:", "", *_difference(each), "")


def _difference(found: FileDifference) -> Iterator[str]:
    if found.is_binary or found.is_cut:
        yield "It is binary." if found.is_binary else "It is too large to be compared line by line."
        return
    lines = [shown_text(line) for line in found.lines[:MOST_LINES]]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}diff", *lines, fence)
    if len(found.lines) > MOST_LINES:
        yield from ("", f"… and {len(found.lines) - MOST_LINES:,} more lines")


def _remedies(report: ReleaseReport) -> Iterator[str]:
    """What maintainers can do, by what is missing."""
    codes = {notice.code for notice in report.notices}
    version = report.version
    if "no-repository" in codes:
        yield (
            "- The package's metadata names no repository. Add a project URL labelled `Source` for the next release."
        )
    elif report.source is None:
        yield f"- If release {version} was built from a commit that has no tag yet, push one:"
        yield from ("", f"      git tag v{version} COMMIT", f"      git push origin v{version}", "")
    if report.source is not None:
        yield (
            f"- If it was built from something else than {code(report.source.ref)}, such as files that were never "
            "committed: commit them, tag that, and publish a new version that is built from a fresh clone of the tag."
        )
    yield (
        "- Building in continuous integration from the tag, with trusted publishing and attestations, makes the next "
        "releases provable by anyone."
    )
    if report.answer is Answer.NO:
        yield (
            "- **If nobody of you put these files there**, someone else can publish in your name: withdraw the "
            "release, change passwords and tokens, and tell the index's security team."
        )


def _reproduction(report: ReleaseReport) -> Iterator[str]:
    reference = f"{report.name}=={report.version}"
    yield from ("## How to see it for yourself", "", "    pip install pypi-provenance")
    yield f"    provenance check {reference}"
    if report.differences:
        yield f"    provenance diff {reference} {shown_text(report.differences[0].path)}"
