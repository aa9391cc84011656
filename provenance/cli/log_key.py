"""The name or the file of a key in, what signs and verifies a log's checkpoints out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.cli.storing import ask_passphrase, key_store
from provenance.errors import KeyStoreError, LogError, UsageError

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

    from provenance.log import Verifier


@dataclass(frozen=True)
class Ed25519Signer:
    """A key of the key store as logs need it: raw bytes of key and signature."""

    signer: Signer
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes."""
        return bytes.fromhex(self.signer.sign(message).signature)


def load_signer(key: str) -> Ed25519Signer:
    """Return the signer of a key, by its name or its file."""
    from provenance.signing import load_signer

    signer = load_signer(_key_file(key), ask_passphrase)
    return Ed25519Signer(signer, _raw(signer.public_key))


def verifier_of(origin: str, key: str, vkey: str | None = None) -> Verifier:
    """Return the key that has to have signed a log's checkpoint: the given verifier key, else the user's own key."""
    from provenance.log import Verifier
    from provenance.signing import public_key

    if vkey is not None:
        try:
            return Verifier.parse(vkey)
        except LogError as error:
            raise UsageError(str(error), hint="provenance log vkey prints the one of a log") from error
    file = _key_file(key)
    try:
        return Verifier(origin, _raw(public_key(file.read_bytes())))
    except OSError as error:
        raise KeyStoreError(f"The key {file} cannot be read: {error.strerror or error}") from error


def _key_file(key: str) -> Path:
    if os.sep in key or key.endswith(".pem"):
        return Path(key)
    if (found := key_store().find(key)) is None:
        raise KeyStoreError(f"There is no key {key}", hint="provenance key list shows all; key new makes one")
    return found.path


def _raw(public: Key) -> bytes:
    """The 32 bytes of an Ed25519 key."""
    if public.scheme != "ed25519":
        raise KeyStoreError(f"A log needs an Ed25519 key, and this one is for {public.scheme}")
    return bytes.fromhex(public.keyval["public"])
