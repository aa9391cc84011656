"""A folder in, the signing keys in it out: one PEM file per key, private part first, readable by its owner alone."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from provenance.errors import KeyStoreError

PUBLIC = b"-----BEGIN PUBLIC KEY-----"
ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class StoredKey:
    """A key that this user signs with: its public part, and where the private one is kept."""

    name: str
    path: Path
    public: SSlibKey
    public_pem: str
    is_encrypted: bool


class KeyStore:
    """The keys in one folder, by name. A key is never overwritten, and appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[StoredKey]:
        """Return all keys in the order of their names; raises KeyStoreError where one cannot be read."""
        return [_stored(path) for path in sorted(self.folder.glob("*.pem"))]

    def find(self, name: str) -> StoredKey | None:
        """Return the key of this name, None without one."""
        path = self._path(name)
        return _stored(path) if path.is_file() else None

    def new(self, name: str, passphrase: bytes | None = None) -> StoredKey:
        """Make an Ed25519 key and return it; raises KeyStoreError where there is one of this name."""
        private = Ed25519PrivateKey.generate()
        encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        content += private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        path = self._path(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, content)
        except FileExistsError as error:
            raise KeyStoreError(
                f"There is a key {name} already: {path}",
                hint="keys are never overwritten; choose another name",
            ) from error
        except OSError as error:
            raise KeyStoreError(
                f"The key cannot be kept in {self.folder}: {error.strerror or error}"
            ) from error
        return _stored(path)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise KeyStoreError(
                f"`{name}` cannot be a key's name", hint="use letters, digits, dots, dashes and underscores"
            )
        return self.folder / f"{name}.pem"


def load_signer(path: Path, ask: Callable[[], bytes]) -> CryptoSigner:
    """Return the signer of a private key in PEM; `ask` is called for the passphrase of an encrypted one."""
    content = _read(path)
    try:
        return CryptoSigner(load_pem_private_key(content, ask() if ENCRYPTED in content else None))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        reason = (
            "the passphrase is wrong, or it is damaged" if ENCRYPTED in content else "it holds no private key"
        )
        raise KeyStoreError(f"The key {path} cannot be opened: {reason}") from error


def public_key(pem: bytes) -> SSlibKey:
    """Return the public key in a PEM text, as `provenance key export` prints it; raises KeyStoreError without one."""
    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem[max(pem.find(PUBLIC), 0) :]))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyStoreError("There is no public key in PEM") from error


def public_pem(pem: bytes) -> bytes:
    """Return the public part alone of a PEM text that has one."""
    return pem[pem.index(PUBLIC) :]


def _stored(path: Path) -> StoredKey:
    content = _read(path)
    try:
        public = public_key(content)
    except KeyStoreError as error:
        raise KeyStoreError(f"{path} is not a key that this tool made") from error
    pem = public_pem(content).decode()
    return StoredKey(path.stem, path, public, pem, is_encrypted=ENCRYPTED in content)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyStoreError(f"The key {path} cannot be read: {error.strerror or error}") from error


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; raises FileExistsError where there is one, even made just now."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    finally:
        with suppress(OSError):
            Path(temporary).unlink()
