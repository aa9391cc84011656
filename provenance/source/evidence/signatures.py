"""A signed git object and the keys that a user trusts in; whether the signature holds, and whose it is, out.

gpgv (GnuPG) and ssh-keygen (OpenSSH) judge: each sees only the keys in the files that the user named.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dulwich.config import StackedConfig
from dulwich.errors import ObjectFormatException
from dulwich.objects import Commit, Tag

from provenance.errors import UsageError

SECONDS = 20.0  # for one run of a program
MOST_BYTES = 1 << 20  # of a signed object; of a file of keys sixteen times that
X509_START = b"-----BEGIN SIGNED MESSAGE-----"
ARMOR = re.compile(
    rb"-----BEGIN PGP PUBLIC KEY BLOCK-----\s*?\n(.*?)-----END PGP PUBLIC KEY BLOCK-----", re.DOTALL
)
SSH_KEY = re.compile(r"^[^#\s].*\s(ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/=]{16}", re.MULTILINE)


class Standing(StrEnum):
    """What is known of a signature."""

    TRUSTED = "trusted"  # it holds, and the user named its key
    UNKNOWN = "unknown"  # the user named no such key
    EXPIRED = "expired"  # it holds, the key the user named has expired since, or the signature has
    REVOKED = "revoked"  # its owner has withdrawn the key
    BAD = "bad"  # it is not a signature of these bytes
    UNCHECKED = "unchecked"  # nothing here can check it


@dataclass(frozen=True)
class Signature:
    """The signature of a tag or commit: its `kind`, how it stands, whose it is, and why it could not be checked."""

    kind: str
    standing: Standing
    signer: str = ""
    obstacle: str = ""


X509 = Signature("X.509", Standing.UNCHECKED, obstacle="only OpenPGP's and SSH's are")


@dataclass(frozen=True)
class TrustedKeys:
    """OpenPGP keyrings and lines of OpenSSH's allowed_signers that a user named."""

    keyrings: tuple[bytes, ...] = ()
    allowed_signers: str = ""


def trusted_keys(files: Sequence[Path]) -> TrustedKeys:
    """Read the keys in these files, and those that git is configured to allow (gpg.ssh.allowedSignersFile).

    Raises UsageError for a file that holds no keys.
    """
    keyrings: list[bytes] = []
    allowed: list[str] = []
    for file in files:
        content = _content(file)
        text = content.decode(errors="replace")
        if blocks := ARMOR.findall(content):
            keyrings += [_without_armor(file, block) for block in blocks]
        elif content[:1] >= b"\x80" or content[8:12] == b"KBXf":
            keyrings.append(content)
        elif SSH_KEY.search(text):
            allowed.append(text)
        else:
            raise UsageError(
                f"{file} holds no keys",
                hint="name an OpenPGP keyring (armored or not), or a file of OpenSSH's allowed signers",
            )
    if (configured := _configured_signers()) is not None:
        allowed.append(configured)
    return TrustedKeys(tuple(keyrings), "\n".join(allowed))


def signature_of(signed: Tag | Commit, keys: TrustedKeys) -> Signature | None:
    """Return how the signature of a tag or commit stands, None where it has none."""
    try:
        payload, signature, _ = signed.extract_signature()
    except ObjectFormatException:
        return X509
    if signature is None:
        return X509 if isinstance(signed, Tag) and X509_START in (signed.message or b"") else None
    is_ssh = signature.startswith(b"-----BEGIN SSH")
    kind, program = ("SSH", "ssh-keygen") if is_ssh else ("OpenPGP", "gpgv")
    if len(payload) + len(signature) > MOST_BYTES:
        return Signature(kind, Standing.UNCHECKED, obstacle="it is too large")
    if not is_ssh and not keys.keyrings:
        return Signature(kind, Standing.UNKNOWN)
    if shutil.which(program) is None:
        return Signature(kind, Standing.UNCHECKED, obstacle=f"{program} is not installed")
    moment = signed.tag_time if isinstance(signed, Tag) else signed.commit_time
    with tempfile.TemporaryDirectory() as folder:
        try:
            if is_ssh:
                return _ssh(Path(folder), payload, signature, keys, moment or 0)
            return _openpgp(Path(folder), payload, signature, keys)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Signature(kind, Standing.UNCHECKED, obstacle=f"{program} failed ({error})")


