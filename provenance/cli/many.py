"""References, requirements files and an environment in, one answer about all their releases out."""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, canonicalize_version

from provenance.audit import Job, Outcome, check_all
from provenance.cli.deciding import Answering, decided, decision_lines, exit_code
from provenance.cli.exits import Exit
from provenance.cli.options import opened, spelled
from provenance.cli.progress import counting_progress
from provenance.cli.storing import load_key, reports_folder, store_reports
from provenance.errors import UsageError
from provenance.index import parse_reference
from provenance.model import Lock, Obstacle, Reference, Unchecked
from provenance.report import FORMATS
from provenance.report.json_format import render_json_overview
from provenance.report.overview import Overview, condensed, render_overview, told, worst_first
from provenance.report.text_format import shown_text
from provenance.requirements import Required, read_installed, read_requirements, site_folders

if TYPE_CHECKING:
    from provenance.pipeline import Options

FOR_ONE = ("source", "subdirectory", "provenance_file")
PER_PROCESSOR = 2  # a process waits for hosts about as long as it computes
MOST_PROCESSES = 16
MOST_DIFFERENCES = 10  # of each release that is answered no, in a page


def required(files: Sequence[Path], *, installed: bool, python: Path | None) -> list[Required]:
    """Return what the files ask for, and what is installed. Raises UsageError."""
    found = [entry for file in files for entry in read_requirements(file)]
    if installed or python is not None:
        active = python or Path(os.environ.get("VIRTUAL_ENV") or sys.prefix)
        found += read_installed(site_folders(active))
    return found


def jobs_of(references: Sequence[str], entries: Sequence[Required], *, index: str | None) -> list[Job]:
    """Return one job for every release, in the order in which they were first asked for.

    `index` is the one that the user chose; without it, an index that a file names is asked.
    """
    jobs: dict[tuple[str | None, ...], Job] = {}
    asked = (Job(parse_reference(text), "the command line", text) for text in references)
    wanted = [_job(entry, index) for entry in entries if not entry.obstacle]
    for job in (*asked, *_met_by_pinned(wanted)):
        one = job.reference
        version = canonicalize_version(one.version) if one.version else None
        key = (one.path or canonicalize_name(one.name), version, one.specifier, job.index)
        jobs[key] = _merged(jobs[key], job) if key in jobs else job
    return list(jobs.values())


def _met_by_pinned(jobs: Sequence[Job]) -> Iterator[Job]:
    """Yield the jobs, with a range that another entry's version meets standing for that version."""
    pinned: dict[tuple[str, str | None], list[Job]] = {}
    for job in jobs:
        if job.reference.version:
            pinned.setdefault((job.reference.name, job.index), []).append(job)
    for job in jobs:
        one = job.reference
        others = [] if one.version else pinned.get((one.name, job.index), [])
        limits = SpecifierSet(one.specifier)
        met = next(
            (each for each in others if limits.contains(each.reference.version or "", prereleases=True)), None
        )
        yield replace(met, where=job.where) if met else job


def _job(entry: Required, index: str | None) -> Job:
    from provenance.cli.pip_configuration import public_index

    is_usual = index is not None or (entry.index or "").rstrip("/") == public_index().rstrip("/")
    reference = Reference(
        name=canonicalize_name(entry.name),
        version=entry.version,
        specifier="" if entry.version else entry.specifier,
        locks=(Lock(where=entry.where, files=entry.files),) if entry.files else (),
    )
    installed = (Path(entry.installed),) if entry.installed else ()
    return Job(reference, entry.where, entry.text, None if is_usual else entry.index, installed)


def _merged(one: Job, other: Job) -> Job:
    """One job for two places that ask for the same release."""
    locks = tuple(dict.fromkeys((*one.reference.locks, *other.reference.locks)))
    where = ", ".join(dict.fromkeys((*one.where.split(", "), other.where)))
    reference = one.reference.model_copy(update={"locks": locks})
    return replace(one, reference=reference, where=where, installed=tuple({*one.installed, *other.installed}))


