"""A report in, its signed statements in files out, and the one line that says where they are and who signed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.errors import KeyStoreError
from provenance.model import ReleaseReport

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from provenance.signing import KeyStore, StoredKey

DEFAULT_KEY = "default"
STORING = (
    click.option(
        "--output",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Write the reports here, not to the user's data folder.",
    ),
    click.option(
        "--key", metavar="NAME|FILE", help="Sign with this key: `provenance key list`, or a PEM file."
    ),
    click.option("--no-sign", is_flag=True, help="Do not sign the reports."),
)


@dataclass(frozen=True)
class Storing:
    """Where reports go and who signs them: a key's name or file, None for the user's default key.

    `policy` is the sha256 of the policy in force, empty where there is none.
    """

    output: Path | None
    key: str | None
    no_sign: bool
    policy: str = ""


def storing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that say where its reports go and who signs them."""
    for option in reversed(STORING):
        command = option(command)
    return command


def data_folder() -> Path:
    """Return the folder of this user's reports and keys: PROVENANCE_DATA, else the system's place for data."""
    from platformdirs import user_data_path

    return Path(os.environ.get("PROVENANCE_DATA") or user_data_path("provenance"))


def reports_folder(storing: Storing) -> Path:
    """Return the folder that the reports of all releases go to."""
    return storing.output or data_folder() / "reports"


def key_store() -> KeyStore:
    """Return this user's keys."""
    from provenance.signing import KeyStore

    return KeyStore(data_folder() / "keys")


def ask_passphrase() -> bytes:
    """Return a key's passphrase: PROVENANCE_KEY_PASSPHRASE, else what the user types."""
    if (given := os.environ.get("PROVENANCE_KEY_PASSPHRASE")) is not None:
        return given.encode()
    if not sys.stdin.isatty():
        raise KeyStoreError(
            "The signing key is kept under a passphrase",
            hint="set PROVENANCE_KEY_PASSPHRASE, or use --no-sign",
        )
    return str(click.prompt("Passphrase of the signing key", hide_input=True, err=True)).encode()


def store_reports(report: ReleaseReport, storing: Storing) -> str:
    """Write the report of every artifact, and return the line that says so."""
    from provenance.compare.explain import rule_set
    from provenance.report.statement import payload_of
    from provenance.report.stating import state
    from provenance.store import release_folder

    signers = [] if storing.no_sign else [load_key(storing.key)]
    folder = release_folder(reports_folder(storing), report.name, report.version)
    known = [artifact for artifact in report.artifacts if artifact.sha256]
    for artifact in known:
        payload = payload_of(state(report, artifact, rule_set()))
        store_statement(folder, artifact.filename, payload, signers, storing.policy)
    if not known:
        return "no report is stored: the digest of no artifact is known"
    by = f"signed by {signers[0].public_key.keyid[:12]}" if signers else "not signed"
    names = f"{known[0].filename}.intoto.json" if len(known) == 1 else ""
    return f"{folder / names}  {by}"


def store_bundle(report: ReleaseReport, content: bytes | None, storing: Storing) -> str:
    """Write the release's evidence bundle beside its reports, and return the line that says so."""
    from provenance.store import bundle_file, put, release_folder

    if content is None:
        return "none: there is no source to put into it"
    folder = release_folder(reports_folder(storing), report.name, report.version)
    file = bundle_file(folder, report.name, report.version)
    put(file, content)
    return f"{file}  {len(content):,} bytes"


def store_statement(
    folder: Path, filename: str, payload: bytes, signers: list[Signer], policy: str = ""
) -> None:
    """Write the statement about one artifact, and the short ones that point to it."""
    from provenance.store import artifact_file, put, remove

    for suffix, content in sealed(payload, signers, policy).items():
        file = artifact_file(folder, filename, suffix)
        if content is None:
            remove(file)
        else:
            put(file, content)


def sealed(payload: bytes, signers: list[Signer], policy: str = "") -> dict[str, bytes | None]:
    """Return by suffix the envelopes of a statement and of those that point to it; None for one that is not earned."""
    from provenance.report.statement import payload_of
    from provenance.report.summary import passing_result, summarize
    from provenance.signing import seal
    from provenance.store import REPORT, RESULT, SUMMARY

    moment = datetime.now(UTC)
    summary = summarize(payload, version("pypi-provenance"), moment, policy)
    result = passing_result(payload, moment)
    return {
        REPORT: seal(payload, signers),
        SUMMARY: seal(payload_of(summary), signers),
        RESULT: None if result is None else seal(payload_of(result), signers),
    }


@cache
def load_key(key: str | None) -> Signer:
    """Return the signer of a key: its name in the key store, or the path of its PEM file; None for the default key.

    The default key is made where there is none yet. Raises KeyStoreError where the key cannot be had.
    """
    from provenance.signing import load_signer

    if key is not None and (os.sep in key or key.endswith(".pem")):
        return load_signer(Path(key), ask_passphrase)
    return load_signer(_stored_key(key).path, ask_passphrase)


def _stored_key(name: str | None) -> StoredKey:
    """The user's key of this name; the default key is made where there is none yet."""
    keys = key_store()
    if (found := keys.find(name or DEFAULT_KEY)) is not None:
        return found
    if name is not None:
        raise KeyStoreError(
            f"There is no key {name}", hint="provenance key list shows all; key new makes one"
        )
    try:
        made = keys.new(DEFAULT_KEY)
    except KeyStoreError:
        if (found := keys.find(DEFAULT_KEY)) is not None:  # another check made it in the meantime
            return found
        raise
    click.echo(f"Reports are signed from now on with a key made for you, {made.path}", err=True)
    return made
