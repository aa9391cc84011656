"""A stored report, its release's artifacts and a bundle in; out, whether judging again gives what was signed.

Commit id -> tree ids -> blob ids -> every file -> evidence -> verdict: nothing is taken from the report but which
commit and folder it names, what people call them, and which artifacts were compared together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provenance.artifacts import unpack
from provenance.compare import Context, Subject
from provenance.compare.explain import rule_set
from provenance.errors import ArtifactError, GitError, ReportError
from provenance.index.reference import artifact_kind
from provenance.judgement import Read, compare, in_order, open_project, refuse, report_on
from provenance.model import (
    Artifact,
    ArtifactReport,
    Evidence,
    Finding,
    Limits,
    Release,
    ReleaseReport,
    Severity,
)
from provenance.report.difference import differences
from provenance.report.predicate import Predicate, Sibling
from provenance.report.statement import Statement, payload_of, predicate_digest
from provenance.report.stating import restore, state
from provenance.source import Bundle, foreign_source, refuted_link
from provenance.tree import KnownBlobs
from provenance.verification.artifact import Places
from provenance.verification.check import Check, Standing, StoredReport
from provenance.verification.rebuilt import is_rebuilt, with_stated_proofs

OUTSIDE = ("digest", "attestation")  # rules that refuse an artifact for what an index or an attestation says
MOST_NAMED = 3


@dataclass(frozen=True)
class Judged:
    """A judgement that was repeated, and what it looked at."""

    report: ReleaseReport
    contexts: tuple[Context, ...]


@dataclass
class Repetition:
    """What judgements are repeated with; one that several reports come from is repeated once."""

    bundle: Bundle
    places: Places
    limits: Limits = field(default_factory=Limits)
    done: dict[str, Judged] = field(default_factory=dict, repr=False)


def check_judgement(report: StoredReport, repetition: Repetition) -> Check:
    """Return whether the judgement gives the signed predicate again."""
    what, signed = "judgement", report.statement
    predicate = signed.predicate
    if predicate.source is None:
        return Check(what, Standing.OPEN, "the report is on no source, so there is nothing to repeat")
    if any(finding.digest is None and finding.rule in OUTSIDE for finding in predicate.findings):
        sentence = "the artifact was refused for what its index or attestation says, which no bundle holds"
        return Check(what, Standing.OPEN, sentence)
    files, missing = _files(report, repetition.places)
    if missing:
        sentence = f"these artifacts were compared together with it, and are not here: {', '.join(missing)}"
        return Check(what, Standing.OPEN, sentence)
    try:
        own = _stated(report, _repeated(report, files, repetition))
    except (ReportError, GitError) as error:
        return Check(what, Standing.FAILS, f"{error}, so the judgement cannot be repeated")
    return _compared(signed, own, report.predicate_digest)


def _files(report: StoredReport, places: Places) -> tuple[dict[str, Path], list[str]]:
    """The artifacts that were compared together, and the names of those that are not here."""
    wanted = {report.filename: report.sha256}
    for sibling in report.statement.predicate.siblings:
        if not sibling.refused and sibling.digest is not None:
            wanted[sibling.name] = sibling.digest.sha256
    found = {name: places.find(report.release, name, sha256) for name, sha256 in wanted.items()}
    files = {name: path for name, path in found.items() if path is not None}
    return files, sorted(wanted.keys() - files.keys())


def _repeated(report: StoredReport, files: Mapping[str, Path], repetition: Repetition) -> Judged:
    predicate = report.statement.predicate
    is_refused = any(finding.digest is None for finding in predicate.findings)
    together = sorted((name, str(path)) for name, path in files.items())
    source = predicate.source.model_dump_json() if predicate.source else ""
    others = [sibling.model_dump_json() for sibling in predicate.siblings if sibling.refused]
    key = repr((source, together, others, report.filename if is_refused else ""))
    if key not in repetition.done:
        repetition.done[key] = _judged(report, files, repetition)
    return repetition.done[key]


def _judged(report: StoredReport, files: Mapping[str, Path], repetition: Repetition) -> Judged:
    name, version = report.release
    release = Release(name=name, version=version, artifacts=())
    read = _read(report.statement, files, repetition.limits)
    known = KnownBlobs(subject.tree for subject, _ in read.subjects)
    source = restore([report.statement]).source
    if source is None:
        raise ReportError("The report is on no source")
    checkout = repetition.bundle.check_out(source, known)
    opened = open_project(checkout, source.subdirectory, read, repetition.bundle.open_tree)
    compared = compare(release, read, opened)
    foreign = refuted_link(opened.project, release, source, is_chosen=True, is_alone=False) or foreign_source(
        opened.project, release, source, compared.findings
    )
    if foreign:
        raise ReportError(foreign.message.rstrip("."))
    own = report_on(release, compared.source, compared.artifacts, compared.notices)
    return Judged(own, compared.contexts)


def _read(statement: Statement[Predicate], files: Mapping[str, Path], limits: Limits) -> Read:
    siblings = statement.predicate.siblings
    digests = {each.name: each.digest.sha256 for each in siblings if each.digest}
    digests |= {each.name: each.digest.sha256 for each in statement.subject}
    subjects = []
    refused = [_stated_refusal(sibling) for sibling in siblings if sibling.refused]
    for name, path in files.items():
        kind = artifact_kind(name)
        if kind is None:
            raise ReportError(f"{name} is neither an sdist nor a wheel")
        try:
            tree = unpack(path, kind, limits)
        except ArtifactError as error:
            refused.append(refuse(Artifact(filename=name, kind=kind, url=""), error, digests[name]))
        else:
            subjects.append((Subject(name, kind, tree), digests[name]))
    return Read(in_order(subjects), tuple(refused), {})


def _stated_refusal(sibling: Sibling) -> ArtifactReport:
    """An artifact that was not compared: no evidence rests on it, and its own report says why."""
    finding = Finding(
        path=sibling.name,
        evidence=Evidence.ADDED,
        rule="archive",
        severity=Severity.INFO,
        source_path=None,
        reason="",
    )
    return ArtifactReport(
        filename=sibling.name,
        kind=sibling.kind,
        sha256=sibling.digest.sha256 if sibling.digest else "",
        verdict=sibling.verdict,
        findings=(finding,),
    )


def _stated(report: StoredReport, repeated: Judged) -> Statement[Predicate]:
    """What the repetition states, with the proofs that only a rebuild gives as they were signed."""
    predicate, own = report.statement.predicate, repeated.report
    if is_rebuilt(predicate):
        own = with_stated_proofs(own, repeated.contexts, report.statement)
    artifact = next(each for each in own.artifacts if each.filename == report.filename)
    statement = state(own, artifact, rule_set())
    told = statement.predicate.model_copy(update={"rebuild": predicate.rebuild})
    return statement.model_copy(update={"predicate": told})


def _compared(signed: Statement[Predicate], own: Statement[Predicate], digest: str) -> Check:
    what = "judgement"
    if predicate_digest(payload_of(own)) == digest:
        if is_rebuilt(signed.predicate):
            return Check(what, Standing.OPEN, _without_rebuilding(signed.predicate))
        return Check(what, Standing.HOLDS, f"repeated offline, same predicate digest {digest[:12]}")
    found = [row for row in differences(signed, own) if not row.field.startswith("ruleSet")]
    names = ", ".join(row.field for row in found[:MOST_NAMED])
    names += f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    if signed.predicate.rule_set == own.predicate.rule_set:
        return Check(what, Standing.FAILS, f"repeated, it gives something else than was signed: {names}")
    theirs, ours = (each.predicate.rule_set for each in (signed, own))
    rules = f"rule set {theirs.version} ({theirs.digest.sha256[:12]})"
    here = f"this tool has {ours.version} ({ours.digest.sha256[:12]})"
    if not found:
        sentence = f"repeated offline; it was judged by {rules} and {here}, and all else is the same"
        return Check(what, Standing.HOLDS, sentence)
    return Check(what, Standing.OPEN, f"it was judged by {rules}, {here}, and by these differ: {names}")


def _without_rebuilding(signed: Predicate) -> str:
    """What holds of a report whose proofs come from building in part."""
    rebuilt = signed.counts.get(Evidence.REBUILT, 0)
    files = f"the rebuilt proofs of {rebuilt} files" if rebuilt != 1 else "the rebuilt proof of one file"
    of = files if rebuilt else "what building the release again proves of its other files"
    return (
        f"repeated offline, the same except {of}; `provenance rebuild --recipe` with this report repeats that"
    )
