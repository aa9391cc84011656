"""What an audit was asked for in, the releases that it means out: of a list, of projects, of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.audit.queue import Wanted
    from provenance.pipeline import Options


@dataclass(frozen=True)
class Choice:
    """What stood on the command line; `ranking` is a copy of the list of the most downloaded projects."""

    what: str | None
    limit: int | None
    ranking: Path | None
    projects: tuple[str, ...]
    all_versions: bool
    installed: bool


def chosen(choice: Choice, options: Options) -> list[Wanted]:
    """Return the releases, each once; none where nothing was named, which goes on with what was. Raises UsageError."""
    from provenance.audit.lists import read_top

    if choice.limit and choice.what != "top":
        raise UsageError(
            "--limit is about the most downloaded projects", hint="provenance audit top --limit 100"
        )
    if choice.all_versions and not choice.projects:
        raise UsageError("--all-versions is about projects that --projects names")
    ranks = read_top(_lines(choice.ranking)) if choice.ranking else {}
    found = _found(choice, ranks, options)
    return list(dict.fromkeys(replace(each, rank=each.rank or ranks.get(each.name)) for each in found))


def _found(choice: Choice, ranks: dict[str, int], options: Options) -> Iterator[Wanted]:
    from provenance.audit.lists import all_versions, read_list
    from provenance.audit.queue import Wanted

    if choice.what == "top":
        yield from _top(choice, ranks, options)
    elif choice.what is not None:
        yield from read_list(Path(choice.what))
    if choice.all_versions:
        yield from all_versions(choice.projects, options)
    else:
        yield from (Wanted(canonicalize_name(name)) for name in choice.projects)
    if choice.installed:
        yield from _installed()


def _top(choice: Choice, ranks: dict[str, int], options: Options) -> Iterator[Wanted]:
    from provenance.audit.lists import fetch_top, read_top
    from provenance.audit.queue import Wanted

    found = ranks or read_top(fetch_top(options.http))
    for name, rank in list(found.items())[: choice.limit]:
        yield Wanted(name, rank=rank)


def _installed() -> Iterator[Wanted]:
    from provenance.audit.queue import Wanted
    from provenance.cli.many import required

    for entry in required((), installed=True, python=None):
        if not entry.obstacle:
            yield Wanted(canonicalize_name(entry.name), entry.version or "")


def _lines(file: Path) -> Iterable[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
