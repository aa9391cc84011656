"""Attestations that two projects really published: in, their bytes, unchanged and changed; out, what they prove."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.sigstore_instance import Build, SigstoreInstance
from provenance.errors import AttestationError, UsageError
from provenance.source import assign, verify

FOLDER = Path(__file__).parent
SDIST = "pypi_attestations-0.0.19.tar.gz"
SDIST_SHA256 = "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3"
WHEEL = "rfc8785-0.1.2-py3-none-any.whl"
WHEEL_SHA256 = "c4e92e9ecc828bef2aa7dba1de8ac983511f7532a0df11c770d39099a25cf201"
OF_SDIST = (FOLDER / f"{SDIST}.provenance").read_bytes()
OF_WHEEL = (FOLDER / f"{WHEEL}.attestation").read_bytes()
STAGING = Path(
    str(files("sigstore._store").joinpath("https%3A%2F%2Ftuf-repo-cdn.sigstage.dev", "trusted_root.json"))
)
GARBAGE = [b"", b"[]", b"{}", b"null", b"<html>", b'{"attestation_bundles": 3}', b"[" * 100_000, b"\xff"]

Change = Callable[[dict[str, Any]], None]


def changed(change: Change) -> bytes:
    """The sdist's provenance after a change of its only attestation."""
    document = json.loads(OF_SDIST)
    change(document["attestation_bundles"][0]["attestations"][0])
    return json.dumps(document).encode()


def flip(holder: dict[str, Any], key: str, place: int) -> None:
    """Change one bit of a value that is written in base64."""
    content = bytearray(base64.b64decode(holder[key]))
    content[place] ^= 1
    holder[key] = base64.b64encode(content).decode()


def entry(attestation: dict[str, Any]) -> dict[str, Any]:
    """The attestation's entry in the transparency log."""
    (found,) = attestation["verification_material"]["transparency_entries"]
    assert isinstance(found, dict)
    return found


def test_the_certificate_names_repository_and_commit() -> None:
    """What is returned is what Fulcio put into the certificate of that build."""
    (found,) = verify(OF_SDIST, SDIST, SDIST_SHA256)
    repository = "https://github.com/trailofbits/pypi-attestations"
    assert (found.repository, found.commit) == (repository, "08802efe1f8e5fec4ad842d6b8ce97656092ee72")
    assert found.ref == "refs/tags/v0.0.19"
    assert found.workflow == f"{repository}/.github/workflows/release.yml@refs/tags/v0.0.19"
    assert found.run == f"{repository}/actions/runs/12169989787/attempts/1"
    assert (found.trigger, found.runner) == ("release", "github-hosted")
    assert found.logged == datetime(2024, 12, 4, 23, 14, 1, tzinfo=UTC)


def test_an_attestation_without_its_provenance_object_will_do() -> None:
    """Tools store the attestation alone, beside the file."""
    (bundle,) = json.loads(OF_SDIST)["attestation_bundles"]
    (bare,) = bundle["attestations"]
    assert verify(json.dumps(bare).encode(), SDIST, SDIST_SHA256) == verify(OF_SDIST, SDIST, SDIST_SHA256)


def test_a_persons_attestation_names_no_source() -> None:
    """A certificate for a mail address verifies and says who signed, and nothing about a repository."""
    (found,) = verify(OF_WHEEL, WHEEL, WHEEL_SHA256, STAGING)
    assert found.signer == "william@yossarian.net"
    assert (found.repository, found.commit) == (None, None)


def test_another_root_of_trust_verifies_nothing() -> None:
    """The wheel was signed with Sigstore's staging instance, which the public one's root does not know."""
    with pytest.raises(AttestationError, match="authority"):
        verify(OF_WHEEL, WHEEL, WHEEL_SHA256)


def test_another_file_name_is_refused() -> None:
    """The sentence names the file that is attested."""
    with pytest.raises(AttestationError, match=r"another file, pypi_attestations-0\.0\.19\.tar\.gz"):
        verify(OF_SDIST, "pypi_attestations-0.0.20.tar.gz", SDIST_SHA256)


def test_a_name_that_is_the_same_by_pep_625_is_no_other() -> None:
    """Old tools wrote hyphens where new ones write underscores."""
    assert verify(OF_SDIST, "pypi-attestations-0.0.19.tar.gz", SDIST_SHA256)


def test_other_content_is_refused() -> None:
    """The sentence gives both digests."""
    other = hashlib.sha256(b"").hexdigest()
    with pytest.raises(AttestationError, match=f"{SDIST_SHA256}.*{other}"):
        verify(OF_SDIST, SDIST, other)


