"""The options that verbs share, and the environment, in; a pipeline's Options out."""

from __future__ import annotations

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
        "--cache",
        metavar="DIR",
        type=click.Path(path_type=Path),
        envvar="PROVENANCE_CACHE",
        help="Keep downloads here.",
    ),
    click.option("--debug", is_flag=True, help="Show what is done, and a traceback on errors."),
)


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that say what to check and with what."""
    for option in reversed(SHARED):
        command = option(command)
    return command


@contextmanager
def opened(
    *,
    source: str | None,
    index: str | None,
    subdirectory: str | None,
    all_wheels: bool,
    cache: Path | None,
    debug: bool,
) -> Iterator[Options]:
    """Yield the pipeline's options, with its HTTP client and progress display open."""
    from platformdirs import user_cache_path

    from provenance.cache import Cache
    from provenance.net import Http
    from provenance.pipeline import Options

    repository, ref = split_source(source) if source else (None, None)
    agent = f"pypi-provenance/{version('pypi-provenance')}"
    with Http(agent) as http, showing_progress(silent=debug) as progress:
        yield Options(
            index=index or default_index(),
            cache=Cache(cache or user_cache_path("provenance")),
            http=http,
            source=repository,
            ref=ref,
            subdirectory=subdirectory,
            all_wheels=all_wheels,
            progress=progress,
        )


def split_source(text: str) -> tuple[str, str | None]:
    """Split `URL@REF`; an `@` before the host's end belongs to the address."""
    match = re.fullmatch(r"((?:git\+)?https?://[^/]+/[^@]+?)(?:@(.+))?", text)
    if match is None:
        raise UsageError(
            f"`{text}` is not the https address of a repository",
            hint="for example https://git.example/owner/name@v1.0",
        )
    return match[1].removeprefix("git+").removesuffix("/").removesuffix(".git"), match[2]


def default_index() -> str:
    """Return the index that the user's pip configuration names, else the public one."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    from provenance.cli.pip_configuration import configured_index

    return configured_index() or PYPI_SIMPLE_ENDPOINT
