"""A ReleaseReport in, one statement per artifact out; and statements in, the ReleaseReport they were made from out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from packageurl import PackageURL

from provenance.model import (
    ArtifactReport,
    Evidence,
    Finding,
    Notice,
    ReleaseReport,
    RuleSet,
    Severity,
    Source,
    Submodule,
    Verdict,
)
from provenance.report.predicate import (
    PREDICATE_TYPE,
    CommitDigest,
    FileDigest,
    Manifest,
    ManifestFile,
    Predicate,
    Sha256Digest,
    Sibling,
    SourceDigest,
    StatedFinding,
    StatedNotice,
    StatedRules,
    StatedSource,
    StatedSubmodule,
)
from provenance.report.recipes import stated_rebuild
from provenance.report.spelling import plain, spell, unspell
from provenance.report.statement import Statement, Subject, canonical

GIT = "git+"  # SPDX download locations name the tool before the address


def state(report: ReleaseReport, artifact: ArtifactReport, rules: RuleSet) -> Statement[Predicate]:
    """Return what a report states of one of its artifacts, whose digest has to be known."""
    findings = [
        _finding(finding) for finding in artifact.findings if finding.evidence is not Evidence.IDENTICAL
    ]
    siblings = [_sibling(other) for other in report.artifacts if other is not artifact]
    predicate = Predicate(
        purl=_purl(report, artifact),
        kind=artifact.kind,
        verdict=artifact.verdict,
        release_verdict=report.verdict,
        source=_source(report.source) if report.source else None,
        siblings=tuple(sorted(siblings, key=lambda sibling: sibling.name)),
        rule_set=StatedRules(version=rules.version, digest=Sha256Digest(sha256=rules.sha256)),
        counts=artifact.counts,
        manifest=Manifest(digest=Sha256Digest(sha256=manifest_digest(artifact))),
        findings=tuple(sorted(findings, key=lambda finding: finding.path)),
        notices=_notices(report.notices),
        rebuild=stated_rebuild(report.rebuilt, artifact.filename),
    )
    subject = Subject(name=artifact.filename, digest=Sha256Digest(sha256=artifact.sha256))
    return Statement(subject=(subject,), predicate_type=PREDICATE_TYPE, predicate=predicate)


def manifest_digest(artifact: ArtifactReport) -> str:
    """Return the sha256 over the canonical list of all the artifact's files, with their evidence."""
    files = [
        ManifestFile(
            path=spell(finding.path),
            evidence=finding.evidence,
            digest=_digest(finding),
            source_path=None if finding.source_path is None else spell(finding.source_path),
        )
        for finding in artifact.findings
    ]
    lines = [file.model_dump(mode="json", by_alias=True, exclude_defaults=True) for file in files]
    return hashlib.sha256(canonical(sorted(lines, key=lambda line: str(line["path"])))).hexdigest()


def restore(statements: Sequence[Statement[Predicate]]) -> ReleaseReport:
    """Return the report that statements about artifacts of one release were made from.

    Identical files come back as a number. Of siblings that are not among the statements, a notice tells.
    """
    predicates = [statement.predicate for statement in statements]
    first = predicates[0]
    purl = PackageURL.from_string(first.purl)
    shown = {statement.subject[0].name for statement in statements}
    absent = {sibling.name: sibling for predicate in predicates for sibling in predicate.siblings}
    notices = [
        Notice(code=notice.code, severity=notice.severity, message=notice.message) for notice in first.notices
    ]
    notices += [_absent(sibling) for name, sibling in sorted(absent.items()) if name not in shown]
    return ReleaseReport(
        name=purl.name,
        version=purl.version or "",
        verdict=first.release_verdict,
        source=_restored_source(first.source) if first.source else None,
        artifacts=tuple(
            sorted(
                (_restored_artifact(statement) for statement in statements),
                key=lambda a: (a.kind, a.filename),
            )
        ),
        notices=tuple(notices),
    )


