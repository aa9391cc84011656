"""`python -m corpus run` in: how many releases, tampers and processes; the printed table and whether all passed out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random

from corpus.catalogue import PinnedRelease, by_project, pinned_releases
from corpus.exam import Examined, examine
from corpus.exam_table import is_passed, table
from provenance.cli.options import opened


@dataclass(frozen=True)
class Plan:
    """What one run does; `tampers` is per artifact."""

    tampers: int
    seed: int
    with_git: bool


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `run`."""
    parser.add_argument("--releases", type=int, metavar="N", help="only so many, drawn by the seed")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this project's; repeatable")
    parser.add_argument("--tampers", type=int, default=20, metavar="N", help="for each artifact; default 20")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="what chance begins with; default 0")
    parser.add_argument("--jobs", type=int, default=2, metavar="J", help="processes; default 2")
    parser.add_argument(
        "--git", action="store_true", help="fetch sources from their hosts, not from the corpus's listings"
    )


def run(arguments: argparse.Namespace) -> bool:
    """Examine, print the table, and return whether the tool passed."""
    plan = Plan(arguments.tampers, arguments.seed, arguments.git)
    chosen = chosen_releases(arguments.releases, arguments.only, plan)
    results = []
    for result in results_of(chosen, plan, arguments.jobs):
        results.append(result)
        print(f"{len(results)}/{len(chosen)} {result.release.reference}", file=sys.stderr, flush=True)
    print("\n".join(table(results)))
    return is_passed(results)


def chosen_releases(number: int | None, only: Sequence[str] | None, plan: Plan) -> list[PinnedRelease]:
    """Draw the releases: without git those that have a listing, where a number is given so many."""
    able = [each for each in pinned_releases() if plan.with_git or each.listing.is_file()]
    named = [each for each in able if not only or each.name in only]
    drawn = named if number is None else Random(plan.seed).sample(named, min(number, len(named)))
    return sorted(drawn, key=lambda release: (release.name, release.version))


def results_of(releases: Sequence[PinnedRelease], plan: Plan, jobs: int) -> Iterator[Examined]:
    """Yield what came of each release, in order, whatever the number of processes."""
    work = [(group, plan) for group in by_project(releases)]
    if jobs == 1:
        yield from (result for each in work for result in _examine(each))
        return
    with get_context("spawn").Pool(jobs) as pool:
        for results in pool.imap(_examine, work):
            yield from results


def _examine(work: tuple[tuple[PinnedRelease, ...], Plan]) -> list[Examined]:
    releases, plan = work
    with opened(
        source=None,
        index=None,
        subdirectory=None,
        all_wheels=False,
        provenance_file=(),
        trusted_root=None,
        trusted_keys=(),
        cache=None,
        debug=True,
    ) as options:
        return examine(releases, options, tampers=plan.tampers, seed=plan.seed, with_git=plan.with_git)
