"""One release that somebody asked about in, what came of it out: a failure is an outcome too."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.audit.installation import alterations
from provenance.errors import NotOnIndexError, ProvenanceError
from provenance.model import (
    Altered,
    Answer,
    Notice,
    Obstacle,
    Reference,
    ReleaseReport,
    Severity,
    Unchecked,
)
from provenance.pipeline import Options, check, with_differences

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A release to check; `where` says for people who asked for it, `text` how; `installed` are its `.dist-info`.

    `index` is the address of the index to ask where it is not the usual one; of a release that is answered no, so many
    `differences` are shown.
    """

    reference: Reference
    where: str
    text: str
    index: str | None = None
    installed: tuple[Path, ...] = ()
    differences: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of a job: a report or the reason why there is none, and what was found of its installed files."""

    job: Job
    report: ReleaseReport | None = None
    unchecked: tuple[Unchecked, ...] = ()
    altered: tuple[Altered, ...] = ()


def carry_out(job: Job, options: Options) -> Outcome:
    """Check one release. Whatever goes wrong with it is part of the outcome."""
    options = replace(options, index=job.index or options.index)
    try:
        checked = check(job.reference, options)
        is_shown = job.differences and checked.report.answer is Answer.NO
        report = _noted(job, with_differences(checked, job.differences) if is_shown else checked.report)
        rows = [(path, *alterations(path, job.reference, options)) for path in job.installed]
    except NotOnIndexError as error:
        return Outcome(job, unchecked=(_unchecked(job, Obstacle.NOT_ON_INDEX, str(error)),))
    except ProvenanceError as error:
        return Outcome(job, unchecked=(_unchecked(job, Obstacle.FAILED, str(error)),))
    except Exception as error:
        log.exception("%s", job.text)
        reason = f"this is a defect of provenance itself ({type(error).__name__})"
        return Outcome(job, unchecked=(_unchecked(job, Obstacle.FAILED, reason),))
    return Outcome(
        job,
        report,
        tuple(_unchecked(job, Obstacle.NOT_ASKED, doubt) for _, _, doubt in rows if doubt),
        tuple(
            Altered(name=report.name, version=report.version, where=str(path), findings=found)
            for path, found, _ in rows
            if found
        ),
    )


def given_up(job: Job) -> Outcome:
    """The outcome of a job that ended the process that worked on it."""
    reason = "the process that checked it ended without an answer; it may have needed too much memory"
    return Outcome(job, unchecked=(_unchecked(job, Obstacle.FAILED, reason),))


def _noted(job: Job, report: ReleaseReport) -> ReleaseReport:
    if job.reference.version is not None:
        return report
    message = (
        f"{job.text} ({job.where}) names no single version: {report.version} is the newest that fits, and the "
        "one that was checked. An installation on another day may take another."
    )
    notice = Notice(code="not-pinned", severity=Severity.LOW, message=message, is_lasting=False)
    return report.model_copy(update={"notices": (*report.notices, notice)})


def _unchecked(job: Job, obstacle: Obstacle, reason: str) -> Unchecked:
    version = job.reference.version
    return Unchecked(
        name=job.reference.name, version=version, where=job.where, obstacle=obstacle, reason=reason
    )
