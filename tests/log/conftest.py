"""What the tests of logs stand on: keys made for the test, and logs with entries in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.log import Appended, append, create

ORIGIN = "logs.example/reports"


class Key:
    """An Ed25519 key as logs take it, the same for the same seed."""

    def __init__(self, seed: str = "a log's key") -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes."""
        return self._private.sign(message)


KEY = Key()

MakeLog = Callable[..., Appended]


def entry(number: int) -> bytes:
    """Some entry; the same for the same number, each of another length."""
    return b"entry %d " % number + b"." * (number % 97)


@pytest.fixture
def make_log(tmp_path: Path) -> MakeLog:
    """Make a log of so many entries, in `tmp_path / name`: `make_log(300)`."""

    def make(size: int, name: str = "log", first: int = 0) -> Appended:
        create(tmp_path / name, ORIGIN, KEY)
        return append(tmp_path / name, [entry(number) for number in range(first, first + size)], KEY)

    return make
