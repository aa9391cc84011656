"""The user's policy files and flags, and ReleaseReports, in; lines about what was accepted and an exit code out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from provenance.cli.exits import Exit
from provenance.cli.storing import Storing
from provenance.errors import UsageError
from provenance.model import ReleaseReport, Verdict
from provenance.policy import Decision, FailOn, Policy, decide, read_policy
from provenance.report.overview import Overview

DECIDING = (
    click.option(
        "--policy",
        "policies",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        multiple=True,
        help="What you accept; else provenance.toml or [tool.provenance] of pyproject.toml here. Several add up.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice([each.value for each in FailOn]),
        help="The mildest answer that fails; cannot-tell without it.",
    ),
    click.option(
        "--strict", is_flag=True, help="Fail for extra files and grave notices too: --fail-on strict."
    ),
)


@dataclass(frozen=True)
class Answering:
    """How an answer is given: where reports go, what fails, whether every file is listed, and in which format."""

    storing: Storing
    policy: Policy
    all_files: bool
    format_name: str


def deciding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that say what fails it."""
    for option in reversed(DECIDING):
        command = option(command)
    return command


def policy_of(policies: Sequence[Path], fail_on: str | None, *, strict: bool) -> Policy:
    """Return the policies joined; a flag on the command line replaces their threshold. Raises UsageError."""
    if strict and fail_on not in (None, FailOn.STRICT.value):
        raise UsageError(f"--strict and --fail-on {fail_on} contradict each other", hint="give one of them")
    files = (
        policies or [path for path in (Path("provenance.toml"), Path("pyproject.toml")) if path.is_file()][:1]
    )
    joined: Policy | None = None
    for path in files:
        policy = read_policy(_text(path), str(path))
        joined = joined.joined(policy) if joined else policy
    wanted = FailOn.STRICT if strict else FailOn(fail_on) if fail_on else None
    found = joined or Policy()
    return found.model_copy(update={"fail_on": wanted}) if wanted else found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text") from error


def decided(policy: Policy, reports: Sequence[ReleaseReport]) -> Decision:
    """Apply the policy as of today."""
    return decide(policy, reports, datetime.now(UTC).date())


def decision_lines(decision: Decision) -> list[str]:
    """Return what the policy changed, in a line each; nothing where it changed nothing."""
    lines = [
        f"  accepted  {each.file} of {each.release} by {each.owner} until {each.expires}: {each.reason}"
        for each in decision.accepted
    ]
    lines += [
        f"  policy    {each.release}: {each.reason}" for each in decision.failures if each.kind != "verdict"
    ]
    lines += [f"  stale     {sentence}" for sentence in decision.stale]
    return lines


def exit_code(policy: Policy, decision: Decision, overview: Overview) -> Exit:
    """Return 1 where a release is answered no or breaks the policy, else 4 where something could not be done.

    Else 3 where an answer that the policy does not let pass could not be told, or something was not checked; else 0.
    """
    doubtful = {
        f"{report.name}=={report.version}"
        for report in overview.reports
        if report.verdict in (Verdict.UNPROVEN, Verdict.NO_SOURCE)
    }
    broken = [each for each in decision.failures if each.kind != "verdict" or each.release not in doubtful]
    is_stale = policy.fail_on is FailOn.STRICT and bool(decision.stale)
    if broken or overview.altered or is_stale:
        return Exit.NO
    if overview.is_incomplete:
        return Exit.FAILED
    if decision.failures or (overview.unchecked and policy.fail_on.rank >= FailOn.CANNOT_TELL.rank):
        return Exit.CANNOT_TELL
    return Exit.YES
