"""Public keys and a log's verifier in, the document out by which readers check what a site shows."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from securesystemslib.signer import SSlibKey

from provenance.errors import KeyStoreError
from provenance.log import CHECKPOINT, Cosigned, LogFiles, Verifier, Witness, cosigned_by
from provenance.report.predicate import PREDICATE_TYPE

WELL_KNOWN = ".well-known/provenance.json"


@dataclass(frozen=True)
class Publisher:
    """Who publishes: the keys whose signatures count, the log in a folder and its key, and where the site will be.

    `address` ends in a slash; without one, feeds and previews name no absolute address. `witnesses` are those whose
    cosignatures of the log are shown, `maintainers` those whose notes are.
    """

    keys: tuple[SSlibKey, ...]
    log: Path | None = None
    verifier: Verifier | None = None
    address: str = ""
    witnesses: tuple[Witness, ...] = ()
    maintainers: tuple[Verifier, ...] = ()

    def __post_init__(self) -> None:
        for key in self.keys:
            if key.scheme != "ed25519":
                raise KeyStoreError(f"Browsers check Ed25519 signatures, and a key here is for {key.scheme}")

    @property
    def document(self) -> dict[str, Any]:
        """What stands at WELL_KNOWN."""
        log = self.verifier and {"origin": self.verifier.name, "vkey": str(self.verifier), "path": "log/"}
        return {
            "predicateType": PREDICATE_TYPE,
            "keys": [_described(key) for key in self.keys],
            "log": log,
            "witnesses": [str(each) for each in self.witnesses],
            "maintainers": [str(each) for each in self.maintainers],
        }

    def cosigned(self) -> list[Cosigned]:
        """Return who cosigned the log's checkpoint; raises BrokenLogError where a line does not hold."""
        note = LogFiles(self.log).read(CHECKPOINT) if self.log else None
        return cosigned_by(note, self.witnesses) if note else []


def _described(key: SSlibKey) -> dict[str, str]:
    """A key by its 32 bytes in base64, which is what browsers import."""
    raw = bytes.fromhex(key.keyval["public"])
    return {"keyid": key.keyid, "scheme": key.scheme, "raw": b64encode(raw).decode()}