def _purl(report: ReleaseReport, artifact: ArtifactReport) -> str:
    qualifiers = {"file_name": artifact.filename}
    return PackageURL("pypi", None, report.name, report.version, qualifiers).to_string()


def _source(source: Source) -> StatedSource:
    return StatedSource(
        uri=GIT + _address(source.repository),
        ref=plain(source.ref),
        digest=SourceDigest(git_commit=source.commit, git_tree=source.tree, git_tag=source.tag),
        subdirectory=spell(source.subdirectory),
        named_by=plain(source.named_by),
        submodules=tuple(
            StatedSubmodule(
                path=spell(submodule.path),
                uri=GIT + _address(submodule.repository),
                digest=CommitDigest(git_commit=submodule.commit),
            )
            for submodule in sorted(source.submodules, key=lambda submodule: submodule.path)
        ),
    )


def _address(url: str) -> str:
    """An address without the name or token that a user may have written into it."""
    parts = urlsplit(plain(url))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _sibling(artifact: ArtifactReport) -> Sibling:
    digest = Sha256Digest(sha256=artifact.sha256) if artifact.sha256 else None
    return Sibling(
        name=artifact.filename,
        kind=artifact.kind,
        verdict=artifact.verdict,
        digest=digest,
        refused=artifact.is_refused,
    )


def _finding(finding: Finding) -> StatedFinding:
    return StatedFinding(
        path=spell(finding.path),
        evidence=finding.evidence,
        rule=finding.rule,
        severity=finding.severity,
        reason=plain(finding.reason),
        source_path=None if finding.source_path is None else spell(finding.source_path),
        digest=_digest(finding),
        contradicts=finding.contradicts,
    )


def _digest(finding: Finding) -> FileDigest | None:
    return FileDigest(sha256=finding.sha256, git_blob=finding.blob) if finding.sha256 else None


def _notices(notices: Sequence[Notice]) -> tuple[StatedNotice, ...]:
    lasting = sorted(
        (notice for notice in notices if notice.is_lasting), key=lambda each: (each.code, each.message)
    )
    return tuple(
        StatedNotice(code=notice.code, severity=notice.severity, message=plain(notice.message))
        for notice in lasting
    )


def _absent(sibling: Sibling) -> Notice:
    message = f"{sibling.name} was checked together with this: {sibling.verdict}. It has a report of its own."
    severity = Severity.HIGH if sibling.verdict is Verdict.MISMATCH else Severity.INFO
    return Notice(code="sibling", severity=severity, message=message)


def _restored_source(source: StatedSource) -> Source:
    return Source(
        repository=source.uri.removeprefix(GIT),
        ref=source.ref,
        commit=source.digest.git_commit,
        tree=source.digest.git_tree,
        tag=source.digest.git_tag,
        subdirectory=unspell(source.subdirectory),
        named_by=source.named_by,
        submodules=tuple(
            Submodule(
                path=unspell(submodule.path),
                repository=submodule.uri.removeprefix(GIT),
                commit=submodule.digest.git_commit,
            )
            for submodule in source.submodules
        ),
    )


def _restored_artifact(statement: Statement[Predicate]) -> ArtifactReport:
    (subject,), predicate = statement.subject, statement.predicate
    findings = [_restored_finding(finding) for finding in predicate.findings]
    return ArtifactReport(
        filename=subject.name,
        kind=predicate.kind,
        sha256=subject.digest.sha256,
        verdict=predicate.verdict,
        unlisted=predicate.counts.get(Evidence.IDENTICAL, 0),
        findings=tuple(sorted(findings, key=lambda finding: finding.path)),
    )


def _restored_finding(finding: StatedFinding) -> Finding:
    return Finding(
        path=unspell(finding.path),
        evidence=finding.evidence,
        rule=finding.rule,
        severity=finding.severity,
        source_path=None if finding.source_path is None else unspell(finding.source_path),
        reason=finding.reason,
        sha256=finding.digest.sha256 if finding.digest else "",
        blob=finding.digest.git_blob if finding.digest else "",
        contradicts=finding.contradicts,
    )
