"""An audit's report: in, audited releases; out, text, JSON, Markdown and a page that escape what others wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from provenance.model import Evidence, Severity, Source, Verdict
from provenance.report.audit_figures import causes, evidence_by_backend, figures, worst_files
from provenance.report.audit_formats import AUDIT_FORMATS
from provenance.report.audited import Audited, AuditedArtifact, AuditedFile, changes
from provenance.report.causes import ADVICE

HOSTILE = "<script>alert(1)</script>"
SOURCE = Source(repository="https://git.example/o/p", ref="v1", commit="a" * 40, tree="b" * 40)


def release(name: str, verdict: Verdict | None, **fields: object) -> Audited:
    """One row of an audit."""
    base = Audited(name=name, version="1.0", verdict=verdict, state="done" if verdict else "failed")
    return base.model_copy(update=fields)


BAD = release(
    "bad",
    Verdict.MISMATCH,
    sentence=f"NO. bad 1.0 contains {HOSTILE}.",
    source=SOURCE,
    backend="flit",
    artifacts=(
        AuditedArtifact(
            filename="bad-1.0.tar.gz",
            kind="sdist",
            sha256="c" * 64,
            verdict=Verdict.MISMATCH,
            counts=dict.fromkeys(Evidence, 0) | {Evidence.IDENTICAL: 9, Evidence.ADDED: 1},
        ),
    ),
    files=(
        AuditedFile(
            artifact="sdist",
            path=f"{HOSTILE}.py",
            evidence=Evidence.ADDED,
            severity=Severity.HIGH,
            rule="none",
            reason="nothing in the source stands behind it",
        ),
    ),
)
ALL = [
    release("clean", Verdict.MATCH, source=SOURCE, rank=7),
    BAD,
    release("open", Verdict.NO_SOURCE, cause="its metadata names no repository"),
    release("gone", None, reason=f"a host did not answer: {HOSTILE}"),
    release("moved", Verdict.MATCH, changes=("v1 was moved from 1111 to 2222",)),
]


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_what_others_wrote_is_never_markup(name: str) -> None:
    """Names, paths and reasons come from packages and hosts."""
    text = AUDIT_FORMATS[name](ALL, 0)
    assert "<script" not in text.replace("`<script>", "").replace("\\<script", "")
    assert "nothing in the source stands behind it" in text


def test_the_page_asks_for_nothing() -> None:
    """No script, no style or picture from elsewhere."""
    page = AUDIT_FORMATS["html"](ALL, 0)
    assert "default-src 'none'" in page
    assert "src=" not in page.replace("style-src", "")
    assert page.count("<svg") >= 4


def test_text_begins_with_what_changed_and_ends_with_the_counts() -> None:
    """What is answered no comes between, with its evidence."""
    lines = AUDIT_FORMATS["text"](ALL, 0).splitlines()
    assert lines[0] == "CHANGED. moved 1.0: v1 was moved from 1111 to 2222"
    assert lines[1].startswith("NO. bad 1.0")
    assert lines[-1] == "5 releases: 2 match · 1 cannot tell, no source · 1 mismatch · 1 without an answer"


def test_json_has_every_release_and_null_for_no_answer() -> None:
    """The changed first."""
    document = json.loads(AUDIT_FORMATS["json"](ALL, 0))
    verdicts = {row["name"]: row["verdict"] for row in document["releases"]}
    assert document["releases"][0]["name"] == "moved"
    assert verdicts == {
        "moved": "match", "clean": "match", "bad": "mismatch", "open": "no-source", "gone": None,
    }  # fmt: skip


def test_bars_are_full_and_count_every_file() -> None:
    """Each part is wide enough to be seen."""
    (bar,) = evidence_by_backend([BAD]).bars
    assert (bar.label, bar.total) == ("flit", 10)
    assert sum(part.width for part in bar.parts) == pytest.approx(100, abs=0.1)


def test_a_cause_comes_with_what_settles_it() -> None:
    """In every format for people."""
    (bar,) = causes(ALL).bars
    assert bar.label == "its metadata names no repository"
    assert bar.advice == ADVICE[bar.label]
    for name in ("text", "markdown", "html"):
        assert "labelled Source" in AUDIT_FORMATS[name](ALL, 0)


def test_a_figure_counts_what_speaks_against_those_answered_no() -> None:
    """By the worst file of each."""
    (bar,) = worst_files(ALL).bars
    assert (bar.label, bar.total) == ("code, or what steers an installation, is not in the source", 1)


def test_reports_say_when_it_was_checked() -> None:
    """From the first answer to the last."""
    moments = [datetime(2026, 11, 24, hour, 5, tzinfo=UTC) for hour in (9, 7)]
    releases = [release(f"p{moment.hour}", Verdict.MATCH, finished=moment) for moment in moments]
    for name in ("markdown", "html"):
        assert "Checked on 2026-11-24 between 07:05 and 09:05 UTC" in AUDIT_FORMATS[name](releases, 0)


def test_an_empty_audit_has_no_figures() -> None:
    """And its formats still say so."""
    assert figures([]) == []
    assert causes([]).bars == ()
    assert all(render([], 0) for render in AUDIT_FORMATS.values())


def test_a_moved_tag_and_a_new_artifact_are_changes() -> None:
    """Also where the verdict is the same."""
    before = release("a", Verdict.MATCH, source=SOURCE)
    now = release(
        "a", Verdict.MATCH, source=SOURCE.model_copy(update={"commit": "d" * 40}), artifacts=BAD.artifacts
    )
    assert changes(before, now) == (
        "v1 was moved from aaaaaaaaaaaa to dddddddddddd",
        "bad-1.0.tar.gz was added",
    )
