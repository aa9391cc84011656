"""Bytes and a key in, a signed envelope out, and back; where signing keys are kept, and which others are trusted."""

from provenance.signing.envelope import Opened, open_envelope, seal
from provenance.signing.keys import KeyStore, StoredKey, load_signer, public_key, public_pem
from provenance.signing.trust import Trust, TrustedKey, read_trust

__all__ = [
    "KeyStore",
    "Opened",
    "StoredKey",
    "Trust",
    "TrustedKey",
    "load_signer",
    "open_envelope",
    "public_key",
    "public_pem",
    "read_trust",
    "seal",
]
