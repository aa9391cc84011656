"""`provenance key`: a name in, a signing key made, listed or exported."""

from __future__ import annotations

import click

from provenance.cli.exits import Exit
from provenance.cli.storing import DEFAULT_KEY, key_store
from provenance.cli.trusting import trust_key
from provenance.errors import KeyStoreError


@click.group("key")
def command() -> None:
    """Make, list and export the keys that reports are signed with, and trust those of others.

    A key is a file that only its owner can read. It is never overwritten, and its private part never printed.
    """


command.add_command(trust_key)


@command.command("new")
@click.argument("name", default=DEFAULT_KEY)
@click.option(
    "--passphrase", is_flag=True, help="Keep it under a passphrase (PROVENANCE_KEY_PASSPHRASE, or asked)."
)
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def new(name: str, passphrase: bool, debug: bool) -> int:
    """Make an Ed25519 key; the key `default` signs where no other is named."""
    made = key_store().new(name, _chosen_passphrase() if passphrase else None)
    click.echo(f"{made.name}  {made.public.keyid}  {made.path}")
    return Exit.YES


@command.command("list")
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def list_keys(debug: bool) -> int:
    """List all keys: name, key id, kind, file."""
    keys = key_store().all()
    width = max((len(key.name) for key in keys), default=0)
    for key in keys:
        locked = ", under a passphrase" if key.is_encrypted else ""
        click.echo(f"{key.name:<{width}}  {key.public.keyid}  {key.public.keytype}{locked}  {key.path}")
    return Exit.YES


@command.command("export")
@click.argument("name", default=DEFAULT_KEY)
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def export(name: str, debug: bool) -> int:
    """Print the public part of a key in PEM, for those who check reports."""
    key = key_store().find(name)
    if key is None:
        raise KeyStoreError(f"There is no key {name}", hint="provenance key new makes one")
    click.echo(key.public_pem, nl=False)
    return Exit.YES


def _chosen_passphrase() -> bytes:
    import os

    if given := os.environ.get("PROVENANCE_KEY_PASSPHRASE"):
        return given.encode()
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)).encode()
