"""Many releases: in, reports and what there is none of; out, the text for people, word for word."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from rich.cells import cell_len

from provenance.cli.deciding import decided, exit_code
from provenance.cli.exits import Exit
from provenance.model import (
    Altered,
    ArtifactReport,
    Evidence,
    Finding,
    Notice,
    Obstacle,
    ReleaseReport,
    Severity,
    Source,
    Unchecked,
    Verdict,
)
from provenance.policy import FailOn, Policy
from provenance.report.overview import Overview, condensed, render_overview, summary

GOLDEN = Path(__file__).parent


def finding(path: str, severity: Severity, reason: str) -> Finding:
    """A file that nothing proves."""
    source = "src/plume.py" if "differs" in reason else None
    evidence = Evidence.MODIFIED if source else Evidence.ADDED
    return Finding(
        path=path, evidence=evidence, rule="none", severity=severity, source_path=source, reason=reason
    )


def release(
    name: str, verdict: Verdict, *findings: Finding, notices: tuple[Notice, ...] = ()
) -> ReleaseReport:
    """A release with one wheel."""
    filename = f"{name}-1.0-py3-none-any.whl"
    artifact = ArtifactReport(
        filename=filename, kind="wheel", sha256="0" * 64, verdict=verdict, findings=findings
    )
    repository = f"https://git.example/owner/{name}"
    source = Source(repository=repository, ref="v1.0", commit="1234567890" * 4, tree="0" * 40)
    return ReleaseReport(
        name=name,
        version="1.0",
        verdict=verdict,
        source=None if verdict is Verdict.NO_SOURCE else source,
        artifacts=(artifact,),
        notices=notices,
    )


def unchecked(name: str, obstacle: Obstacle, reason: str) -> Unchecked:
    """Something that there is no report of."""
    return Unchecked(name=name, version=None, where="requirements.txt:7", obstacle=obstacle, reason=reason)


def notice(code: str, severity: Severity, message: str) -> Notice:
    """Something that is not about one file."""
    return Notice(code=code, severity=severity, message=message)


HOOK = finding("evil.pth", Severity.CRITICAL, "not in the source; runs at every start of Python")
CHANGED = finding("plume/session.py", Severity.HIGH, "differs from the source file, and nothing proves why")
COMPILED = finding("quill/_fast.so", Severity.HIGH, "compiled").model_copy(
    update={"evidence": Evidence.RECOGNIZED}
)
UNPINNED = notice("not-pinned", Severity.LOW, "paper names no single version")
YANKED = notice(
    "yanked", Severity.MEDIUM, "This release was withdrawn (yanked) by its publishers: it greets nobody"
)
NO_LINK = notice("no-repository", Severity.MEDIUM, "Its metadata names no source repository.")

ALL = Overview(
    reports=(
        release("brush", Verdict.MATCH),
        release("paper", Verdict.MATCH, notices=(UNPINNED,)),
        release("easel", Verdict.MATCH, notices=(YANKED,)),
        release("ink", Verdict.NO_SOURCE, notices=(NO_LINK,)),
        release("quill", Verdict.UNPROVEN, COMPILED),
        release("pen", Verdict.MISMATCH, CHANGED),
        release("plume", Verdict.MISMATCH, HOOK, CHANGED),
    ),
    unchecked=(
        unchecked("gum", Obstacle.NOT_ASKED, "it comes from a repository, not from the index"),
        unchecked("blotter", Obstacle.NOT_ON_INDEX, "The index has no project named blotter"),
        unchecked("rule", Obstacle.FAILED, "index.example cannot be reached"),
    ),
    altered=(
        Altered(
            name="brush",
            version="1.0",
            where="env/brush-1.0.dist-info",
            findings=(finding("brush/hair.py", Severity.HIGH, "was changed after it was installed"),),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("columns", [80, 40])
def test_the_text_is_the_golden_one(columns: int) -> None:
    """Every kind of line, on a usual and on a narrow terminal."""
    golden, rendered = GOLDEN / f"overview-{columns}.txt", render_overview(ALL, columns, folder="reports")
    if os.environ.get("PROVENANCE_GOLDEN") == "write":
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [80, 40])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    """No word of this text is longer."""
    text = render_overview(ALL, columns, folder="reports")
    assert max(cell_len(line) for line in text.splitlines()) <= columns


def test_the_worst_comes_first_and_the_summary_last() -> None:
    """Clean releases are a number."""
    lines = render_overview(ALL).splitlines()
    firsts = [line.split()[:2] for line in lines if not line.startswith(" ")]
    assert [first[0] for first in firsts[:4]] == ["NO.", "NO.", "NO.", "Not"]
    assert [first[1] for first in firsts[:3]] == ["brush", "plume", "pen"]
    assert lines[-1] == summary(ALL)


def test_the_summary_counts_everything() -> None:
    """Every release once, every kind of outcome, the severities that matter."""
    assert summary(ALL) == (
        "10 releases: 3 match · 2 cannot tell · 2 mismatch · 1 changed after installation · 1 not on the index · "
        "1 failed · 1 not checked   1 critical, 4 high, 2 medium"
    )


def test_notes_about_clean_releases_are_few() -> None:
    """Beyond what a person would read, the names remain."""
    reports = tuple(
        release(f"pen-{number}", Verdict.MATCH, notices=(notice("x", Severity.MEDIUM, f"Note {number}."),))
        for number in range(12)
    )
    lines = render_overview(Overview(reports=reports)).splitlines()
    assert (
        lines[-2]
        == "Yes, with a note. 4 more: pen-6 1.0, pen-7 1.0, pen-8 1.0, pen-9 1.0; each alone tells its note"
    )
    assert len(lines) == 10


def test_a_file_in_both_artifacts_is_one_line() -> None:
    """The same file with the same fault in sdist and wheel is told once."""
    report = release("plume", Verdict.MISMATCH, CHANGED)
    sdist = report.artifacts[0].model_copy(update={"kind": "sdist", "filename": "plume-1.0.tar.gz"})
    both = report.model_copy(update={"artifacts": (sdist, *report.artifacts)})
    lines = render_overview(Overview(reports=(both,))).splitlines()
    assert [line.split()[:4] for line in lines if "session.py" in line] == [["high", "sdist", "+", "wheel"]]


def test_a_hostile_name_cannot_act_on_the_terminal() -> None:
    """Control characters are written as escapes."""
    evil = release("plume", Verdict.MISMATCH, finding("a\x1b[2J\n.py", Severity.HIGH, "\x1b]0;x\x07"))
    row = unchecked("\x1b[31m", Obstacle.FAILED, "\x9b")
    text = render_overview(Overview(reports=(evil,), unchecked=(row,)))
    assert all(character.isprintable() for line in text.split("\n") for character in line)


def test_an_overview_keeps_identical_files_as_a_number() -> None:
    """So that it stays small, however large the releases are; what is counted stays the same."""
    same = CHANGED.model_copy(update={"evidence": Evidence.IDENTICAL, "severity": Severity.INFO})
    report = release("plume", Verdict.MISMATCH, same, CHANGED, same)
    kept = condensed(report)
    assert kept.artifacts[0].findings == (CHANGED,)
    assert kept.artifacts[0].counts == report.artifacts[0].counts
    assert kept.severities == report.severities


YES = [release("brush", Verdict.MATCH), release("easel", Verdict.MATCH_EXTRAS)]
DOUBTFUL = [
    release("ink", Verdict.NO_SOURCE),
    release("quill", Verdict.UNPROVEN),
    unchecked("gum", Obstacle.NOT_ASKED, "it comes from a repository"),
]
FAILED = [unchecked("rule", Obstacle.FAILED, "down"), unchecked("blotter", Obstacle.NOT_ON_INDEX, "none")]
BAD = [release("plume", Verdict.MISMATCH), ALL.altered[0]]


COMBINATIONS = list(itertools.product(*([None, *each] for each in (YES, DOUBTFUL, FAILED, BAD))))


@pytest.mark.parametrize("fail_on", list(FailOn))
@pytest.mark.parametrize("members", COMBINATIONS)
def test_the_worst_decides_the_exit_code(members: tuple[object, ...], fail_on: FailOn) -> None:
    """Any no is 1; else anything that could not be done is 4; else what is left open is 3 if that fails; else 0."""
    overview = Overview(
        reports=tuple(each for each in members if isinstance(each, ReleaseReport)),
        unchecked=tuple(each for each in members if isinstance(each, Unchecked)),
        altered=tuple(each for each in members if isinstance(each, Altered)),
    )
    _, is_doubtful, is_failed, is_bad = (member is not None for member in members)
    has_extras = any(report.verdict is Verdict.MATCH_EXTRAS for report in overview.reports)
    if is_bad or (has_extras and fail_on in (FailOn.EXTRAS, FailOn.STRICT)):
        expected = Exit.NO
    elif is_failed:
        expected = Exit.FAILED
    else:
        expected = Exit.CANNOT_TELL if is_doubtful and fail_on is not FailOn.NO else Exit.YES
    policy = Policy().model_copy(update={"fail_on": fail_on})
    assert exit_code(policy, decided(policy, overview.reports), overview) is expected
