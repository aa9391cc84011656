"""Findings in, a verdict out: per artifact by what its unproven files could do, per release the worst of them."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.model import ArtifactReport, Evidence, Finding, Severity, Verdict

HARMFUL = {Severity.CRITICAL, Severity.HIGH}


def artifact_verdict(findings: Sequence[Finding], inert: frozenset[str]) -> Verdict:
    """Return the verdict for one artifact; `inert` are the paths that nothing runs, reads or builds from."""
    worst = Verdict.MATCH
    for finding in findings:
        worst = max(worst, _weight(finding, finding.path in inert), key=lambda verdict: verdict.rank)
    return worst


def _weight(finding: Finding, is_inert: bool) -> Verdict:
    """What one file alone would make of its artifact."""
    if finding.contradicts:
        return Verdict.MISMATCH
    if finding.evidence.is_proof:
        return Verdict.MATCH
    if is_inert:
        return Verdict.MATCH_EXTRAS
    if finding.evidence is Evidence.RECOGNIZED:
        return Verdict.UNPROVEN
    if finding.severity in HARMFUL or finding.evidence is Evidence.MODIFIED:
        return Verdict.MISMATCH
    return Verdict.UNPROVEN


def release_verdict(artifacts: Sequence[ArtifactReport]) -> Verdict:
    """Return the worst verdict of the release's artifacts; without any there is nothing to tell from."""
    return max(
        (artifact.verdict for artifact in artifacts),
        key=lambda verdict: verdict.rank,
        default=Verdict.UNPROVEN,
    )
