"""`provenance cache`: a folder in, what it holds and how large that is out; what was used longest ago is removed."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.cache import Cache
    from provenance.cache.room import Unit

SUFFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
NAMES = {
    "artifacts": "artifacts",
    "answers": "answers of indexes",
    "repositories": "repositories",
}
cache_option = click.option(
    "--cache", metavar="DIR", type=click.Path(path_type=Path), envvar="PROVENANCE_CACHE", help="This cache."
)


@click.group("cache")
def command() -> None:
    """Say what the cache holds, make room in it, or empty it.

    It keeps what checks download: artifacts, what indexes answered, and of repositories the commits that were
    looked at. Everything is verified when it is read. It makes room by itself: PROVENANCE_CACHE_SIZE, such as 2GB,
    says how large it may become (5GB unless you say so).
    """


@command.command("info")
@cache_option
def info(cache: Path | None) -> int:
    """Say where it is, what it holds, and how much more it may hold."""
    from provenance.cache.room import units

    folder, found = cache_folder(cache), list(units(cache_folder(cache)))
    click.echo(f"{folder}: {_size(sum(unit.size for unit in found))} of {_size(chosen_size())}")
    for kind, name in NAMES.items():
        of_kind = [unit for unit in found if unit.kind == kind]
        if of_kind:
            oldest = datetime.fromtimestamp(min(unit.used for unit in of_kind), UTC).date()
            size = _size(sum(unit.size for unit in of_kind))
            click.echo(f"  {len(of_kind):>7,} {name:<19} {size:>9}   the oldest last used on {oldest}")
    return 0


@command.command("prune")
@click.option("--size", metavar="SIZE", help="Leave at most this much, such as 500MB.")
@cache_option
def prune(size: str | None, cache: Path | None) -> int:
    """Remove what was used longest ago, until the rest fits; and what killed processes left behind."""
    from provenance.cache.room import make_room

    most_bytes = read_size(size) if size else chosen_size()
    _say_removed(make_room(cache_folder(cache), most_bytes))
    return 0


@command.command("clear")
@cache_option
def clear(cache: Path | None) -> int:
    """Remove everything that it holds."""
    from provenance.cache.room import clear as remove_all

    _say_removed(remove_all(cache_folder(cache)))
    return 0


def open_cache(chosen: Path | None) -> Cache:
    """Return the cache in the folder that the user chose, else in the user's own; raises UsageError for a bad size."""
    from provenance.cache import Cache

    return Cache(cache_folder(chosen), chosen_size())


def cache_folder(chosen: Path | None) -> Path:
    """Return the folder that the user chose, else the user's own (XDG_CACHE_HOME)."""
    from platformdirs import user_cache_path

    return chosen or user_cache_path("provenance")


def chosen_size() -> int:
    """Return how many bytes the cache may hold. Raises UsageError."""
    from provenance.cache.room import MOST_BYTES

    named = os.environ.get("PROVENANCE_CACHE_SIZE", "")
    return read_size(named) if named else MOST_BYTES


def read_size(text: str) -> int:
    """Return the bytes that `500MB`, `2G` or a bare number stand for. Raises UsageError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kMGT]?)B?", text.strip())
    if match is None:
        raise UsageError(f"`{text}` is not a size", hint="for example 500MB or 2GB")
    return int(float(match[1]) * SUFFIXES[match[2]])


def _size(size: float) -> str:
    for suffix in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {suffix}"
        size /= 1000
    return f"{size:.1f} GB"


def _say_removed(removed: Sequence[Unit]) -> None:
    size = _size(sum(unit.size for unit in removed))
    click.echo(f"removed {len(removed):,} {'entry' if len(removed) == 1 else 'entries'}, {size}")
