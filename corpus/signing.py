"""Keys of the examples' own: in, a folder and a name; out, signatures by gpg and ssh-keygen as git makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cached_property
from pathlib import Path

ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C"}


class OpenPgpKey:
    """A new OpenPGP key in a keyring of its own; `user` is its user id."""

    def __init__(self, folder: Path, user: str) -> None:
        self.folder = folder
        self.user = user
        folder.chmod(0o700)
        self._gpg("--quick-generate-key", user, "ed25519", "sign", "never")

    @cached_property
    def fingerprint(self) -> str:
        """The key's fingerprint, whose end is its id."""
        rows = self._gpg("--with-colons", "--list-keys").decode().splitlines()
        return next(row.split(":")[9] for row in rows if row.startswith("fpr:"))

    @cached_property
    def armored(self) -> Path:
        """A file with the public key as people publish it."""
        return self._exported("key.asc", "--armor")

    @cached_property
    def keyring(self) -> Path:
        """A file with the public key as gpg keeps it."""
        return self._exported("key.gpg")

    def sign(self, content: bytes) -> bytes:
        """Return the armored signature that git puts below a tag."""
        return self._gpg("--armor", "--detach-sign", sent=content)

    def _exported(self, name: str, *options: str) -> Path:
        file = self.folder / name
        file.write_bytes(self._gpg(*options, "--export"))
        return file

    def _gpg(self, *arguments: str, sent: bytes = b"") -> bytes:
        options = ["--homedir", str(self.folder), "--batch", "--quiet", "--no-tty", "--passphrase", ""]
        return _output(["gpg", *options, "--pinentry-mode", "loopback", *arguments], sent)

    def close(self) -> None:
        """End the agent that gpg started for this keyring."""
        _output(["gpgconf", "--homedir", str(self.folder), "--kill", "gpg-agent"], b"")


class SshKey:
    """A new SSH key; `principal` is the name that allowed_signers gives it."""

    def __init__(self, folder: Path, principal: str) -> None:
        self.private = folder / "key"
        self.allowed_signers = folder / "allowed_signers"
        _output(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(self.private)], b"")
        self.allowed_signers.write_text(f"{principal} {self.private.with_suffix('.pub').read_text()}")

    def sign(self, content: bytes, namespace: str = "git") -> bytes:
        """Return the armored signature that git puts below a tag."""
        return _output(["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(self.private)], content)


def has_programs(*names: str) -> bool:
    """Whether all these programs are installed."""
    return all(shutil.which(name) for name in names)


def _output(command: list[str], sent: bytes) -> bytes:
    done = subprocess.run(command, input=sent, env=ENVIRONMENT, capture_output=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")
    return done.stdout
