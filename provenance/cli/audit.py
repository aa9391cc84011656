"""`provenance audit`: a list of releases in; all of them checked, however long it takes; the result for people out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.audit_options import Running, running_options
from provenance.cli.exits import Exit
from provenance.cli.options import shared_options
from provenance.cli.storing import Storing, data_folder, storing_options
from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.audit.queue import Queue


class Auditing(click.Group):
    """A group whose first word may be a list of releases instead of a command's name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what is no command and no question for help as what is to be audited."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


state_option = click.option(
    "--state",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the audit here, not in the user's data folder; started again, it goes on where it was.",
)
debug_option = click.option("--debug", is_flag=True, help="Show a traceback on errors.")


@click.group("audit", cls=Auditing)
def command() -> None:
    """Check many releases, unattended, and say what came of it.

    \b
    provenance audit FILE                          one reference on each line, # begins a comment
    provenance audit top --limit 1000              the most downloaded projects, their newest release
    provenance audit --projects a,b --all-versions
    provenance audit --installed                   all that is installed in the active environment

    Started again with the same --state, an audit goes on where it was. Nothing is done twice without --again; with
    --since last, what was uploaded of the same projects since is added, and done again where it was done before.
    """


@command.command("run")
@click.argument("what", metavar="[FILE|top]", required=False)
@click.option("--limit", metavar="N", type=click.IntRange(1), help="With top: so many projects.")
@click.option(
    "--list",
    "ranking",
    metavar="CSV",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of the list of the most downloaded projects (column project); gives ranks to any audit.",
)
@click.option("--projects", metavar="NAMES", help="These projects, separated by commas.")
@click.option("--all-versions", is_flag=True, help="Every release of the projects, not the newest alone.")
@click.option("--installed", is_flag=True, help="All that is installed in the active environment.")
@click.option("--again", is_flag=True, help="Check what is done already once more, and say what changed.")
@state_option
@running_options
@storing_options
@shared_options
def run(
    what: str | None,
    limit: int | None,
    ranking: Path | None,
    projects: str | None,
    all_versions: bool,
    installed: bool,
    again: bool,
    folder: Path | None,
    output: Path | None,
    key: str | None,
    no_sign: bool,
    **rest: object,
) -> int:
    """Check all of them; go on where an audit with the same --state was.

    Exits 0 where every release got an answer, whatever it is, 4 where some did not.
    """
    from provenance.cli.auditing import carry_out
    from provenance.cli.choosing import Choice, chosen

    names = tuple(name.strip() for name in (projects or "").split(",") if name.strip())
    choice = Choice(what, limit, ranking, names, all_versions, installed)
    state = folder or data_folder() / "audit"
    if output and rest["store"]:
        raise UsageError("--output names reports by release, --store by digest", hint="give one of them")
    storing = Storing(output or state / "reports", key, no_sign)
    running = Running.of(state, storing, rest)
    with _opened(state, running.pause) as queue:
        return carry_out(queue, running, lambda options: chosen(choice, options), again=again)


@command.command("status")
@state_option
@debug_option
def show_status(folder: Path | None, debug: bool) -> int:
    """Say how far an audit is, and what it waits for."""
    from provenance.report.audit_text import render_status

    with _existing(folder) as queue:
        click.echo(render_status(queue.tallies(), queue.failures()), nl=False)
    return Exit.YES


@command.command("retry")
@state_option
@debug_option
def retry(folder: Path | None, debug: bool) -> int:
    """Have all that failed, or waits for a next try, tried when the audit is started again."""
    with _existing(folder) as queue:
        failed, waiting = queue.retry(), queue.hurry()
    click.echo(f"{failed} that had failed and {waiting} that waited will be tried again")
    return Exit.YES


@command.command("report")
@state_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    help="What to print.",
)
@click.option(
    "--table",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a table of all releases too: CSV, or Parquet for a name ending in .parquet.",
)
@debug_option
def report(folder: Path | None, format_name: str, table: Path | None, debug: bool) -> int:
    """Print what came of an audit: what changed first, then what is answered no, then the rest counted."""
    from provenance.audit.table import write_table
    from provenance.report.audit_formats import AUDIT_FORMATS

    with _existing(folder) as queue:
        releases = list(queue.results())
    if table is not None:
        write_table(table, releases)
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    click.echo(AUDIT_FORMATS[format_name](releases, columns), nl=False)
    return Exit.YES


@contextmanager
def _opened(state: Path, pause: float = 1.0) -> Iterator[Queue]:
    from provenance.audit.queue import Queue

    def told(said: str) -> None:
        click.echo(said, err=True)

    with Queue(state / "queue.sqlite", pause=pause, told=told) as queue:
        yield queue


@contextmanager
def _existing(folder: Path | None) -> Iterator[Queue]:
    state = folder or data_folder() / "audit"
    if not (state / "queue.sqlite").is_file():
        raise UsageError(f"There is no audit in {state}", hint="name the folder of one with --state")
    with _opened(state) as queue:
        yield queue