@dataclass(frozen=True)
class Many:
    """What was asked for: references as typed, entries of files and environments, and the options for all of them."""

    references: Sequence[str]
    entries: Sequence[Required]
    shared: dict[str, object]
    is_searched: bool = False


def check_many(asked: Many, answering: Answering) -> Exit:
    """Check every release, several at a time, store the reports, print what came of it, return the exit code."""
    all_files, format_name = answering.all_files, answering.format_name
    for name in FOR_ONE:
        if asked.shared.get(name):
            raise UsageError(f"--{name.replace('_', '-')} is about one release", hint="check that one alone")
    overview = _checked(asked, answering)
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    if format_name == "text":
        folder, options = str(reports_folder(answering.storing)), shlex.join(spelled(asked.shared))
        text = render_overview(overview, columns, all_files=all_files, folder=folder, options=options)
    elif format_name == "json":
        text = render_json_overview(overview, all_files)
    else:
        text = FORMATS[format_name](worst_first(overview.reports), all_files, columns)
        click.echo("\n".join(told(overview)), err=True)
    click.echo(text, nl=False)
    decision = decided(answering.policy, overview.reports)
    for line in decision_lines(decision):
        click.echo(shown_text(line), err=format_name != "text")
    return exit_code(answering.policy, decision, overview)


def _checked(asked: Many, answering: Answering) -> Overview:
    chosen, storing = asked.shared.get("index"), answering.storing
    jobs = jobs_of(asked.references, asked.entries, index=str(chosen) if chosen else None)
    if answering.format_name == "html":
        jobs = [replace(job, differences=MOST_DIFFERENCES) for job in jobs]
    is_debugging = bool(asked.shared.get("debug"))
    processes = 1 if is_debugging or len(jobs) == 1 else processes_for(len(jobs))
    open_options = functools.partial(_opened, asked.shared, asked.is_searched)
    if not storing.no_sign:
        load_key(storing.key)  # which may ask for a passphrase, so before anything else is shown
    outcomes = []
    with counting_progress(len(jobs), silent=is_debugging) as progress:
        for outcome in check_all(jobs, open_options, processes):
            progress(outcome.job.reference.name)
            if outcome.report is not None:
                store_reports(outcome.report, storing)
            outcomes.append(outcome if answering.all_files else _without_identical(outcome))
    return _overview(outcomes, asked.entries)


def _without_identical(outcome: Outcome) -> Outcome:
    return replace(outcome, report=condensed(outcome.report)) if outcome.report else outcome


def _overview(outcomes: Sequence[Outcome], entries: Sequence[Required]) -> Overview:
    """Everything in one order, whatever was done first."""
    ordered = sorted(outcomes, key=lambda each: (each.job.reference.name, each.job.reference.version or ""))
    return Overview(
        reports=tuple(outcome.report for outcome in ordered if outcome.report),
        unchecked=(*(each for outcome in ordered for each in outcome.unchecked), *_unasked(entries)),
        altered=tuple(each for outcome in ordered for each in outcome.altered),
    )


def _unasked(entries: Sequence[Required]) -> Iterator[Unchecked]:
    """The entries that do not come from an index."""
    for entry in entries:
        if entry.obstacle:
            yield Unchecked(
                name=entry.name,
                version=entry.version,
                where=entry.where,
                obstacle=Obstacle.NOT_ASKED,
                reason=entry.obstacle,
            )


@contextmanager
def _opened(shared: dict[str, object], is_searched: bool) -> Iterator[Options]:
    with opened(**shared, is_quiet=True) as options:  # type: ignore[arg-type] # click passes them by name
        yield replace(options, is_searched=is_searched)


def processes_for(count: int) -> int:
    """Return how many processes are worth their start: one for two releases, up to what the machine can carry."""
    return min((count + 1) // 2, MOST_PROCESSES, PER_PROCESSOR * (os.cpu_count() or 1))
