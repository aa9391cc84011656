"""Bytes and a key in, a signed envelope out, and back; where signing keys are kept."""

from provenance.signing.envelope import Opened, open_envelope, seal
from provenance.signing.keys import KeyStore, StoredKey, load_signer, public_key

__all__ = ["KeyStore", "Opened", "StoredKey", "load_signer", "open_envelope", "public_key", "seal"]