def test_another_publisher_is_refused() -> None:
    """The index says that another repository published the file than the certificate does."""
    claimed = OF_SDIST.replace(b'"repository":"trailofbits/', b'"repository":"example-org/')
    with pytest.raises(
        AttestationError, match=r"trailofbits/pypi-attestations.*example-org/pypi-attestations"
    ):
        verify(claimed, SDIST, SDIST_SHA256)


def test_a_publisher_of_an_unknown_kind_is_not_believed_and_not_refused() -> None:
    """Indexes add kinds of publishers; the source comes from the certificate in any case."""
    unknown = OF_SDIST.replace(b'"kind":"GitHub"', b'"kind":"Anvil"')
    assert verify(unknown, SDIST, SDIST_SHA256) == verify(OF_SDIST, SDIST, SDIST_SHA256)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: flip(a["envelope"], "signature", 20), "signature"),
        (lambda a: flip(a["envelope"], "statement", 100), "signature"),
        (lambda a: flip(a["verification_material"], "certificate", 300), "authority"),
        (lambda a: flip(entry(a), "canonicalizedBody", 300), "transparency log"),
        (lambda a: entry(a).update(integratedTime="1733354042"), "transparency log"),
        (lambda a: entry(a).update(integratedTime="1893456000"), "not valid when it signed"),
        (lambda a: entry(a)["inclusionProof"]["hashes"].pop(), "transparency log"),
        (lambda a: flip(entry(a)["inclusionPromise"], "signedEntryTimestamp", 20), "transparency log"),
        (lambda a: entry(a).pop("inclusionProof"), "log entry"),
        (lambda a: entry(a).pop("inclusionPromise"), "inclusion promise"),
    ],
    ids=[
        "signature",
        "statement",
        "certificate",
        "logged-body",
        "logged-time",
        "after-expiry",
        "proof",
        "promise",
        "no-proof",
        "no-promise",
    ],
)
def test_a_changed_attestation_is_refused(change: Change, words: str) -> None:
    """The sentence says which check failed."""
    with pytest.raises(AttestationError, match=words):
        verify(changed(change), SDIST, SDIST_SHA256)


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_what_is_no_attestation_is_refused(garbage: bytes) -> None:
    """Bad input gets a sentence."""
    with pytest.raises(AttestationError, match="PEP 740"):
        verify(garbage, SDIST, SDIST_SHA256)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(OF_SDIST) - 1), st.integers(1, 255))
def test_no_changed_byte_proves_anything_else(place: int, mask: int) -> None:
    """Whatever byte is changed: the same result, or none."""
    content = bytearray(OF_SDIST)
    content[place] ^= mask
    try:
        found = verify(bytes(content), SDIST, SDIST_SHA256)
    except AttestationError:
        return
    assert found in (verify(OF_SDIST, SDIST, SDIST_SHA256), ())


def test_a_private_instance_has_its_own_root(tmp_path: Path) -> None:
    """An instance of one's own signs what the public root does not verify."""
    instance, build = SigstoreInstance(), Build("example-org/plume", "a" * 40)
    root = tmp_path / "trusted_root.json"
    root.write_bytes(instance.trusted_root)
    provenance = instance.provenance("plume-1.0.0.tar.gz", b"content", build)
    digest = hashlib.sha256(b"content").hexdigest()
    (found,) = verify(provenance, "plume-1.0.0.tar.gz", digest, root)
    assert (found.repository, found.commit) == ("https://github.com/example-org/plume", "a" * 40)
    with pytest.raises(AttestationError, match="authority"):
        verify(provenance, "plume-1.0.0.tar.gz", digest)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"mediaType": "text/plain"}'], ids=range(4))
def test_a_file_that_is_no_root_of_trust_is_a_usage_error(content: bytes, tmp_path: Path) -> None:
    """The sentence names the file."""
    root = tmp_path / "root.json"
    root.write_bytes(content)
    with pytest.raises(UsageError, match=r"root\.json"):
        verify(OF_SDIST, SDIST, SDIST_SHA256, root)


def test_a_file_is_assigned_to_the_artifact_that_it_is_about() -> None:
    """A user may give one file for each artifact, in any order."""
    assigned = assign([OF_WHEEL, OF_SDIST], [SDIST, WHEEL])
    assert assigned == {SDIST: (OF_SDIST,), WHEEL: (OF_WHEEL,)}


def test_a_file_about_nothing_that_is_checked_is_a_usage_error() -> None:
    """The sentence says what it is about."""
    with pytest.raises(UsageError, match=r"rfc8785-0\.1\.2.*pypi_attestations-0\.0\.19"):
        assign([OF_WHEEL], [SDIST])


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_a_file_that_is_no_attestation_is_a_usage_error(garbage: bytes) -> None:
    """Bad input gets a sentence."""
    with pytest.raises(UsageError, match="cannot be read"):
        assign([garbage], [SDIST])
