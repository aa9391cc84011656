"""The options that verbs share, and the environment, in; a pipeline's Options out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.progress import showing_progress
from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.model import Limits
    from provenance.net import Visiting
    from provenance.pipeline import Options

SHARED = (
    click.option(
        "--source", metavar="URL[@REF]", help="Compare with this repository, and this tag, branch or commit."
    ),
    click.option("--index", metavar="URL", help="Ask this index (a Simple API address) instead of pip's."),
    click.option("--subdirectory", metavar="DIR", help="The project's folder in the repository."),
    click.option(
        "--all-wheels", is_flag=True, help="Compare every wheel, not only those that pip could choose here."
    ),
    click.option(
        "--provenance-file",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        multiple=True,
        help="Verify this attestation (PEP 740) instead of the index's; can be given for each artifact.",
    ),
    click.option(
        "--trusted-root",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Verify attestations against this Sigstore instance (its trusted_root.json), not the public one.",
    ),
    click.option(
        "--trusted-keys",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        multiple=True,
        help="Trust tags signed with these keys: an OpenPGP keyring, or OpenSSH's allowed signers.",
    ),
    click.option(
        "--full",
        is_flag=True,
        help="Fetch every file of the source and compare by sha256: nothing then rests on git's SHA-1 ids.",
    ),
    click.option(
        "--cache",
        metavar="DIR",
        type=click.Path(path_type=Path),
        envvar="PROVENANCE_CACHE",
        help="Keep downloads here.",
    ),
    click.option("--offline", is_flag=True, help="Ask nobody: answer from the cache alone."),
    click.option(
        "--refresh",
        is_flag=True,
        help="Ask where tags stand, even if they were looked up within ten minutes.",
    ),
    click.option("--debug", is_flag=True, help="Show what is done, and a traceback on errors."),
)
WITHOUT_EFFECT = ("cache", "refresh", "debug")  # on the answer


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that say what to check and with what."""
    for option in reversed(SHARED):
        command = option(command)
    return command


@contextmanager
def opened(
    *,
    source: str | None = None,
    index: str | None = None,
    subdirectory: str | None = None,
    all_wheels: bool = False,
    provenance_file: tuple[Path, ...] = (),
    trusted_root: Path | None = None,
    trusted_keys: tuple[Path, ...] = (),
    full: bool = False,
    cache: Path | None = None,
    offline: bool = False,
    refresh: bool = False,
    debug: bool = False,
    is_quiet: bool = False,
    contact: str = "",
    visiting: Visiting | None = None,
) -> Iterator[Options]:
    """Yield the pipeline's options, with its HTTP client and, unless it is to be quiet, its progress display open.

    `contact` says to hosts who is asking, `visiting` when they may be asked.
    """
    from provenance.cache.answers import Answers
    from provenance.cli.cache import open_cache
    from provenance.cli.storing import data_folder
    from provenance.ledger import Ledger
    from provenance.net import Http, freely
    from provenance.pipeline import Options
    from provenance.source import GitHosts
    from provenance.source import trusted_keys as read_keys

    repository, ref = split_source(source) if source else (None, None)
    asked = [index or default_index(), *([repository] if repository else [])]
    limits = chosen_limits()
    agent = f"pypi-provenance/{version('pypi-provenance')}{f' ({contact})' if contact else ''}"
    stored, visits = open_cache(cache), visiting or freely
    answers = Answers(stored, keeps_expired=offline)
    believing: dict[str, Any] = {"is_offline": offline, **({"believed": 0.0} if refresh else {})}
    with (
        Http(agent, visits, limits.index_seconds, answers, is_offline=offline) as http,
        GitHosts(os.environ, limits, contact, visits, stored, named=asked, **believing) as git,
        showing_progress(silent=debug or is_quiet) as progress,
    ):
        yield Options(
            index=asked[0],
            cache=stored,
            http=http,
            git=git,
            source=repository,
            ref=ref,
            subdirectory=subdirectory,
            all_wheels=all_wheels,
            is_full=full,
            provenance=tuple(path.read_bytes() for path in provenance_file),
            trusted_root=trusted_root,
            keys=read_keys(trusted_keys),
            ledger=Ledger(data_folder() / "tags.sqlite"),
            limits=limits,
            progress=progress,
        )


def spelled(shared: dict[str, object]) -> list[str]:
    """Return the words on the command line that give these options, so that a next command can repeat them."""
    given = [
        (f"--{name.replace('_', '-')}", value)
        for name, values in shared.items()
        if name not in WITHOUT_EFFECT
        for value in (values if isinstance(values, tuple) else (values,))
        if value
    ]
    return [word for name, value in given for word in ([name] if value is True else [name, str(value)])]


def split_source(text: str) -> tuple[str, str | None]:
    """Split `URL@REF`; an `@` before the host's end belongs to the address."""
    from provenance.source.hosts import repository_of

    match = re.fullmatch(r"((?:git\+)?https?://[^/]+/[^@]+?)(?:@(.+))?", text)
    if match is None:
        raise UsageError(
            f"`{text}` is not the https address of a repository",
            hint="for example https://git.example/owner/name@v1.0",
        )
    address = match[1].removeprefix("git+").removesuffix("/")
    return repository_of(address) or address, match[2]


def chosen_limits() -> Limits:
    """Return the bounds on what is read, those changed that PROVENANCE_LIMITS names: `members=1000,git_seconds=60`."""
    from pydantic import ValidationError

    from provenance.model import Limits

    named = os.environ.get("PROVENANCE_LIMITS", "")
    try:
        return Limits.model_validate(
            dict(row.strip().split("=", 1) for row in named.split(",") if row.strip())
        )
    except (ValueError, ValidationError) as error:
        names = ", ".join(Limits.model_fields)
        raise UsageError(
            f"PROVENANCE_LIMITS is not a list of NAME=VALUE: {named}", hint=f"the names are {names}"
        ) from error


def default_index() -> str:
    """Return the index that the user's pip configuration names, else the public one."""
    from provenance.cli.pip_configuration import configured_index, public_index

    return configured_index() or public_index()
