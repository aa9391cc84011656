"""A Sigstore instance of one's own: in, a file and the build that it came from; out, its signed provenance (PEP 740).

A certificate authority, a certificate log and a transparency log with one entry, all keys made anew, as
https://github.com/sigstore/protobuf-specs and RFC 6962 describe them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pypi_attestations import AttestationType

SIGNED = datetime(2025, 3, 2, 11, 0, tzinfo=UTC)
PAYLOAD_TYPE = "application/vnd.in-toto+json"
TIMESTAMPS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
ISSUER = "https://token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Build:
    """What a certificate says of a build: `repository` is OWNER/NAME on the host that runs the workflow."""

    repository: str
    commit: str
    ref: str = "refs/tags/v1.0.0"

    @property
    def address(self) -> str:
        """The repository's address."""
        return f"https://github.com/{self.repository}"

    @property
    def workflow(self) -> str:
        """The workflow's address at its ref."""
        return f"{self.address}/.github/workflows/release.yml@{self.ref}"

    @property
    def claims(self) -> dict[int, str]:
        """The last number of Fulcio's extensions -> their values."""
        run = f"{self.address}/actions/runs/1/attempts/1"
        return {
            8: ISSUER,
            11: "github-hosted",
            12: self.address,
            13: self.commit,
            14: self.ref,
            18: self.workflow,
            20: "release",
            21: run,
        }


class SigstoreInstance:
    """Signs as Sigstore does; whoever trusts `trusted_root` can verify it."""

    def __init__(self) -> None:
        self._authority, self._certificates, self._log = (
            ec.generate_private_key(ec.SECP256R1()) for _ in range(3)
        )
        self._root = self._root_certificate()

    @property
    def trusted_root(self) -> bytes:
        """This instance's trusted_root.json."""
        since = {"start": "2025-01-01T00:00:00Z"}
        logs = [
            {
                "baseUrl": "https://log.sigstore.example",
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": _text(_spki(key)),
                    "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    "validFor": since,
                },
                "logId": {"keyId": _text(_key_id(key))},
            }
            for key in (self._log, self._certificates)
        ]
        authority = {
            "subject": {"organization": "sigstore.example", "commonName": "sigstore"},
            "uri": "https://ca.sigstore.example",
            "certChain": {"certificates": [{"rawBytes": _text(self._root.public_bytes(Encoding.DER))}]},
            "validFor": since,
        }
        document = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": logs[:1],
            "certificateAuthorities": [authority],
            "ctlogs": logs[1:],
            "timestampAuthorities": [],
        }
        return json.dumps(document).encode()

    def provenance(self, filename: str, content: bytes, build: Build) -> bytes:
        """The provenance object that an index would serve for a file."""
        publisher = {"kind": "GitHub", "repository": build.repository, "workflow": "release.yml"}
        bundle = {"publisher": publisher, "attestations": [self.attestation(filename, content, build)]}
        return json.dumps({"version": 1, "attestation_bundles": [bundle]}).encode()

    def attestation(self, filename: str, content: bytes, build: Build) -> dict[str, Any]:
        """One attestation that a build published a file."""
        subject = {"name": filename, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}
        statement = _canonical(
            {
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [subject],
                "predicateType": AttestationType.PYPI_PUBLISH_V1.value,
                "predicate": None,
            }
        )
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(key.public_key(), build)
        signature = _sign(
            key, f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(statement)} ".encode() + statement
        )
        return {
            "version": 1,
            "envelope": {"statement": _text(statement), "signature": _text(signature)},
            "verification_material": {
                "certificate": _text(certificate.public_bytes(Encoding.DER)),
                "transparency_entries": [self._entry(statement, signature, certificate)],
            },
        }

    def _root_certificate(self) -> x509.Certificate:
        public = self._authority.public_key()
        builder = _certificate_builder(public, _name("sigstore"), timedelta(days=3650))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        return builder.sign(self._authority, SHA256())

    def _certificate(self, key: ec.EllipticCurvePublicKey, build: Build) -> x509.Certificate:
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._authority.public_key())
        workflow = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(build.workflow)])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        builder = _certificate_builder(key, x509.Name([]), timedelta(minutes=10))
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(usage, critical=False)
        builder = builder.add_extension(authority, critical=False)
        builder = builder.add_extension(workflow, critical=True)
        for number, value in build.claims.items():
            identifier = x509.ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
            extension = x509.UnrecognizedExtension(identifier, _der(0x0C, value.encode()))
            builder = builder.add_extension(extension, critical=False)
        logged = self._certificate_timestamp(builder.sign(self._authority, SHA256()))
        timestamps = x509.UnrecognizedExtension(TIMESTAMPS, _der(0x04, logged))
        return builder.add_extension(timestamps, critical=False).sign(self._authority, SHA256())

    def _certificate_timestamp(self, certificate: x509.Certificate) -> bytes:
        """The certificate log's promise (RFC 6962, section 3.2) as a list of one."""
        when = int(SIGNED.timestamp() * 1000)
        body = certificate.tbs_certificate_bytes
        entry = _key_id(self._authority) + len(body).to_bytes(3, "big") + body
        signature = _sign(self._certificates, struct.pack("!BBQH", 0, 0, when, 1) + entry + bytes(2))
        promise = (
            struct.pack("!B32sQHBBH", 0, _key_id(self._certificates), when, 0, 4, 3, len(signature))
            + signature
        )
        return struct.pack("!HH", len(promise) + 2, len(promise)) + promise

    def _entry(self, statement: bytes, signature: bytes, certificate: x509.Certificate) -> dict[str, Any]:
        """The entry of a transparency log that holds nothing else, with its inclusion proof and promise."""
        signed = {"signature": _text(signature), "verifier": _text(certificate.public_bytes(Encoding.PEM))}
        spec = {
            "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(signature).hexdigest()},
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(statement).hexdigest()},
            "signatures": [signed],
        }
        body = _canonical({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
        root = _text(hashlib.sha256(b"\0" + body).digest())
        note = f"log.sigstore.example\n1\n{root}\n"
        mark = _text(_key_id(self._log)[:4] + _sign(self._log, note.encode()))
        when = int(SIGNED.timestamp())
        identity = _key_id(self._log)
        promise = {"body": _text(body), "integratedTime": when, "logID": identity.hex(), "logIndex": 0}
        return {
            "logIndex": "0",
            "logId": {"keyId": _text(identity)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(when),
            "inclusionPromise": {"signedEntryTimestamp": _text(_sign(self._log, _canonical(promise)))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": root,
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\N{EM DASH} log.sigstore.example {mark}\n"},
            },
            "canonicalizedBody": _text(body),
        }


def _certificate_builder(
    key: ec.EllipticCurvePublicKey, subject: x509.Name, lifetime: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(public_key=key, serial_number=x509.random_serial_number())
    start = SIGNED - timedelta(minutes=1)
    builder = builder.subject_name(subject).issuer_name(_name("sigstore"))
    return builder.not_valid_before(start).not_valid_after(start + lifetime)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _der(tag: int, content: bytes) -> bytes:
    """A value in DER, with the long form of its length from 128 bytes on."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + (length if size < 128 or size > 255 else bytes([0x81, size])) + content


def _sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    return key.sign(message, ec.ECDSA(SHA256()))


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_spki(key)).digest()


def _canonical(document: dict[str, Any]) -> bytes:
    """JSON as RFC 8785 writes it, for documents without floats."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
