"""Everything that text says of one release: every kind of answer, pin and standing in, the golden texts out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from corpus.stated import SOURCE
from provenance.model import (
    ArtifactReport,
    Evidence,
    Finding,
    Kind,
    Notice,
    Rank,
    ReleaseReport,
    Severity,
    Source,
    Standing,
    Uploaded,
    Verdict,
    Vulnerability,
)
from provenance.report.pins_format import comment
from provenance.report.standing_format import render_standing
from provenance.report.text_format import render_text, wrapped

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def finding(path: str, evidence: Evidence, severity: Severity, reason: str, rule: str = "none") -> Finding:
    """One file of an artifact."""
    source = path if evidence is Evidence.MODIFIED else None
    digest = "" if rule in ("archive", "digest") else "01" * 32
    return Finding(
        path=path,
        evidence=evidence,
        rule=rule,
        severity=severity,
        source_path=source,
        reason=reason,
        sha256=digest,
    )


def artifact(kind: Kind, verdict: Verdict, *findings: Finding, same: int = 20) -> ArtifactReport:
    """An artifact with so many identical files."""
    name = "plume-1.0.0.tar.gz" if kind == "sdist" else "plume-1.0.0-py3-none-any.whl"
    return ArtifactReport(
        filename=name, kind=kind, sha256="5d" * 32, verdict=verdict, findings=findings, unlisted=same
    )


def release(
    verdict: Verdict,
    *artifacts: ArtifactReport,
    source: Source | None = SOURCE,
    notices: tuple[Notice, ...] = (),
) -> ReleaseReport:
    """A release."""
    return ReleaseReport(
        name="plume", version="1.0.0", verdict=verdict, source=source, artifacts=artifacts, notices=notices
    )


def notice(severity: Severity, message: str) -> Notice:
    """Something that is not about one file."""
    return Notice(code="told", severity=severity, message=message)


MATCH, EXTRAS, UNPROVEN, MISMATCH = Verdict.MATCH, Verdict.MATCH_EXTRAS, Verdict.UNPROVEN, Verdict.MISMATCH
SDIST = artifact("sdist", MATCH)
RECORD = finding("plume-1.0.0.dist-info/RECORD", Evidence.REPRODUCED, Severity.INFO, "recomputed", "record")
WHEEL = artifact("wheel", MATCH, RECORD)
NOTES = finding("NOTES.md", Evidence.ADDED, Severity.LOW, "is not in the source")
MORE_NOTES = finding("THANKS.md", Evidence.ADDED, Severity.LOW, "is not in the source")
HOOK = finding(
    "hook.pth", Evidence.ADDED, Severity.CRITICAL, "is not in the source, and runs at every start of Python"
)
CHANGED = finding(
    "plume/session.py",
    Evidence.MODIFIED,
    Severity.HIGH,
    "differs from the source file, and nothing proves why",
)
COMPILED = finding(
    "plume/_fast.so", Evidence.RECOGNIZED, Severity.HIGH, "only a rebuild with the builder's tools would prove it"
)  # fmt: skip
TABLES = finding(
    "plume/tables.py", Evidence.RECOGNIZED, Severity.HIGH, "only running PLY would prove their values"
)
OTHER = finding(
    "plume-1.0.0.tar.gz",
    Evidence.ADDED,
    Severity.CRITICAL,
    "plume-1.0.0.tar.gz is not the file that the index describes. It may have been replaced",
    "digest",
)
BROKEN = finding(
    "plume-1.0.0.tar.gz",
    Evidence.RECOGNIZED,
    Severity.HIGH,
    "The archive is broken. It ends early",
    "archive",
)
MANY = [CHANGED.model_copy(update={"path": f"plume/module_{number:02}.py"}) for number in range(15)]
NO_TAG = "git.example/ada/plume has no tag for version 1.0.0, so nothing says which commit it was made from."
ON_BRANCH = SOURCE.model_copy(update={"ref": "refs/heads/main", "subdirectory": ""})

REPORTS = {
    "match": release(MATCH, SDIST, WHEEL),
    "match, compared with a branch": release(MATCH, SDIST, source=ON_BRANCH),
    "match, compared with a commit": release(
        MATCH, SDIST, source=SOURCE.model_copy(update={"ref": SOURCE.commit})
    ),
    "match, with notices": release(
        MATCH,
        SDIST,
        notices=(
            notice(Severity.MEDIUM, "This release was withdrawn (yanked) by its publishers: it greets nobody"),
            notice(Severity.INFO, "The tag v1.0.0 is an object of its own: it says who made it, and when."),
        ),
    ),
    "match-extras, one": release(EXTRAS, artifact("sdist", EXTRAS, NOTES), WHEEL),
    "match-extras, two": release(EXTRAS, artifact("sdist", EXTRAS, NOTES, MORE_NOTES), WHEEL),
    "unproven, machine code": release(UNPROVEN, SDIST, artifact("wheel", UNPROVEN, COMPILED, RECORD)),
    "unproven, both artifacts": release(
        UNPROVEN, artifact("sdist", UNPROVEN, TABLES), artifact("wheel", UNPROVEN, COMPILED, TABLES)
    ),
    "unproven, nothing could be read": release(
        UNPROVEN, artifact("sdist", UNPROVEN, BROKEN, same=0), source=None
    ),
    "no-source": release(
        Verdict.NO_SOURCE, SDIST, source=None, notices=(notice(Severity.HIGH, NO_TAG),)
    ),
    "mismatch": release(MISMATCH, SDIST, artifact("wheel", MISMATCH, CHANGED, HOOK, RECORD)),
    "mismatch, more than fits": release(MISMATCH, SDIST, artifact("wheel", MISMATCH, *MANY)),
    "mismatch, another file": release(MISMATCH, artifact("sdist", MISMATCH, OTHER, same=0), WHEEL),
    "mismatch, without a source": release(
        MISMATCH, artifact("sdist", MISMATCH, OTHER, same=0), source=None
    ),
}  # fmt: skip
STANDINGS: dict[str, tuple[Standing, dict[str, Verdict], Rank | None]] = {
    "standing, all known": (
        Standing(
            name="plume",
            version="1.0.0",
            releases=3,
            uploads=(
                Uploaded(version="0.9.0", moment=datetime(2024, 12, 31, tzinfo=UTC)),
                Uploaded(version="1.0.0", moment=datetime(2025, 12, 31, tzinfo=UTC)),
            ),
            yanked=("0.8.0", "1.0.0"),
            status="archived",
            status_reason="Ada retired",
            publishers=("ada (Owner)", "grace (Maintainer)"),
            vulnerabilities=(
                Vulnerability(id="FLAW-1", aliases=("CVE-1",), summary="Greets twice", fixed_in=("1.0.1",)),
                Vulnerability(id="FLAW-2"),
            ),
        ),
        {"0.9.0": Verdict.MATCH, "0.8.0": Verdict.MISMATCH},
        Rank(listed=15000, place=42, downloads=1234567),
    ),
    "standing, nothing known": (Standing(name="plume", version="1.0.0", releases=1), {}, None),
    "standing, no flaw and no rank": (
        Standing(name="plume", version="1.0.0", releases=1, publishers=(), vulnerabilities=()),
        {},
        Rank(listed=15000),
    ),
}


def texts(columns: int) -> Iterator[tuple[str, str]]:
    """Every text with its title, as wide as that."""
    for title, report in REPORTS.items():
        yield title, render_text([report], False, columns)
    yield "match, every file", render_text([REPORTS["match"]], True, columns)
    for title, report in REPORTS.items():
        if report.verdict is not MISMATCH:  # which is never pinned
            yield f"pinned: {title}", f"# {comment(report)}\n"
    for title, (standing, earlier, rank) in STANDINGS.items():
        rows = render_standing(standing, NOW, earlier, rank)
        yield title, "".join(f"{line}\n" for row in rows for line in wrapped(row, columns))


@pytest.mark.parametrize("columns", [80, 40])
def test_every_text_is_the_golden_one(columns: int) -> None:
    """PROVENANCE_GOLDEN=write makes the file anew after a change that is meant: read it aloud then."""
    rendered = "".join(f"== {title}\n{text}" for title, text in texts(columns))
    golden = GOLDEN / f"text-{columns}.txt"
    if os.environ.get("PROVENANCE_GOLDEN") == "write":
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [80, 40])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    """Comments of a requirements file are lines of their own, whatever their length."""
    shown = [text for title, text in texts(columns) if not title.startswith("pinned")]
    assert max(cell_len(line) for text in shown for line in text.splitlines()) <= columns


def test_every_verdict_is_among_them() -> None:
    """A new one needs its sentence read aloud too."""
    assert {report.verdict for report in REPORTS.values()} == set(Verdict)
