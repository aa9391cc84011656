"""The bytes of a stored report in, the report with its digests out; and how one check of it came out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packageurl import PackageURL

from provenance.report.predicate import Predicate
from provenance.report.statement import Statement, predicate_digest, read_statement
from provenance.signing import open_envelope


class Standing(StrEnum):
    """How one check came out."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OPEN = "could not be checked"


@dataclass(frozen=True)
class Check:
    """One check of one report: what was checked, how it came out, and the sentence that says so."""

    what: str
    standing: Standing
    sentence: str


@dataclass(frozen=True)
class StoredReport:
    """A report as it is stored: the envelope's bytes, the payload in it, and what that states."""

    envelope: bytes
    payload: bytes
    statement: Statement[Predicate]

    @property
    def filename(self) -> str:
        """The artifact that it is about."""
        return self.statement.subject[0].name

    @property
    def release(self) -> tuple[str, str]:
        """The project and the version that the artifact is of."""
        purl = PackageURL.from_string(self.statement.predicate.purl)
        return purl.name, purl.version or ""

    @property
    def sha256(self) -> str:
        """The artifact's digest."""
        return self.statement.subject[0].digest.sha256

    @property
    def predicate_digest(self) -> str:
        """The digest that two strangers compare."""
        return predicate_digest(self.payload)


def read_stored(envelope: bytes) -> StoredReport:
    """Return the report in an envelope, whoever signed it; raises ReportError where there is none."""
    payload = open_envelope(envelope).payload
    return StoredReport(envelope, payload, read_statement(payload))
