"""`provenance publish`: a store of signed reports in, a static site over them out, and what was new in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.exits import Exit
from provenance.cli.log_key import verifier_of
from provenance.cli.log_place import checkpoint_of, opened_log
from provenance.cli.storing import DEFAULT_KEY, key_store
from provenance.cli.witnessing import known_witnesses
from provenance.errors import KeyStoreError, UsageError

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey

    from provenance.log import Verifier


@click.command("publish")
@click.argument("reports", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--to",
    "target",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The site's folder.",
)
@click.option(
    "--log",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Publish this transparency log with the reports.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="NAME|FILE",
    help="Publish what this key signed; can be given several times. Else the default key.",
)
@click.option("--vkey", metavar="VKEY", help="The log's key as `provenance log vkey` prints it.")
@click.option(
    "--witness",
    "witnesses",
    metavar="VKEY",
    multiple=True,
    help="Show that this witness cosigned the log: its key, as `log cosign` prints it.",
)
@click.option(
    "--maintainer",
    "maintainers",
    metavar="VKEY",
    multiple=True,
    help="Show the notes that this key signed, as `log note` prints it; they stand beside reports.",
)
@click.option(
    "--address", metavar="URL", default="", help="Where the site will be; feeds and previews name it."
)
@click.option(
    "--cache",
    metavar="DIR",
    type=click.Path(path_type=Path),
    envvar="PROVENANCE_CACHE",
    help="Where artifacts are kept: beside a bundle, they let pages show how files differ.",
)
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def command(
    reports: Path,
    target: Path,
    log: Path | None,
    keys: tuple[str, ...],
    vkey: str | None,
    witnesses: tuple[str, ...],
    maintainers: tuple[str, ...],
    address: str,
    cache: Path | None,
    debug: bool,
) -> int:
    """Make a static site over a folder of signed reports, which any web server can host.

    A rerun writes only what is new. Nothing that was published is removed. Reports that no published key signed are
    left out: then it exits 4.
    """
    from platformdirs import user_cache_path

    from provenance.cache import Cache
    from provenance.publish import Publisher, publish
    from provenance.report.text_format import shown_text
    from provenance.source.hosts import permalink

    if address and not address.startswith(("https://", "http://")):
        raise UsageError(f"`{address}` is not an address", hint="--address https://example.com/record/")
    if target.resolve().is_relative_to(reports.resolve()):
        raise UsageError("The site cannot stand among the reports", hint="choose another folder with --to")
    named = keys or (DEFAULT_KEY,)
    publisher = Publisher(
        keys=tuple(_public(key) for key in named),
        log=log,
        verifier=_verifier(log, named[0], vkey) if log else None,
        address=f"{address.rstrip('/')}/" if address else "",
        witnesses=tuple(known_witnesses(witnesses)),
        maintainers=tuple(verifier_of("", named[0], each) for each in maintainers),
    )
    stored = Cache(cache or user_cache_path("provenance"))
    published = publish(reports, target, publisher, permalink, stored)
    for refusal in published.refused:
        click.echo(f"left out: {shown_text(refusal)}", err=True)
    click.echo(
        f"{target}: {published.fresh} releases published, {published.kept} unchanged, {published.written} files written"
    )
    return Exit.FAILED if published.refused else Exit.YES


def _public(key: str) -> SSlibKey:
    """The public part of a key, by its name in the key store or its PEM file."""
    from provenance.signing import public_key

    stored = key_store().find(key) if "/" not in key and not key.endswith(".pem") else None
    try:
        return stored.public if stored else public_key(Path(key).read_bytes())
    except OSError as error:
        raise KeyStoreError(f"There is no key {key}", hint="provenance key list shows all") from error


def _verifier(folder: Path, key: str, vkey: str | None) -> Verifier:
    """The key of a log, by which its checkpoint has to be signed."""
    from provenance.log import claimed_head

    with opened_log(str(folder)) as read:
        return verifier_of(claimed_head(checkpoint_of(read)).origin, key, vkey)