def _openpgp(folder: Path, payload: bytes, signature: bytes, keys: TrustedKeys) -> Signature:
    (folder / "signed").write_bytes(payload)
    (folder / "signature").write_bytes(signature)
    rings = []
    for number, keyring in enumerate(keys.keyrings):
        (folder / f"{number}.gpg").write_bytes(keyring)
        rings += ["--keyring", str(folder / f"{number}.gpg")]
    command = ["gpgv", "--homedir", str(folder), "--status-fd", "1", *rings]
    _, said = _run(folder, [*command, str(folder / "signature"), str(folder / "signed")], b"")
    rows = [line.split(maxsplit=3)[1:] for line in said.splitlines() if line.startswith("[GNUPG:] ")]
    found = {row[0]: row for row in rows if row}
    for word, standing in (
        ("BADSIG", Standing.BAD),
        ("REVKEYSIG", Standing.REVOKED),
        ("EXPKEYSIG", Standing.EXPIRED),
        ("EXPSIG", Standing.EXPIRED),
        ("GOODSIG", Standing.TRUSTED),
    ):
        if word in found:
            return Signature("OpenPGP", standing, " ".join(found[word][2:]) or found[word][-1])
    if "NO_PUBKEY" in found:
        return Signature("OpenPGP", Standing.UNKNOWN, found["NO_PUBKEY"][1])
    return Signature("OpenPGP", Standing.UNCHECKED, obstacle="gpgv knows no such algorithm or format")


def _ssh(folder: Path, payload: bytes, signature: bytes, keys: TrustedKeys, moment: int) -> Signature:
    (folder / "signature").write_bytes(signature)
    (folder / "allowed").write_text(keys.allowed_signers)
    ask = ["ssh-keygen", "-n", "git", "-s", str(folder / "signature"), "-Y"]
    holds, said = _run(folder, [*ask, "check-novalidate"], payload)
    if not holds:
        if "incorrect signature" in said:
            return Signature("SSH", Standing.BAD)
        return Signature("SSH", Standing.UNCHECKED, obstacle=f"ssh-keygen says: {said.strip()[:200]}")
    at = time.strftime("-Overify-time=%Y%m%d%H%M%S", time.gmtime(moment))
    known = ["-f", str(folder / "allowed"), at]
    _, principals = _run(folder, [*ask, "find-principals", *known], b"")
    for principal in principals.splitlines():
        if _run(folder, [*ask, "verify", *known, "-I", principal], payload)[0]:
            return Signature("SSH", Standing.TRUSTED, principal)
    return Signature("SSH", Standing.UNKNOWN, said.strip().rpartition(" ")[2])


def _run(folder: Path, command: list[str], sent: bytes) -> tuple[bool, str]:
    """Whether a program ended well, and what it said."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", "HOME": str(folder)}
    done = subprocess.run(  # noqa: S603 - one of two fixed programs; what a host sent goes in as files and stdin
        command, input=sent, capture_output=True, env=environment, timeout=SECONDS, check=False, cwd=folder
    )
    return done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(16 * MOST_BYTES)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error


def _without_armor(file: Path, block: bytes) -> bytes:
    """The bytes in an armored block (RFC 9580, 6.2): headers, an empty line, base64, `=` and a checksum."""
    _, _, body = b"\n".join([b"", *(line.strip() for line in block.splitlines())]).partition(b"\n\n")
    try:
        return base64.b64decode(
            b"".join(line for line in body.splitlines() if not line.startswith(b"=")), validate=True
        )
    except binascii.Error as error:
        raise UsageError(f"{file} holds a key block that cannot be read") from error


def _configured_signers() -> str | None:
    try:
        named = StackedConfig.default().get((b"gpg", b"ssh"), b"allowedSignersFile")
        return Path(named.decode()).expanduser().read_text()
    except (KeyError, OSError, UnicodeDecodeError):
        return None
