"""A payload in, the bytes of its DSSE envelope out, and back: what is verified is what is handed on, byte for byte."""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import rfc8785
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signer

from provenance.errors import ReportError

PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Opened:
    """An envelope's payload; the ids of the given keys that signed it, and the ids of all that claim to have."""

    payload: bytes
    verified: tuple[str, ...]
    claimed: tuple[str, ...]


def seal(payload: bytes, signers: Iterable[Signer] = ()) -> bytes:
    """Return the envelope as it is stored: RFC 8785 and a newline. Without signers it holds no signature."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    for signer in signers:
        envelope.sign(signer)
    return _written(envelope)


def open_envelope(content: bytes, keys: Iterable[Key] = ()) -> Opened:
    """Return the payload of a stored envelope, and which of these keys signed it.

    A key's id in an envelope is a hint that is not signed: only `verified` says who signed. Raises ReportError where
    the bytes are no envelope in the form that `seal` writes, and where a signature in the name of a given key is
    wrong.
    """
    envelope = _read(content)
    known = {key.keyid: key for key in keys}
    verified = []
    for keyid, signature in envelope.signatures.items():
        if keyid not in known:
            continue
        try:
            known[keyid].verify_signature(signature, envelope.pae())
        except UnverifiedSignatureError as error:
            raise ReportError(
                f"The signature by the key {keyid[:12]} does not hold for this report"
            ) from error
        verified.append(keyid)
    return Opened(envelope.payload, tuple(verified), tuple(envelope.signatures))


def _read(content: bytes) -> Envelope:
    try:
        document: dict[str, Any] = json.loads(content)
        payload_type = document["payloadType"]
        envelope = Envelope.from_dict(document)
        is_as_written = _written(envelope) == content
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise ReportError("The file is not a signed report (a DSSE envelope)") from error
    if payload_type != PAYLOAD_TYPE:
        raise ReportError(f"The envelope holds no in-toto statement: its type is {payload_type!r}")
    if not is_as_written:
        raise ReportError("The envelope is not in the form in which reports are written: it was changed")
    return envelope


def _written(envelope: Envelope) -> bytes:
    return rfc8785.dumps(envelope.to_dict()) + b"\n"
