"""`provenance show`: stored reports in, the same text or JSON as when they were made out."""

from __future__ import annotations

import shutil
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.exits import Exit
from provenance.errors import ReportError
from provenance.report import FORMATS

if TYPE_CHECKING:
    from provenance.report.predicate import Predicate
    from provenance.report.statement import Statement


@click.command("show")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--all-files", is_flag=True, help="List every file that the report lists.")
@click.option(
    "--format", "format_name", type=click.Choice(list(FORMATS)), default="text", help="What to print."
)
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def command(files: tuple[Path, ...], all_files: bool, format_name: str, debug: bool) -> int:
    """Show stored reports again. Their signatures are not checked here.

    Reports about artifacts of one release, compared with one commit, are shown together. Exits 0 whatever they say.
    """
    from provenance.report.stating import restore

    statements = sorted((read_report(file) for file in files), key=_release)
    reports = [restore(list(group)) for _, group in groupby(statements, key=_release)]
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    click.echo(FORMATS[format_name](reports, all_files, columns), nl=False)
    return Exit.YES


def read_report(path: Path) -> Statement[Predicate]:
    """Return the statement in a stored report, whoever signed it; raises ReportError where there is none."""
    from provenance.report.statement import read_statement
    from provenance.signing import open_envelope

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return read_statement(open_envelope(content).payload)
    except ReportError as error:
        raise ReportError(f"{path}: {error}") from error


def _release(statement: Statement[Predicate]) -> tuple[Any, ...]:
    """What reports have in common that are shown as one."""
    predicate = statement.predicate
    shared = predicate.model_dump_json(include={"release_verdict", "source", "notices", "rule_set"})
    return predicate.purl.partition("?")[0], shared
