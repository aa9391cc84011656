"""Why a release cannot be told: in, what was found of it; out, the cause that a person can do something about."""

from __future__ import annotations

import pytest

from provenance.model import (
    ArtifactReport,
    Evidence,
    Finding,
    Notice,
    ReleaseReport,
    Severity,
    Source,
    Verdict,
)
from provenance.report.causes import ADVICE, COMPILED, METADATA, RULES, WITHOUT_SOURCE, cause

SOURCE = Source(repository="https://git.example/o/p", ref="v1", commit="a" * 40, tree="b" * 40)


def finding(evidence: Evidence, rule: str, severity: Severity = Severity.HIGH) -> Finding:
    """One open file."""
    return Finding(
        path=f"p/{rule}", source_path=None, evidence=evidence, rule=rule, severity=severity, reason="open"
    )


def unproven(*findings: Finding) -> ReleaseReport:
    """A release with a wheel that holds these files, and an sdist that is the source."""
    wheel = ArtifactReport(
        filename="p-1-py3-none-any.whl",
        kind="wheel",
        sha256="e" * 64,
        verdict=Verdict.UNPROVEN,
        findings=findings,
    )
    return ReleaseReport(name="p", version="1", verdict=Verdict.UNPROVEN, source=SOURCE, artifacts=(wheel,))


def without_source(*codes: str) -> ReleaseReport:
    """A release that has no source, with these notices."""
    notices = tuple(Notice(code=code, severity=Severity.HIGH, message=code) for code in codes)
    return ReleaseReport(
        name="p", version="1", verdict=Verdict.NO_SOURCE, source=None, artifacts=(), notices=notices
    )


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ([finding(Evidence.RECOGNIZED, "compiled-files")], COMPILED.words),
        (
            [finding(Evidence.RECOGNIZED, "compiled-files"), finding(Evidence.RECOGNIZED, "egg-info")],
            METADATA.words,
        ),
        (
            [
                finding(Evidence.RECOGNIZED, "compiled-files"),
                finding(Evidence.ADDED, "none", Severity.LOW),
            ],
            COMPILED.words,
        ),
        ([finding(Evidence.RECOGNIZED, "none")], "files of a submodule that could not be fetched"),
        ([finding(Evidence.RECOGNIZED, "time-zones")], "generated files of a known form, not proven"),
        ([finding(Evidence.ADDED, "none", Severity.MEDIUM)], "data files that are not in the source"),
    ],
)
def test_what_can_be_settled_comes_before_what_cannot(findings: list[Finding], words: str) -> None:
    """And documents beside it decide nothing."""
    assert cause(unproven(*findings)) == words


def test_a_tag_that_is_missing_for_this_release_alone_is_said_as_such() -> None:
    """It is more than a project that never tags."""
    assert cause(without_source("no-tag")) == WITHOUT_SOURCE["no-tag"].words
    found = cause(without_source("repository-not-found", "no-tag", "no-longer-tagged"))
    assert found == WITHOUT_SOURCE["no-longer-tagged"].words


def test_every_cause_has_advice() -> None:
    """Something that a person can do."""
    for each in (*WITHOUT_SOURCE.values(), *RULES.values(), COMPILED):
        assert ADVICE[each.words]
