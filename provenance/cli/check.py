"""`provenance check`: references, and files that name some, in; the answer on stdout and as the exit code out."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from provenance.cli.exits import ANSWERS
from provenance.cli.options import opened, shared_options, spelled
from provenance.cli.storing import Storing, store_reports, storing_options
from provenance.errors import UsageError
from provenance.model import Answer, ReleaseReport


@click.command("check")
@click.argument("references", metavar="[REFERENCE]…", nargs=-1)
@click.option(
    "-r",
    "--requirement",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Check all that a requirements or lock file names; can be given several times.",
)
@click.option("--installed", is_flag=True, help="Check all that is installed in the active environment.")
@click.option(
    "--python",
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Check all that is installed in this environment: its folder, or its interpreter.",
)
@shared_options
@storing_options
@click.option(
    "--search",
    is_flag=True,
    help="Search the history: for the commit nearest to a release without a tag, for the branch of one with a tag.",
)
@click.option("--all-files", is_flag=True, help="List every file, the identical ones too.")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text", help="What to print."
)
def command(
    references: tuple[str, ...],
    files: tuple[Path, ...],
    installed: bool,
    python: Path | None,
    search: bool,
    all_files: bool,
    format_name: str,
    output: Path | None,
    key: str | None,
    no_sign: bool,
    **shared: object,
) -> int:
    """Compare releases with their source and answer yes, no or cannot tell.

    REFERENCE is name==version, name (its newest version), pkg:pypi/name@version, or the path of an sdist or
    wheel. FILE is a requirements.txt, pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock or pyproject.toml.

    Of several releases the worst decides: exits 1 where one is answered no, else 4 where something could not be
    done, else 3 where one could not be told or was not checked.
    """
    storing = Storing(output, key, no_sign)
    if len(references) == 1 and not (files or installed or python):
        return _check_one(references[0], shared, storing, search, all_files, format_name)
    if not (references or files or installed or python):
        raise UsageError("Nothing to check was named", hint="name a release, a file with -r, or --installed")
    from provenance.cli.many import Many, check_many, required

    entries = required(files, installed=installed, python=python)
    return check_many(Many(references, tuple(entries), shared, search), storing, all_files, format_name)


def _check_one(
    reference: str,
    shared: dict[str, object],
    storing: Storing,
    is_searched: bool,
    all_files: bool,
    format_name: str,
) -> int:
    from provenance.index import parse_reference
    from provenance.pipeline import check
    from provenance.report import FORMATS
    from provenance.report.text_format import shown_text

    with opened(**shared) as options:  # type: ignore[arg-type] # click passes them by name
        report = check(parse_reference(reference), replace(options, is_searched=is_searched)).report
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    click.echo(FORMATS[format_name]([report], all_files, columns), nl=False)
    if format_name == "text" and report.answer is Answer.NO:
        _suggest_diff(report, reference, shared)
    stored = store_reports(report, storing)
    if format_name == "text":
        click.echo(f"  report    {shown_text(stored)}")
    return ANSWERS[report.answer.value]


def _suggest_diff(report: ReleaseReport, reference: str, shared: dict[str, object]) -> None:
    """Print the command that shows the worst difference, with the options that led to it."""
    from provenance.report.sentence import worst_difference
    from provenance.report.text_format import shown_text

    differing = worst_difference(report)
    if differing is None:
        return
    command = shlex.join(["provenance", "diff", reference, differing.path, *spelled(shared)])
    click.echo(f"  To see a difference: {shown_text(command)}")
