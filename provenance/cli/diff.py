"""`provenance diff`: a reference and a file's path in, that file's difference from the source on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provenance.cli.exits import Exit
from provenance.cli.options import opened, shared_options
from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.compare import Context


@click.command("diff")
@click.argument("reference")
@click.argument("path")
@shared_options
def command(reference: str, path: str, **shared: object) -> int:
    """Show how one file of a release differs from the source: `-` the source's lines, `+` the package's.

    PATH is as `check` prints it. Exits 0 where the file is the source's, 1 where it differs.
    """
    from provenance.index import parse_reference
    from provenance.pipeline import check, fetch_counterpart

    with opened(**shared) as options:  # type: ignore[arg-type] # click passes them by name
        checked = check(parse_reference(reference), options)
        context = checked.context_of(path)
        if context is None:
            raise UsageError(f"No artifact that could be compared holds a file {path}")
        source_path, content = fetch_counterpart(checked, context, path)
    return _shown(context, path, source_path, content)


def _shown(context: Context, path: str, source_path: str | None, original: bytes) -> int:
    from provenance.compare import behaviour, difference, is_python
    from provenance.report.text_format import shown_text

    own = context.tree.read(path) or b""
    if own == original and source_path:
        click.echo(f"{shown_text(path)} has the bytes of {shown_text(source_path)} in the source.")
        return Exit.YES
    found = difference(original, own)
    click.echo(f"--- source   {shown_text(source_path or 'nothing stands behind this file')}")
    click.echo(f"+++ package  {shown_text(context.subject.filename)}: {shown_text(path)}")
    for line in found.lines:
        click.echo(shown_text(line))
    if found.is_binary:
        click.echo(f"binary: {len(original):,} bytes in the source, {len(own):,} in the package")
    if found.is_cut:
        click.echo("too large to compare line by line")
    if is_python(path) and (reaches := behaviour(path, original, own)):
        click.echo(
            "\nWhat the package's own lines do, as far as reading shows it (code can hide what it does):"
        )
        for sentence in reaches:
            click.echo(f"  {shown_text(sentence)}")
    return Exit.NO
