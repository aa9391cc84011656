"""The command's help texts in, manual pages in a folder out: `python docs/man_pages.py FOLDER`."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import click
from click_man.core import write_man_pages

from provenance.cli.main import VERBS, group


def main() -> None:
    """Write one page for the command and one for each verb."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    context = click.Context(group)
    verbs = {
        name: verb for name in group.list_commands(context) if (verb := group.get_command(context, name))
    }
    for name, verb in verbs.items():
        verb.short_help = VERBS[name]
    loaded = click.Group("provenance", commands=verbs, help=group.help, params=group.params)
    write_man_pages("provenance", loaded, version=version("pypi-provenance"), target_dir=str(folder))


if __name__ == "__main__":
    main()
