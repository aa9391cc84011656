"""A release, a site of published reports and trusted keys in; the report that such a key signed about it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from provenance.artifacts import choose
from provenance.compare.explain import rule_set
from provenance.errors import ReportError
from provenance.model import Artifact, Release, ReleaseReport
from provenance.net import Http
from provenance.report.predicate import Predicate
from provenance.report.statement import Statement, read_statement
from provenance.report.stating import restore
from provenance.signing import TrustedKey, open_envelope
from provenance.store import REPORT

LARGEST_REPORT = 64 << 20  # bytes


@dataclass(frozen=True)
class Taken:
    """A published report that stands in for a check, and who signed it."""

    report: ReleaseReport
    signers: tuple[str, ...]


def published_report(
    release: Release, site: str, keys: Sequence[TrustedKey], http: Http, today: date, *, all_wheels: bool
) -> Taken:
    """Return what trusted keys signed about the very artifacts that a check would compare here.

    Their digests are those that the index names today. Raises ReportError, with the reason, where the site has no
    such reports: of other bytes, by other keys, by other rules, or not of all of these artifacts together.
    """
    counting = {key.public.keyid: key for key in keys if not key.objection(today)}
    statements, signers = [], set()
    for artifact in choose(release.artifacts, all_wheels=all_wheels):
        content = _fetched(release, artifact, site, http)
        opened = open_envelope(content, [key.public for key in counting.values()])
        if not opened.verified:
            raise ReportError(
                f"the report about {artifact.filename} is signed by no key that you trust and your policy admits"
            )
        statements.append(_about(artifact, release, read_statement(opened.payload)))
        signers |= {str(counting[keyid]) for keyid in opened.verified}
    if len({_common(statement) for statement in statements}) != 1:
        raise ReportError("its artifacts were not checked together")
    report = restore(statements)
    notices = tuple(dict.fromkeys((*release.notices, *report.notices)))
    return Taken(report.model_copy(update={"notices": notices}), tuple(sorted(signers)))


def _fetched(release: Release, artifact: Artifact, site: str, http: Http) -> bytes:
    folder = f"{site.rstrip('/')}/pypi/{release.name}/{quote(release.version, safe='+!')}"
    address = f"{folder}/{quote(artifact.filename, safe='+!')}{REPORT}"
    answer = http.get(address, accept="application/json", limit=LARGEST_REPORT)
    if answer.status != 200:
        raise ReportError(f"there is none about {artifact.filename}")
    return answer.content


def _about(artifact: Artifact, release: Release, statement: Statement[Predicate]) -> Statement[Predicate]:
    """The statement, where it is about this very artifact and by the rules of this build."""
    (subject,), predicate = statement.subject, statement.predicate
    purl = f"pkg:pypi/{release.name}@{release.version}"
    if subject.name != artifact.filename or predicate.purl.partition("?")[0] != purl:
        raise ReportError(f"the report about {artifact.filename} is about something else")
    if artifact.sha256 is None or subject.digest.sha256 != artifact.sha256:
        raise ReportError(f"{artifact.filename} on the index has other bytes than the one that was checked")
    if predicate.rule_set.digest.sha256 != rule_set().sha256:
        raise ReportError("it was made by other rules than those of this build")
    return statement


def _common(statement: Statement[Predicate]) -> str:
    """What artifacts have in common that were checked together."""
    return statement.predicate.model_dump_json(include={"release_verdict", "source", "notices"})
