"""`provenance pin`: a requirements file in, a file with the digests of checked artifacts out."""

from __future__ import annotations

import functools
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from provenance.cli.exits import Exit
from provenance.cli.options import default_index, opened, shared_options
from provenance.errors import UsageError
from provenance.model import Answer, Lock, Reference, Release, ReleaseReport, Unchecked

if TYPE_CHECKING:
    from provenance.audit import Job, Outcome
    from provenance.requirements import Required


@click.command("pin")
@click.option(
    "-r",
    "--requirement",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="Pin what this requirements file or pyproject.toml asks for; can be given several times.",
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write here, not to stdout."
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["requirements", "pylock"]),
    default="requirements",
    help="A requirements file for pip, or pylock.toml (PEP 751).",
)
@shared_options
def command(files: tuple[Path, ...], output: Path | None, format_name: str, **shared: object) -> int:
    """Write a file that installs exactly the artifacts that were checked, dependencies included.

    uv finds which releases fit together, for the Python that runs this command; nothing is built for it. Every one is
    checked. Where one is answered no, or could not be checked, nothing is written. Exits 1 where one is answered no,
    else 4 where something could not be done, else 3 where one could not be told; that one is pinned, and its comment
    says so.
    """
    from provenance.report.pins_format import pinned_artifacts

    entries = _entries(files, shared)
    shared["index"] = _index(entries, shared)
    outcomes = _checked(_jobs(files, entries, str(shared["index"])), shared)
    reports = [outcome.report for outcome in outcomes if outcome.report]
    unreadable = [report for report in reports if not pinned_artifacts(report)]
    unchecked = [each for outcome in outcomes for each in outcome.unchecked]
    refused = [report for report in reports if report.answer is Answer.NO]
    if refused or unchecked or unreadable:
        _say_why_not(refused, unchecked, unreadable)
        return Exit.NO if refused else Exit.FAILED
    _write(_rendered(reports, format_name, shared), output)
    doubtful = [report for report in reports if report.answer is Answer.CANNOT_TELL]
    _say_what_was_done(reports, doubtful, output)
    return Exit.CANNOT_TELL if doubtful else Exit.YES


def _entries(files: Sequence[Path], shared: dict[str, object]) -> list[Required]:
    """What the files ask for. Raises UsageError for entries that no index can answer."""
    from provenance.cli.many import FOR_ONE
    from provenance.requirements import read_requirements

    for name in FOR_ONE:
        if shared.get(name):
            raise UsageError(f"--{name.replace('_', '-')} is about one release")
    entries = [entry for file in files for entry in read_requirements(file)]
    if outside := [entry for entry in entries if entry.obstacle]:
        first = outside[0]
        more = f"; {len(outside) - 1} more are like it" if len(outside) > 1 else ""
        raise UsageError(
            f"{first.where}: {first.name} cannot be pinned: {first.obstacle}{more}",
            hint="only releases on one index can be pinned; take the others out of the file",
        )
    return entries


def _index(entries: Sequence[Required], shared: dict[str, object]) -> str:
    """The index that the user chose, else the one that a file names, else pip's."""
    named = next((entry.index for entry in entries if entry.index), None)
    return str(shared["index"] or named or default_index())


def _jobs(files: Sequence[Path], entries: Sequence[Required], index: str) -> list[Job]:
    """One job for every release that an installation of what the files ask for would need."""
    from provenance.requirements import read_constraints, resolve

    constraints = [line for file in files for line in read_constraints(file)]
    asked = {entry.name: entry for entry in entries}
    where = f"needed by {' and '.join(str(file) for file in files)}"
    return [
        _job(one, asked.get(one.name), where)
        for one in resolve([entry.text for entry in entries], constraints, index)
    ]


def _job(reference: Reference, entry: Required | None, where: str) -> Job:
    """The job for one release; files that the entry allows for it bind here as they do in a check."""
    from provenance.audit import Job

    text = f"{reference.name}=={reference.version}"
    if entry is None:
        return Job(reference, where, text)
    locks = (Lock(where=entry.where, files=entry.files),) if entry.files else ()
    return Job(reference.model_copy(update={"locks": locks}), entry.where, text)


def _checked(jobs: Sequence[Job], shared: dict[str, object]) -> list[Outcome]:
    """The outcome of every job, by name; several are done at a time."""
    from provenance.audit import check_all
    from provenance.cli.many import processes_for
    from provenance.cli.progress import counting_progress

    is_debugging = bool(shared.get("debug"))
    open_options = functools.partial(opened, **shared, is_quiet=True)  # type: ignore[arg-type] # click's names
    outcomes = []
    with counting_progress(len(jobs), silent=is_debugging) as progress:
        for outcome in check_all(jobs, open_options, 1 if is_debugging else processes_for(len(jobs))):
            progress(outcome.job.reference.name)
            outcomes.append(outcome)
    return sorted(outcomes, key=lambda outcome: outcome.job.reference.name)


def _say_why_not(
    refused: Sequence[ReleaseReport], unchecked: Sequence[Unchecked], unreadable: Sequence[ReleaseReport]
) -> None:
    from provenance.report.text_format import render_text, shown_text

    columns = shutil.get_terminal_size().columns if sys.stderr.isatty() else 0
    click.echo(render_text(refused, False, columns), nl=False, err=True)
    for each in unchecked:
        click.echo(f"{each.name} {each.version} was not checked: {shown_text(each.reason)}", err=True)
    for report in unreadable:
        click.echo(f"{report.name} {report.version}: none of its artifacts can be read", err=True)
    click.echo("Nothing is pinned.", err=True)


def _rendered(reports: Sequence[ReleaseReport], format_name: str, shared: dict[str, object]) -> str:
    from provenance.index import find_release
    from provenance.report.pins_format import render_pinned_requirements, render_pylock

    if format_name == "requirements":
        return render_pinned_requirements(reports)
    with opened(**shared, is_quiet=True) as options:  # type: ignore[arg-type] # click passes them by name
        releases = [
            find_release(
                Reference(name=one.name, version=one.version), options.index, options.http, options.limits
            )
            for one in reports
        ]
    return render_pylock(reports, {release.name: _without_credentials(release) for release in releases})


def _without_credentials(release: Release) -> Release:
    """The release with addresses that can be shown to others."""
    artifacts = [artifact.model_copy(update={"url": _public(artifact.url)}) for artifact in release.artifacts]
    return release.model_copy(update={"artifacts": tuple(artifacts)})


def _public(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _write(text: str, output: Path | None) -> None:
    from provenance.store import put

    if output is None:
        click.echo(text, nl=False)
    else:
        put(output, text.encode())


def _say_what_was_done(
    reports: Sequence[ReleaseReport], doubtful: Sequence[ReleaseReport], output: Path | None
) -> None:
    where = f" in {output}" if output else ""
    told = f"{len(doubtful)} cannot tell: {', '.join(f'{each.name} {each.version}' for each in doubtful)}"
    match = f"{len(reports) - len(doubtful)} are their source"
    click.echo(
        f"{len(reports)} releases pinned{where}: {f'{match}, {told}' if doubtful else match}", err=True
    )
