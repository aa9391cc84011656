"""Arguments in, exit code out: the group of verbs, each imported only when it is called."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys

import click

from provenance.cli.exits import Exit
from provenance.cli.signs import write_what_streams_can_show

VERBS = {
    "check": "Compare a release with its source and answer yes, no or cannot tell.",
    "diff": "Show how one file of a release differs from the source.",
    "audit": "Check many releases, unattended, and say what came of it.",
    "rebuild": "Build a release again from its commit and say which files come out the same.",
    "pin": "Write a requirements file that installs exactly the artifacts that were checked.",
    "standing": "Say what the index knows of a project: its age, its publishers, known weaknesses.",
    "flag": "Write down a suspicious release for the index's security team and its maintainers.",
    "show": "Show stored reports again.",
    "compare": "Say where two reports of one artifact differ.",
    "verify": "Check stored reports: signature, artifact, the judgement again, the log.",
    "key": "Make, list and export the keys that reports are signed with.",
    "log": "Keep a transparency log of reports: append, show its checkpoint, audit it.",
    "cache": "Say what the cache holds, make room in it, or empty it.",
    "publish": "Make a static site over signed reports that anyone can read and check.",
    "explain": "Say what a rule proves and what it leaves free, and what the answers mean.",
}


class Verbs(click.Group):
    """A group whose verbs live in modules of the same name and are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of their table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module and return its command."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"provenance.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pypi-provenance", prog_name="provenance")
def group() -> None:
    """Is the PyPI package the exact source on GitHub?

    Exit codes: 0 yes, 1 no, 2 the command was not understood, 3 cannot tell, 4 something needed could not
    be done.
    """


def main() -> None:
    """Run the command line and exit; errors become one sentence on stderr, a traceback only with --debug."""
    write_what_streams_can_show()
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # httpx's own command: it would import rich
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    logging.getLogger("provenance").setLevel(logging.DEBUG if "--debug" in sys.argv else logging.CRITICAL)
    try:
        code = group.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.FAILED
    except Exception as error:
        code = _explain(error)
    sys.exit(code)


def _explain(error: Exception) -> int:
    from provenance.errors import ProvenanceError, UsageError
    from provenance.report.text_format import shown_text

    if "--debug" in sys.argv:
        logging.getLogger(__name__).exception("the command ended with an error")
    if isinstance(error, ProvenanceError):
        click.echo(f"error: {shown_text(str(error))}", err=True)
        if error.hint:
            click.echo(f"\nhint: {shown_text(error.hint)}", err=True)
        return Exit.USAGE if isinstance(error, UsageError) else Exit.FAILED
    click.echo(f"error: this is a defect of provenance itself ({type(error).__name__})", err=True)
    click.echo("\nhint: run it again with --debug and report what it prints", err=True)
    return Exit.FAILED
