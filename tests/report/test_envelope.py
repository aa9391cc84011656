"""Envelopes and keys: in, a payload; out, what others verify, and nothing that one byte was changed in."""

from __future__ import annotations

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from corpus.stated import REPORT, RULES, SDIST
from provenance.errors import KeyStoreError, ReportError
from provenance.report.statement import payload_of
from provenance.report.stating import state
from provenance.signing import KeyStore, load_signer, open_envelope, public_key, seal

PAYLOAD = payload_of(state(REPORT, SDIST, RULES))
SIGNER = CryptoSigner.generate_ed25519()
OTHER = CryptoSigner.generate_ed25519()
SEALED = seal(PAYLOAD, [SIGNER])


def never_asked() -> bytes:
    """The passphrase of a key that has none."""
    raise AssertionError


def test_what_was_signed_is_what_is_read() -> None:
    """Byte for byte, with the key that signed."""
    opened = open_envelope(SEALED, [OTHER.public_key, SIGNER.public_key])
    assert opened.payload == PAYLOAD
    assert opened.verified == (SIGNER.public_key.keyid,)


def test_a_key_that_did_not_sign_verifies_nothing() -> None:
    """The id in an envelope is a claim."""
    opened = open_envelope(SEALED, [OTHER.public_key])
    assert opened.verified == ()
    assert opened.claimed == (SIGNER.public_key.keyid,)


def test_several_keys_can_sign() -> None:
    """Each is told."""
    opened = open_envelope(seal(PAYLOAD, [SIGNER, OTHER]), [OTHER.public_key, SIGNER.public_key])
    assert set(opened.verified) == {SIGNER.public_key.keyid, OTHER.public_key.keyid}


def test_an_unsigned_report_claims_nothing() -> None:
    """It can be read, and nobody signed it."""
    opened = open_envelope(seal(PAYLOAD), [SIGNER.public_key])
    assert (opened.payload, opened.verified, opened.claimed) == (PAYLOAD, (), ())


@settings(max_examples=1000)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_byte_of_an_envelope_can_be_changed(position: int, change: int) -> None:
    """Not one leaves a report that the key has signed: also in spaces, in base64's spare bits, in the key's id."""
    edited = bytearray(SEALED)
    edited[position] ^= change
    try:
        verified = open_envelope(bytes(edited), [SIGNER.public_key]).verified
    except ReportError:
        return
    assert verified == ()


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_sentence(content: bytes) -> None:
    """No other error leaves."""
    with pytest.raises(ReportError):
        open_envelope(content)


