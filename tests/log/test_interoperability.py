"""Checkpoints and proofs of a log, read and verified by the implementation in sigstore's own client."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore.errors import VerificationError

from provenance.log import LogFiles, Tree, Verifier, prove
from tests.log.conftest import KEY, ORIGIN, MakeLog, entry


class Keyring:
    """The log's key, as sigstore's client asks for it."""

    def verify(self, *, key_id: bytes, signature: bytes, data: bytes) -> None:
        """Raise where the signature does not hold."""
        Ed25519PublicKey.from_public_bytes(KEY.public_key).verify(signature, data)


def test_sigstore_verifies_a_checkpoint(make_log: MakeLog) -> None:
    """Its signature under the key id, and what it states."""
    checkpoint = make_log(300).checkpoint
    signed = SignedCheckpoint.from_text(checkpoint.note.decode())
    signed.signed_note.verify(Keyring(), Verifier(ORIGIN, KEY.public_key).key_id)
    stated = signed.checkpoint
    assert (stated.origin, stated.log_size, stated.log_hash) == (ORIGIN, 300, checkpoint.root.hex())


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_sigstore_verifies_every_proof(make_log: MakeLog, tmp_path: Path, size: int) -> None:
    """The hashes in a `.tlog-proof` lead from the entry to the root, and from no other entry."""
    checkpoint = make_log(size).checkpoint
    tree = Tree(LogFiles(tmp_path / "log").read, size)
    for index in range(size):
        proof = prove(tree, index, entry(index), checkpoint)
        steps = [b64decode(line) for line in proof.split(b"\n\n")[0].split(b"\n")[2:]]
        verify_merkle_inclusion(logged(entry(index), index, size, steps, checkpoint.root))
        with pytest.raises(VerificationError):
            verify_merkle_inclusion(logged(entry(index + 1), index, size, steps, checkpoint.root))


def logged(body: bytes, index: int, size: int, hashes: list[bytes], root: bytes) -> SimpleNamespace:
    """An entry with its proof, as sigstore's client has it in hand."""
    proof = SimpleNamespace(log_index=index, tree_size=size, hashes=hashes, root_hash=root)
    return SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=body))
