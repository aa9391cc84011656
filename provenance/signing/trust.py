"""A trust file in, the keys out whose signatures on reports and logs count, each with its name and until when."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError
from securesystemslib.signer import SSlibKey

from provenance.errors import KeyStoreError, UsageError
from provenance.signing.keys import public_key


@dataclass(frozen=True)
class TrustedKey:
    """A key whose signatures count, until the day `expires`, and not at all once `revoked` gives a reason."""

    name: str
    public: SSlibKey
    expires: date | None = None
    revoked: str = ""

    def objection(self, today: date) -> str:
        """Return why a signature by this key does not count, "" where it does.

        An envelope does not say when it was signed, so nothing by a key that has expired or was revoked counts.
        """
        if self.revoked:
            return f"whose key was revoked ({self.revoked})"
        if self.expires is not None and today > self.expires:
            return f"whose key expired on {self.expires}"
        return ""

    def __str__(self) -> str:
        return f"{self.name} (key {self.public.keyid[:12]})"


@dataclass(frozen=True)
class Trust:
    """Whom a user trusts: keys that sign reports, and logs by their verifier keys."""

    keys: tuple[TrustedKey, ...] = ()
    logs: tuple[str, ...] = ()


class Part(BaseModel):
    """A frozen part of a trust file; unknown names are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KeyRow(Part):
    """`[[keys]]`: a public key in PEM, as `provenance key export` prints it."""

    name: str
    public: str
    expires: date | None = None
    revoked: str = ""


class LogRow(Part):
    """`[[logs]]`: a log's key, as `provenance log vkey` prints it."""

    vkey: str


class TrustFile(Part):
    """The whole file."""

    keys: tuple[KeyRow, ...] = ()
    logs: tuple[LogRow, ...] = ()


def read_trust(text: str, where: str) -> Trust:
    """Return what a trust file (TOML) says; raises UsageError, with `where` it stands, where it says something else."""
    try:
        file = TrustFile.model_validate(tomllib.loads(text))
        keys = tuple(
            TrustedKey(row.name, public_key(row.public.encode()), row.expires, row.revoked)
            for row in file.keys
        )
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{where} is not TOML: {error}") from error
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise UsageError(f"{where}: {place}: {problem['msg']}") from error
    except KeyStoreError as error:
        raise UsageError(f"{where}: {error}") from error
    return Trust(keys, tuple(row.vkey for row in file.logs))