@pytest.mark.parametrize(
    "document",
    [
        {"payload": 1, "payloadType": "", "signatures": []},
        {"payload": "", "payloadType": "application/vnd.in-toto+json", "signatures": [1]},
        {"payload": "", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "AA=="}]},
        {"payload": "", "payloadType": "text/plain", "signatures": []},
        {"payload": "", "payloadType": "application/vnd.in-toto+json", "signatures": [], "more": 1},
    ],
)
def test_json_that_is_no_envelope_is_refused(document: dict[str, object]) -> None:
    """Wrong types, missing and foreign fields."""
    with pytest.raises(ReportError):
        open_envelope((json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n").encode())


def test_securesystemslib_verifies_the_envelope() -> None:
    """The library's own verifier, with a key read from the exported PEM."""
    envelope = Envelope.from_dict(json.loads(SEALED))
    assert list(envelope.verify([SIGNER.public_key], 1)) == [SIGNER.public_key.keyid]
    with pytest.raises(VerificationError):
        envelope.verify([OTHER.public_key], 1)


def test_the_signature_is_over_the_encoding_that_dsse_defines(tmp_path: Path) -> None:
    """Verified with the primitive alone: Ed25519 over `DSSEv1 <length> <type> <length> <payload>`."""
    key = KeyStore(tmp_path).new("mine")
    document = json.loads(seal(PAYLOAD, [load_signer(key.path, never_asked)]))
    kind, body = document["payloadType"].encode(), base64.b64decode(document["payload"])
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)
    verifier = load_pem_public_key(key.public_pem.encode())
    verifier.verify(base64.b64decode(document["signatures"][0]["sig"]), message)  # type: ignore[union-attr, call-arg]


def test_the_specifications_own_vector_holds() -> None:
    """DSSE's protocol.md prints a key, an encoding and a signature: what stands under our envelopes agrees."""
    point = EllipticCurvePublicNumbers(
        46950820868899156662930047687818585632848591499744589407958293238635476079160,
        5640078356564379163099075877009565129882514886557779369047442380624545832820,
        SECP256R1(),
    )
    raw = base64.b64decode(
        "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="
    )
    signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    envelope = Envelope.from_dict(
        {
            "payload": "aGVsbG8gd29ybGQ=",
            "payloadType": "http://example.com/HelloWorld",
            "signatures": [{"keyid": "vector", "sig": base64.b64encode(signature).decode()}],
        }
    )
    assert envelope.pae() == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert envelope.verify([SSlibKey.from_crypto(point.public_key(), "vector")], 1)


def test_a_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """0600, in a folder of its own."""
    key = KeyStore(tmp_path / "keys").new("mine")
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.path.parent.stat().st_mode) == 0o700


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """A second one of the same name is refused, and the first stays as it is."""
    keys = KeyStore(tmp_path)
    before = keys.new("mine").path.read_bytes()
    with pytest.raises(KeyStoreError, match="already"):
        keys.new("mine")
    assert keys.find("mine").path.read_bytes() == before  # type: ignore[union-attr]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.pem"]


def test_of_many_who_make_one_key_at_once_one_does(tmp_path: Path) -> None:
    """The others are told so, and all find the same whole key."""
    keys = KeyStore(tmp_path)

    def make(_: int) -> str | None:
        try:
            return keys.new("mine").public.keyid
        except KeyStoreError:
            found = keys.find("mine")
            return found and f"found {found.public.keyid}"

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(32)))
    (keyid,) = [each for each in made if each and not each.startswith("found")]
    assert made.count(f"found {keyid}") == 31


def test_a_passphrase_keeps_a_key(tmp_path: Path) -> None:
    """It opens with the passphrase, with no other, and its public part without."""
    key = KeyStore(tmp_path).new("mine", b"open sesame")
    assert key.is_encrypted
    assert load_signer(key.path, lambda: b"open sesame").public_key == key.public
    with pytest.raises(KeyStoreError, match="passphrase"):
        load_signer(key.path, lambda: b"wrong")


def test_an_exported_key_verifies(tmp_path: Path) -> None:
    """The PEM that a stranger gets has the id that the signature names."""
    key = KeyStore(tmp_path).new("mine")
    sealed = seal(PAYLOAD, [load_signer(key.path, never_asked)])
    assert open_envelope(sealed, [public_key(key.public_pem.encode())]).verified == (key.public.keyid,)
    assert "PRIVATE" not in key.public_pem


@pytest.mark.parametrize("name", ["", "..", "../key", "a/b", ".hidden", "x" * 65])
def test_a_keys_name_stays_in_its_folder(name: str, tmp_path: Path) -> None:
    """No name leads elsewhere."""
    with pytest.raises(KeyStoreError, match="name"):
        KeyStore(tmp_path).new(name)


@pytest.mark.parametrize(
    "content", [b"", b"no key", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_what_is_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    """With a sentence, in a key's file or in a PEM from elsewhere."""
    (tmp_path / "broken.pem").write_bytes(content)
    with pytest.raises(KeyStoreError):
        KeyStore(tmp_path).all()
    with pytest.raises(KeyStoreError):
        load_signer(tmp_path / "broken.pem", never_asked)
    with pytest.raises(KeyStoreError):
        public_key(content)
