"""An attestation's bytes, an artifact's name and sha256 in, what the verified certificate says out (PEP 740).

Nothing here asks a network: the root of trust is the one that the library carries, or a file. What the index adds to
an attestation is not believed, only compared: repository, commit and the rest come out of the certificate.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from provenance.errors import AttestationError, UsageError
from provenance.model import Attested, Notice, Severity

if TYPE_CHECKING:
    from pypi_attestations import Attestation
    from sigstore.models import Bundle
    from sigstore.verify import Verifier
    from sigstore.verify.policy import VerificationPolicy

INSTALL = "pip install 'pypi-provenance[attestations]'"
SIGSTORE = (
    "https%3A%2F%2Ftuf-repo-cdn.sigstore.dev"  # the public instance's folder in what the library carries
)
STATEMENT = "https://in-toto.io/Statement/v1"

# Fulcio's extensions, 1.3.6.1.4.1.57264.1.N: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
EXTENSIONS = {
    "runner": 11,
    "repository": 12,
    "commit": 13,
    "ref": 14,
    "workflow": 18,
    "trigger": 20,
    "run": 21,
}

# words of sigstore's message -> which check failed, in words for people
FAILURES = {
    "certificate chain": "its certificate does not come from an authority that the root of trust names, or was not "
    "valid when it signed (a private or newer Sigstore needs --trusted-root)",
    "SCT": "its certificate is in no certificate log that the root of trust names",
    "invalid log entry": "it does not stand in the transparency log, as the root of trust knows it",
    "DSSE: invalid signature": "the signature is not one of this statement",
    "match bundle": "the transparency log holds another entry than this one",
}
log = logging.getLogger(__name__)


def can_verify() -> bool:
    """Whether the extra `attestations` is installed."""
    return find_spec("pypi_attestations") is not None


def unread_attestations() -> Notice:
    """Return the notice that there are attestations which nothing here can verify."""
    message = f"The index has attestations of this release. To have them verified: {INSTALL}"
    return Notice(code="attestations-unread", severity=Severity.INFO, message=message, is_lasting=False)


def verify(
    provenance: bytes, filename: str, sha256: str, trusted_root: Path | None = None
) -> tuple[Attested, ...]:
    """Return what the certificates of a provenance object, or of one bare attestation, say of this artifact.

    Types of attestations that do not say where a file comes from are left out. Raises AttestationError, which
    says what is wrong, unless every attestation verifies: signature, certificate, transparency log, publisher,
    subject. `trusted_root` is a Sigstore instance's trusted_root.json, without one the public instance's is used.
    """
    from pypi_attestations import AttestationType

    verifier = _verifier(trusted_root)
    attested = []
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # about oddities of certificates; they verify or they do not
            for publisher, attestation in _read(provenance):
                bundle, statement = _verified(attestation, _policy(publisher), verifier)
                _match_subject(statement, filename, sha256)
                if statement["predicateType"] in {kind.value for kind in AttestationType}:
                    attested.append(_attested(attestation, bundle, statement["predicateType"]))
    except AttestationError as error:
        raise AttestationError(f"The attestation of {filename} does not verify: {error}") from error
    return tuple(attested)


def assign(provenances: Sequence[bytes], filenames: Sequence[str]) -> Mapping[str, tuple[bytes, ...]]:
    """Return which of a user's provenance files is about which artifact, by the names in their unverified statements.

    Raises UsageError for one that cannot be read or is about none of these artifacts.
    """
    if provenances and not can_verify():
        raise UsageError("Attestations cannot be verified without the extra package", hint=INSTALL)
    found: dict[str, tuple[bytes, ...]] = {}
    for provenance in provenances:
        try:
            names = {
                str(subject["name"])
                for _, attestation in _read(provenance)
                for subject in attestation.statement["subject"]
            }
        except (AttestationError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"A provenance file cannot be read: {error}") from error
        about = [filename for filename in filenames if any(_is_same_file(name, filename) for name in names)]
        if not about:
            raise UsageError(
                f"A provenance file is about {', '.join(sorted(names)) or 'nothing'}, not about "
                f"{' or '.join(filenames)}"
            )
        found |= {filename: (*found.get(filename, ()), provenance) for filename in about}
    return found


@lru_cache(maxsize=4)
def _verifier(trusted_root: Path | None) -> Verifier:
    from sigstore.errors import Error
    from sigstore.models import TrustedRoot
    from sigstore.verify import Verifier

    if trusted_root is None:
        with as_file(files("sigstore._store").joinpath(SIGSTORE, "trusted_root.json")) as embedded:
            return Verifier(trusted_root=TrustedRoot.from_file(str(embedded)))
    try:
        return Verifier(trusted_root=TrustedRoot.from_file(str(trusted_root)))
    except (OSError, ValueError, Error) as error:
        raise UsageError(
            f"{trusted_root} is not the trusted root of a Sigstore instance: {_first_line(error)}"
        ) from error


def _read(provenance: bytes) -> list[tuple[object, Attestation]]:
    """Every attestation, with the publisher that the index names for it."""
    from pypi_attestations import Attestation

    try:
        document = json.loads(provenance)
        bundles = document.get("attestation_bundles", [{"publisher": None, "attestations": [document]}])
        return [
            (bundle["publisher"], Attestation.model_validate(each))
            for bundle in bundles
            for each in bundle["attestations"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AttestationError(f"it is not the JSON of PEP 740 ({_first_line(error)})") from error


def _policy(publisher: object) -> VerificationPolicy:
    """What the certificate must say if the index tells the truth about the publisher.

    Without a publisher, or with one of a kind that the library does not know, any identity will do: the source is
    taken from the certificate, and it is the repository there that has to prove itself.
    """
    from pydantic import TypeAdapter, ValidationError
    from pypi_attestations import Publisher
    from sigstore.verify.policy import UnsafeNoOp

    try:
        policy: VerificationPolicy = TypeAdapter(Publisher).validate_python(publisher)._as_policy()
    except ValidationError as error:
        log.debug("the certificate's identity is not compared with the index's word: %s", error)
        return UnsafeNoOp()
    return policy


def _verified(
    attestation: Attestation, policy: VerificationPolicy, verifier: Verifier
) -> tuple[Bundle, dict[str, Any]]:
    """The bundle and its in-toto statement; the bytes that were verified are the bytes that are parsed."""
    from cryptography.x509 import ExtensionNotFound
    from sigstore.errors import Error

    try:
        bundle = attestation.to_bundle()
        _, payload = verifier.verify_dsse(bundle, policy)
        statement = json.loads(payload)
    except (Error, ExtensionNotFound, ValueError, KeyError, TypeError, IndexError) as error:
        log.debug("the attestation does not verify: %s", error)
        raise AttestationError(_failed_check(error)) from error
    if (
        not isinstance(statement, dict)
        or statement.get("_type") != STATEMENT
        or "predicateType" not in statement
    ):
        raise AttestationError("what it signs is no in-toto statement")
    return bundle, statement


def _failed_check(error: Exception) -> str:
    message = str(error)
    if message.startswith(("Certificate", "0 of")):
        return f"its certificate is not the publisher's that the index names ({_first_line(error)})"
    known = (words for part, words in FAILURES.items() if part in message)
    return next(known, _first_line(error))


def _match_subject(statement: dict[str, Any], filename: str, sha256: str) -> None:
    try:
        (subject,) = statement["subject"]
        name, digest = str(subject["name"]), subject["digest"]["sha256"]
    except (KeyError, TypeError, ValueError) as error:
        raise AttestationError("it does not name one file and its sha256") from error
    if not _is_same_file(name, filename):
        raise AttestationError(f"it is about another file, {name}")
    if digest != sha256:
        raise AttestationError(f"it is about a file with the sha256 {digest}, and this one has {sha256}")


def _is_same_file(name: str, filename: str) -> bool:
    """Compare as PEP 740 does: names, versions and tags under their own rules of equality."""
    parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
    try:
        return name == filename or parse(name) == parse(filename)
    except ValueError:
        return False


def _attested(attestation: Attestation, bundle: Bundle, predicate_type: str) -> Attested:
    claims = attestation.certificate_claims
    said = {name: claims.get(f"1.3.6.1.4.1.57264.1.{number}") for name, number in EXTENSIONS.items()}
    if (repository := said["repository"]) and "://" not in repository:
        said["repository"] = f"https://{repository}"  # CircleCI names it without a scheme
    return Attested(
        predicate_type=predicate_type,
        signer=_signer(bundle),
        logged=datetime.fromtimestamp(bundle.log_entry._inner.integrated_time or 0, UTC),
        **said,
    )


def _signer(bundle: Bundle) -> str:
    """The identity in the certificate: a workflow's address, or a person's."""
    from cryptography import x509

    extensions = bundle.signing_certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    values = [name.value for name in names if isinstance(name.value, str)]
    return values[0] if values else ""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
