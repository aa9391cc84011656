"""`provenance compare`: two reports of one artifact in, where they differ out."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli.exits import Exit
from provenance.cli.show import read_report
from provenance.errors import UsageError


@click.command("compare")
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def command(first: Path, second: Path, debug: bool) -> int:
    """Say where two reports of one artifact differ: `-` what A says, `+` what B says.

    Exits 0 where both say the same, whoever signed them and whenever; 1 where they differ.
    """
    from provenance.report.difference import differences
    from provenance.report.text_format import shown_text

    one, other = read_report(first), read_report(second)
    names = one.subject[0].name, other.subject[0].name
    if names[0] != names[1]:
        raise UsageError(f"The reports are about two artifacts: {names[0]} and {names[1]}")
    found = differences(one, other)
    if not found:
        click.echo(f"Both reports say the same of {shown_text(names[0])}.")
        return Exit.YES
    click.echo(f"The reports of {shown_text(names[0])} differ:")
    for difference in found:
        click.echo(f"  {shown_text(difference.field)}")
        for sign, value in (("-", difference.first), ("+", difference.second)):
            if value is not None:
                click.echo(f"    {sign} {shown_text(value)}")
    return Exit.NO
