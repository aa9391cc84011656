"""A predicate in, the in-toto statement about it out as canonical bytes, and back; no field is ever written twice."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

import rfc8785
from packageurl import PackageURL
from pydantic import Field, ValidationError

from provenance.errors import ReportError
from provenance.report.predicate import PREDICATE_TYPE, Part, Predicate, Sha256Digest

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"

Stated = TypeVar("Stated", bound=Part)


class Subject(Part):
    """The artifact that a statement is about: its file name and digest."""

    name: Annotated[str, Field(min_length=1)]
    digest: Sha256Digest


class Statement(Part, Generic[Stated]):
    """An in-toto Statement v1 about one artifact."""

    type: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")] = STATEMENT_TYPE
    subject: tuple[Subject]
    predicate_type: str
    predicate: Stated


def payload_of(statement: Statement[Any]) -> bytes:
    """Return the statement's bytes under RFC 8785: what is signed, byte for byte."""
    fields = statement.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return canonical({"_type": STATEMENT_TYPE, **fields})


@lru_cache(maxsize=1)  # what is signed, summarized and verified is read in turn, and large ones take a while
def read_statement(payload: bytes) -> Statement[Predicate]:
    """Return the statement that these bytes are.

    Raises ReportError where they are not this project's predicate, are not written under RFC 8785, or do not agree
    with themselves.
    """
    document = _parsed(payload)
    if document.get("predicateType") != PREDICATE_TYPE:
        raise ReportError(f"The statement is not a report: its type is {document.get('predicateType')!r}")
    try:
        statement = Statement[Predicate].model_validate(document)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise ReportError(
            f"The report does not hold what its type asks for: {field}: {problem['msg']}"
        ) from error
    _agrees(statement.predicate)
    return statement


def predicate_digest(payload: bytes) -> str:
    """Return the sha256 of a statement's canonical predicate: equal where two strangers found the same."""
    return hashlib.sha256(canonical(_parsed(payload)["predicate"])).hexdigest()


def canonical(value: Any) -> bytes:
    """Return a JSON value's bytes under RFC 8785; raises ReportError where JSON cannot carry it."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise ReportError(f"The report cannot be written as JSON: {error}") from error


def _parsed(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ReportError("The report is not JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("predicate"), dict):
        raise ReportError("The report is not an in-toto statement")
    if canonical(document) != payload:
        raise ReportError("The report is not written in canonical form (RFC 8785)")
    return document


def _agrees(predicate: Predicate) -> None:
    """Raise where the release has no name, or the findings are not those that the counts promise."""
    try:
        PackageURL.from_string(predicate.purl)
    except ValueError as error:
        raise ReportError(f"The report is about {predicate.purl!r}, which names no release") from error
    listed = [finding.evidence for finding in predicate.findings]
    for evidence, count in predicate.counts.items():
        if evidence.value != "identical" and listed.count(evidence) != count:
            raise ReportError(
                f"The report counts {count} files as {evidence} and lists {listed.count(evidence)}"
            )
    if missing := set(listed) - set(predicate.counts):
        raise ReportError(f"The report lists files as {min(missing)} and does not count them")
