"""`python -m corpus install` in: how many pinned artifacts; out, whether pip and uv lay the judged files on disk."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tomllib import TOMLDecodeError

from corpus.catalogue import PinnedRelease, pinned_releases
from corpus.installers import (
    INSTALLERS,
    Files,
    at_their_places,
    installed,
    judged,
    unpacked_by_pip,
    unpacked_by_uv,
)
from corpus.specimen import obtain
from provenance.cli.options import opened
from provenance.model import Artifact
from provenance.pipeline import Options

SAME, OTHER, REFUSED, BUILDS = (
    "equal",
    "NOT EQUAL",
    "refused by it",
    "not given to it: builds with code of its own",
)
Row = tuple[str, str, str]  # kind, tool, outcome


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `install`."""
    parser.add_argument("--releases", type=int, metavar="N", help="only so many, drawn by the seed")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="what chance begins with; default 0")


def install(arguments: argparse.Namespace) -> bool:
    """Install every wheel and unpack every sdist, print the counts, and return whether no files differ."""
    releases = pinned_releases()
    if arguments.releases is not None:
        releases = tuple(Random(arguments.seed).sample(releases, min(arguments.releases, len(releases))))
    counts: Counter[Row] = Counter()
    with opened(is_quiet=True) as options:
        for number, release in enumerate(releases, 1):
            counts.update(outcomes(release, options))
            print(f"{number}/{len(releases)} {release.reference}", file=sys.stderr, flush=True)
    for (kind, tool, outcome), count in sorted(counts.items()):
        print(f"{kind:<6} {tool:<5} {count:>4} {outcome}")
    return not any(outcome == OTHER for _, _, outcome in counts)


def outcomes(release: PinnedRelease, options: Options) -> Iterator[Row]:
    """Yield what each tool makes of each artifact of a release."""
    for artifact, path in obtain(release, options):
        files = judged(path, artifact.kind)
        if isinstance(files, str):
            print(f"{artifact.filename} is refused here: {files}", file=sys.stderr)
            yield artifact.kind, "here", f"refused: {files}"
            continue
        for tool in INSTALLERS:
            with tempfile.TemporaryDirectory(prefix="pv-") as folder:
                outcome = _outcome(artifact, path, files, tool, Path(folder))
            if outcome != SAME:
                print(f"{artifact.filename}, {tool}: {outcome}", file=sys.stderr)
            yield artifact.kind, tool, outcome


def _outcome(artifact: Artifact, path: Path, files: Files, tool: str, folder: Path) -> str:
    named = folder / artifact.filename
    named.symlink_to(path)
    try:
        if artifact.kind == "wheel":
            found = installed(named, folder / "e", tool, files)
            files = at_their_places(files)
        else:
            found = (unpacked_by_pip if tool == "pip" else unpacked_by_uv)(named, folder / "e")
    except (ValueError, TOMLDecodeError):
        return BUILDS
    if found is None:
        return REFUSED
    for place in sorted(files.keys() | found.keys()):
        if files.get(place) != found.get(place):
            print(f"  {place}", file=sys.stderr)
    return SAME if found == files else OTHER
