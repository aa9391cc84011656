"""The user's trust file, and files named on the command line, in; whose signatures on reports and logs count out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.exits import Exit
from provenance.cli.storing import DEFAULT_KEY, key_store
from provenance.errors import KeyStoreError, UsageError

if TYPE_CHECKING:
    from provenance.log import Verifier
    from provenance.signing import Trust, TrustedKey


def trust_file() -> Path:
    """Return this user's trust file: in PROVENANCE_CONFIG, else in the system's place for configuration."""
    from platformdirs import user_config_path

    return Path(os.environ.get("PROVENANCE_CONFIG") or user_config_path("provenance")) / "trust.toml"


def trusted(files: Sequence[Path], keys: Sequence[Path]) -> Trust:
    """Return whom to trust: the named keys and trust files, else the user's trust file and the user's own keys.

    Raises UsageError where a trust file says something else, KeyStoreError where a key cannot be read.
    """
    from provenance.signing import Trust, TrustedKey, public_key, read_trust

    named = [TrustedKey(path.stem, public_key(_read(path))) for path in keys]
    default = trust_file()
    places = files or ([default] if default.is_file() and not keys else [])
    read = [read_trust(_read(path).decode(errors="replace"), str(path)) for path in places]
    own = (
        []
        if files or keys
        else [TrustedKey(f"yourself ({each.name})", each.public) for each in key_store().all()]
    )
    rows: list[TrustedKey] = [*(key for each in read for key in each.keys), *named, *own]
    unique = {key.public.keyid: key for key in reversed(rows)}  # what a trust file says of a key goes before
    return Trust(tuple(unique.values()), tuple(vkey for each in read for vkey in each.logs))


def trusted_logs(trust: Trust, vkeys: Sequence[str], origin: str) -> list[Verifier]:
    """Return the keys whose checkpoints count: those named, those of the trust file, and the user's own for a log.

    `origin` is the name under which the user's own log would sign.
    """
    from provenance.cli.log_key import verifier_of
    from provenance.errors import LogError
    from provenance.log import Verifier

    try:
        known = [Verifier.parse(vkey) for vkey in (*vkeys, *trust.logs)]
    except LogError as error:
        raise UsageError(str(error), hint="provenance log vkey prints the one of a log") from error
    if origin not in {each.name for each in known} and key_store().find(DEFAULT_KEY):
        known.append(verifier_of(origin, DEFAULT_KEY))
    return known


@click.command("trust")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="Whose key it is, for people.")
@click.option("--expires", metavar="DATE", help="The last day on which its signatures count: 2027-12-31.")
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def trust_key(file: Path, name: str, expires: str | None, debug: bool) -> int:
    """Trust a public key (PEM, as `key export` prints it): its signatures count for `provenance verify`.

    It is added to the user's trust file, in which keys are also revoked: see docs/predicate/bundle-v1.md.
    """
    import tomlkit

    from provenance.signing import public_key, public_pem, read_trust
    from provenance.store import put

    content = _read(file)
    key = public_key(content)
    place = trust_file()
    text = _read(place).decode() if place.is_file() else ""
    if any(known.public.keyid == key.keyid for known in read_trust(text, str(place)).keys):
        raise UsageError(f"The key {key.keyid[:12]} stands in {place} already")
    document = tomlkit.parse(text)
    row = tomlkit.table()
    row.add("name", name)
    row.add("public", tomlkit.string(public_pem(content).decode(), multiline=True))
    if expires is not None:
        row.add("expires", _date(expires))
    if "keys" not in document:
        document.add("keys", tomlkit.aot())
    document["keys"].append(row)
    written = tomlkit.dumps(document)
    read_trust(written, str(place))
    put(place, written.encode())
    click.echo(f"{name}  {key.keyid}  {place}")
    return Exit.YES


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"`{text}` is not a date such as 2027-12-31") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyStoreError(f"{path} cannot be read: {error.strerror or error}") from error
