"""A judgement repeated without building and a report of one with it in; the same with the rebuilt proofs as stated out.

What a report says of a build is taken as it was signed; all else of it has to come out of the repetition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance.compare import Context, inert_paths
from provenance.model import ArtifactReport, Evidence, Finding, Notice, ReleaseReport
from provenance.rebuild.proof import NOTICES, RULE, SDIST_ONLY
from provenance.report.predicate import Predicate, StatedFinding
from provenance.report.spelling import plain, spell
from provenance.report.statement import Statement
from provenance.verdict import artifact_verdict, release_verdict


def is_rebuilt(predicate: Predicate) -> bool:
    """Return whether the release that a report is about was built again, this artifact or another."""
    return predicate.rebuild is not None or any(notice.code in NOTICES for notice in predicate.notices)


def with_stated_proofs(
    own: ReleaseReport, contexts: Sequence[Context], signed: Statement[Predicate]
) -> ReleaseReport:
    """Return the repeated judgement with the rebuilt proofs of one artifact, and the verdicts of its siblings.

    A sibling's is taken where it is better than the repeated one, since only a build can have made it so.
    """
    (subject,), predicate = signed.subject, signed.predicate
    verdicts = {sibling.name: sibling.verdict for sibling in predicate.siblings}
    by_name = {context.subject.filename: context for context in contexts}
    artifacts = []
    for artifact in own.artifacts:
        stated = verdicts.get(artifact.filename, artifact.verdict)
        if artifact.filename == subject.name and artifact.filename in by_name:
            artifact = _proven(artifact, by_name[artifact.filename], predicate)
        elif stated.rank < artifact.verdict.rank:
            artifact = artifact.model_copy(update={"verdict": stated})
        artifacts.append(artifact)
    said = [
        Notice(code=notice.code, severity=notice.severity, message=notice.message)
        for notice in predicate.notices
        if notice.code in NOTICES
    ]
    update = {
        "artifacts": tuple(artifacts),
        "verdict": release_verdict(artifacts),
        "notices": (*own.notices, *said),
    }
    return own.model_copy(update=update)


def _proven(artifact: ArtifactReport, context: Context, predicate: Predicate) -> ArtifactReport:
    stated = {finding.path: finding for finding in predicate.findings}
    findings = tuple(_as_stated(finding, stated) for finding in artifact.findings)
    verdict = artifact_verdict(findings, inert_paths(context, findings))
    return artifact.model_copy(update={"findings": findings, "verdict": verdict})


def _as_stated(finding: Finding, stated: Mapping[str, StatedFinding]) -> Finding:
    other = stated.get(spell(finding.path))
    if other is None or finding.is_proven:
        return finding
    if (other.evidence, other.rule) == (Evidence.REBUILT, RULE):
        names = ("evidence", "rule", "severity", "reason", "contradicts")
        return finding.model_copy(update={name: getattr(other, name) for name in names})
    if other.reason == plain(finding.reason + SDIST_ONLY):
        return finding.model_copy(update={"reason": finding.reason + SDIST_ONLY})
    return finding
