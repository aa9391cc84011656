"""`provenance standing`: a reference in, what its index says of the project out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from provenance.cli.exits import Exit
from provenance.cli.options import opened
from provenance.errors import OperationError, ReportError, UsageError
from provenance.model import Verdict

if TYPE_CHECKING:
    from provenance.model import Rank
    from provenance.pipeline import Options

ranks_option = click.option(
    "--ranks",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Say the project's place in this list of the most downloaded ones (CSV: rank, project, downloads).",
)


@click.command("standing")
@click.argument("reference")
@ranks_option
@click.option("--index", metavar="URL", help="Ask this index (a Simple API address) instead of pip's.")
@click.option("--debug", is_flag=True, help="Show what is done, and a traceback on errors.")
def command(reference: str, ranks: Path | None, index: str | None, debug: bool) -> int:
    """Say what the index knows of a project: facts with their dates, and what it does not say.

    When it began, how often it is released, what was withdrawn, who may publish it, which flaws of this version are
    known. Nothing is weighed: an old and much used project can be taken over, and a new one can be honest. Exits 0
    whatever it says.
    """
    with opened(index=index, debug=debug) as options:
        _show(_lines(reference, ranks, options))
    return Exit.YES


def show_standing(reference: str, ranks: Path | None, shared: dict[str, object]) -> None:
    """Print the standing below an answer, which holds whether or not the index can be asked about it."""
    from provenance.report.text_format import shown_text

    with opened(**shared) as options:  # type: ignore[arg-type] # click passes them by name
        try:
            lines = _lines(reference, ranks, options)
        except OperationError as error:
            lines = [f"Its standing is not known: {shown_text(str(error))}"]
    _show(lines)


def _show(lines: Sequence[str]) -> None:
    """Print lines, broken where a terminal is narrow."""
    from provenance.report.text_format import wrapped

    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        for row in wrapped(line, columns):
            click.echo(row)


def _lines(reference: str, ranks: Path | None, options: Options) -> list[str]:
    """What the index and this user's own reports say of a project, for people."""
    from provenance.index import find_release, find_standing, parse_reference
    from provenance.report.standing_format import render_standing

    release = find_release(parse_reference(reference), options.index, options.http, options.limits)
    standing = find_standing(release.name, release.version, options.index, options.http, options.limits)
    verdicts, rank = _stored_verdicts(release.name), _rank(ranks, release.name)
    rows = render_standing(standing, datetime.now(UTC), verdicts, rank)
    return [f"{release.name} {release.version} on {urlsplit(options.index).hostname}:", *rows]


def _stored_verdicts(name: str) -> dict[str, Verdict]:
    """The verdict of every release of the project that this user has a report of, by version."""
    from provenance.cli.show import read_report
    from provenance.cli.storing import data_folder
    from provenance.store import REPORT, release_folder

    found = {}
    for file in sorted(release_folder(data_folder() / "reports", name, "any").parent.glob("*/*")):
        if file.name.endswith(REPORT):
            with suppress(ReportError):  # a summary, or a file of somebody else's
                found[file.parent.name] = read_report(file).predicate.release_verdict
    return found


def _rank(ranks: Path | None, name: str) -> Rank | None:
    from provenance.index import read_rank

    if ranks is None:
        return None
    try:
        with ranks.open(encoding="utf-8", newline="") as lines:
            return read_rank(lines, name)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{ranks} cannot be read: {error}") from error
    except UsageError as error:
        raise UsageError(f"{ranks}: {error}") from error
