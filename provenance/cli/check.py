"""`provenance check`: references, and files that name some, in; the answer on stdout and as the exit code out."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import click

from provenance.cli.deciding import Answering, decided, deciding_options, decision_lines, exit_code, policy_of
from provenance.cli.options import opened, shared_options, spelled
from provenance.cli.published import answer_from
from provenance.cli.rebuild import rebuilding, trust_option
from provenance.cli.standing import ranks_option, show_standing
from provenance.cli.storing import Storing, store_bundle, store_reports, storing_options
from provenance.errors import UsageError
from provenance.model import Answer, ReleaseReport
from provenance.policy import Policy
from provenance.report import FORMATS
from provenance.report.overview import EXPLAINED, Overview

MOST_DIFFERENCES = 40  # of one release, in a page


@click.command("check")
@click.argument("references", metavar="[REFERENCE]…", nargs=-1)
@click.option(
    "-r",
    "--requirement",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Check all that a requirements or lock file names; can be given several times.",
)
@click.option("--installed", is_flag=True, help="Check all that is installed in the active environment.")
@click.option(
    "--python",
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Check all that is installed in this environment: its folder, or its interpreter.",
)
@shared_options
@storing_options
@deciding_options
@click.option(
    "--search",
    is_flag=True,
    help="Search the history: for the commit nearest to a release without a tag, for the branch of one with a tag.",
)
@click.option(
    "--standing",
    is_flag=True,
    help="Say too what the index knows of the project (as the verb standing does).",
)
@ranks_option
@click.option(
    "--bundle",
    is_flag=True,
    help="Write an evidence bundle beside the reports: `provenance verify` then judges again without the git host.",
)
@click.option(
    "--rebuild",
    is_flag=True,
    help="Build the release again from its commit, which runs its build code in a sandbox: proves what rules cannot.",
)
@trust_option
@click.option(
    "--trust",
    metavar="URL",
    help="Use the reports that this site publishes, where a key that you trust signed them, before checking.",
)
@click.option("--all-files", is_flag=True, help="List every file, the identical ones too.")
@click.option(
    "--format", "format_name", type=click.Choice(list(FORMATS)), default="text", help="What to print."
)
def command(
    references: tuple[str, ...],
    files: tuple[Path, ...],
    installed: bool,
    python: Path | None,
    search: bool,
    standing: bool,
    ranks: Path | None,
    bundle: bool,
    rebuild: bool,
    is_trusted: bool,
    trust: str | None,
    all_files: bool,
    format_name: str,
    output: Path | None,
    key: str | None,
    no_sign: bool,
    policies: tuple[Path, ...],
    fail_on: str | None,
    strict: bool,
    **shared: object,
) -> int:
    """Compare releases with their source and answer yes, no or cannot tell.

    REFERENCE is name==version, name (its newest version), pkg:pypi/name@version, or the path of an sdist or
    wheel. FILE is a requirements.txt, pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock or pyproject.toml.

    Of several releases the worst decides: exits 1 where one is answered no, else 4 where something could not be
    done, else 3 where one could not be told or was not checked.
    """
    if trust and (rebuild or bundle or search or shared["source"] or shared["full"]):
        raise UsageError("A published report says nothing of this", hint="check without --trust")
    policy = policy_of(policies, fail_on, strict=strict)
    answering = Answering(
        Storing(output, key, no_sign, policy.sha256 if policy != Policy() else ""),
        policy,
        all_files,
        format_name,
    )
    if len(references) == 1 and not (files or installed or python):
        code = answer_from(trust, references[0], answering, shared) if trust else None
        if code is None:
            code = _check_one(references[0], shared, answering, _Extra(search, bundle, rebuild, is_trusted))
        if standing and format_name == "text":
            show_standing(references[0], ranks, shared)
        return code
    if standing or bundle or rebuild or trust:
        name = "--standing" if standing else "--bundle" if bundle else "--rebuild" if rebuild else "--trust"
        raise UsageError(f"{name} is about one release", hint="check that one alone")
    if not (references or files or installed or python):
        raise UsageError("Nothing to check was named", hint="name a release, a file with -r, or --installed")
    from provenance.cli.many import Many, check_many, required

    entries = required(files, installed=installed, python=python)
    return check_many(Many(references, tuple(entries), shared, search), answering)


@dataclass(frozen=True)
class _Extra:
    """What is done beside comparing: search the history, write a bundle, build again, and that without a sandbox."""

    is_searched: bool
    is_bundled: bool
    is_rebuilt: bool
    is_trusted: bool


def _check_one(
    reference: str,
    shared: dict[str, object],
    answering: Answering,
    extra: _Extra,
) -> int:
    from provenance.index import parse_reference
    from provenance.pipeline import check, with_differences
    from provenance.report.text_format import shown_text

    with opened(**shared) as options:  # type: ignore[arg-type] # click passes them by name
        options = replace(options, is_searched=extra.is_searched)
        if extra.is_rebuilt:
            options = rebuilding(options, reference, is_trusted=extra.is_trusted)
        checked = check(parse_reference(reference), options)
        is_shown = answering.format_name == "html"
        report = with_differences(checked, MOST_DIFFERENCES) if is_shown else checked.report
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    click.echo(FORMATS[answering.format_name]([report], answering.all_files, columns), nl=False)
    is_text = answering.format_name == "text"
    if is_text and report.answer is Answer.NO:
        _suggest(report, reference, shared)
    if is_text and report.answer is not Answer.YES:
        click.echo(f"  {EXPLAINED}")
    decision = decided(answering.policy, [report])
    stored = {"report": store_reports(report, answering.storing)}
    if extra.is_bundled:
        stored["bundle"] = store_bundle(report, checked.bundle, answering.storing)
    if is_text:
        for line in decision_lines(decision):
            click.echo(shown_text(line))
        for what, where in stored.items():
            click.echo(f"  {what:<8}  {shown_text(where)}")
    return exit_code(answering.policy, decision, Overview(reports=(report,)))


def _suggest(report: ReleaseReport, reference: str, shared: dict[str, object]) -> None:
    """Print the commands that show the worst difference and tell others, with the options that led to it."""
    from provenance.report.sentence import worst_difference
    from provenance.report.text_format import shown_text

    differing = worst_difference(report)
    if differing is not None:
        command = shlex.join(["provenance", "diff", reference, differing.path, *spelled(shared)])
        click.echo(f"  To see a difference: {shown_text(command)}")
    command = shlex.join(["provenance", "flag", reference, *spelled(shared)])
    click.echo(f"  To tell those who can act on it: {shown_text(command)}")
