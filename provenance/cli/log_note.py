"""`provenance log note`: a release and a maintainer's words in, the signed note that goes beside its reports out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from provenance.cli.exits import Exit
from provenance.cli.log_key import load_signer
from provenance.cli.storing import DEFAULT_KEY
from provenance.errors import UsageError


@click.command("note")
@click.argument("reference")
@click.option(
    "--text",
    metavar="FILE",
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="What you say, as plain text; - reads it from the standard input.",
)
@click.option(
    "--name", metavar="NAME", required=True, help="Whose words they are: github.com/ada, for instance."
)
@click.option("--key", metavar="NAME|FILE", default=DEFAULT_KEY, help="Sign with this key.")
@click.option(
    "--to",
    "target",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The note, which is to end in .note: beside the release's reports, `log append` and `publish` take it.",
)
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def write_note(reference: str, text: Path, name: str, key: str, target: Path, debug: bool) -> int:
    """Answer a report as the project's maintainer, in a signed note.

    REFERENCE is name==version. The note changes no verdict; a site shows it to those who know your key.
    """
    from packageurl import PackageURL
    from packaging.utils import canonicalize_name

    from provenance.index import parse_reference
    from provenance.log import NOTE, Verifier, write_answer
    from provenance.store import put

    asked = parse_reference(reference)
    if asked.version is None or asked.path is not None:
        raise UsageError("A note is about one release", hint="write name==1.2.3")
    if not target.name.endswith(NOTE):
        raise UsageError(f"`{target}` does not end in {NOTE}")
    purl = PackageURL("pypi", None, canonicalize_name(asked.name), asked.version).to_string()
    signer = load_signer(key)
    put(target, write_answer(purl, _words(text), name, signer))
    click.echo(f"{target}: readers need your key, {Verifier(name, signer.public_key)}")
    return Exit.YES


def _words(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read as text") from error
