"""`provenance check`: a reference in, the answer on stdout and as the exit code out."""

from __future__ import annotations

import shlex
import shutil
import sys

import click

from provenance.cli.exits import ANSWERS
from provenance.cli.options import opened, shared_options
from provenance.model import Answer, ReleaseReport


@click.command("check")
@click.argument("reference")
@shared_options
@click.option("--all-files", is_flag=True, help="List every file, the identical ones too.")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text", help="What to print."
)
def command(reference: str, all_files: bool, format_name: str, **shared: object) -> int:
    """Compare a release with its source and answer yes, no or cannot tell.

    REFERENCE is name==version, name (its newest version), pkg:pypi/name@version, or the path of an sdist or
    wheel.
    """
    from provenance.index import parse_reference
    from provenance.pipeline import check
    from provenance.report import FORMATS

    with opened(**shared) as options:  # type: ignore[arg-type] # click passes them by name
        report = check(parse_reference(reference), options).report
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    click.echo(FORMATS[format_name]([report], all_files, columns), nl=False)
    if format_name == "text" and report.answer is Answer.NO:
        _suggest_diff(report, reference, shared)
    return ANSWERS[report.answer.value]


def _suggest_diff(report: ReleaseReport, reference: str, shared: dict[str, object]) -> None:
    """Print the command that shows the worst difference, with the options that led to it."""
    from provenance.report.sentence import worst_difference
    from provenance.report.text_format import shown_text

    differing = worst_difference(report)
    if differing is None:
        return
    given = [(f"--{name.replace('_', '-')}", value) for name, value in shared.items() if value]
    options = [word for name, value in given for word in ([name] if value is True else [name, str(value)])]
    command = shlex.join(["provenance", "diff", reference, differing.path, *options])
    click.echo(f"  To see a difference: {shown_text(command)}")
