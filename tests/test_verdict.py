"""What findings make of an artifact, and artifacts of a release."""

import pytest

from provenance.model import ArtifactReport, Evidence, Finding, Severity, Verdict
from provenance.verdict import artifact_verdict, release_verdict

PROVEN = [Evidence.IDENTICAL, Evidence.NORMALIZED, Evidence.REPRODUCED, Evidence.REBUILT, Evidence.CONSISTENT]
UNPROVEN = [
    (Evidence.ADDED, Severity.CRITICAL, Verdict.MISMATCH),
    (Evidence.ADDED, Severity.HIGH, Verdict.MISMATCH),
    (Evidence.ADDED, Severity.MEDIUM, Verdict.UNPROVEN),
    (Evidence.RELOCATED, Severity.HIGH, Verdict.MISMATCH),
    (Evidence.RELOCATED, Severity.MEDIUM, Verdict.UNPROVEN),
    (Evidence.MODIFIED, Severity.HIGH, Verdict.MISMATCH),
    (Evidence.MODIFIED, Severity.MEDIUM, Verdict.MISMATCH),
    (Evidence.RECOGNIZED, Severity.CRITICAL, Verdict.UNPROVEN),
]


def finding(evidence: Evidence, severity: Severity = Severity.INFO, *, contradicts: bool = False) -> Finding:
    """A finding about one file."""
    return Finding(
        path="file",
        evidence=evidence,
        rule="none",
        severity=severity,
        source_path=None,
        reason="",
        contradicts=contradicts,
    )


@pytest.mark.parametrize("evidence", PROVEN)
def test_a_proven_file_leaves_a_match(evidence: Evidence) -> None:
    """The first five levels are proof."""
    assert artifact_verdict([finding(evidence)], frozenset()) is Verdict.MATCH


@pytest.mark.parametrize(("evidence", "severity", "verdict"), UNPROVEN)
def test_an_unproven_file_decides_by_what_it_could_do(
    evidence: Evidence, severity: Severity, verdict: Verdict
) -> None:
    """Code that nothing proves is a no; data that nothing contradicts is a cannot tell."""
    assert artifact_verdict([finding(evidence, severity)], frozenset()) is verdict


@pytest.mark.parametrize("evidence", [Evidence.ADDED, Evidence.MODIFIED, Evidence.RELOCATED])
def test_an_inert_file_leaves_a_yes_that_names_it(evidence: Evidence) -> None:
    """Documentation outside packages changes nothing that is installed."""
    assert artifact_verdict([finding(evidence, Severity.LOW)], frozenset({"file"})) is Verdict.MATCH_EXTRAS


def test_a_contradiction_is_a_no_whatever_the_level() -> None:
    """A value that the source refutes is never outweighed, not even in an inert file."""
    refuted = finding(Evidence.CONSISTENT, Severity.LOW, contradicts=True)
    assert artifact_verdict([refuted], frozenset({"file"})) is Verdict.MISMATCH


def test_the_worst_artifact_decides_for_the_release() -> None:
    """One wheel that is not the source is enough."""
    reports = [
        ArtifactReport(filename=verdict, kind="wheel", sha256="", verdict=verdict)
        for verdict in (Verdict.MATCH, Verdict.MISMATCH, Verdict.UNPROVEN)
    ]
    assert release_verdict(reports) is Verdict.MISMATCH


def test_a_release_without_artifacts_is_no_yes() -> None:
    """Nothing was compared, so nothing is known."""
    assert release_verdict([]) is Verdict.UNPROVEN
