"""One release to check in, all that an audit wants to know of it out: a pure task, whatever process carries it out."""

from __future__ import annotations

import errno
import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from provenance.audit.visits import Visits
from provenance.compare.explain import rule_set
from provenance.errors import GitError, NetworkError, NotOnIndexError, ProvenanceError, UsageError
from provenance.index import parse_reference
from provenance.model import ReleaseReport
from provenance.pipeline import Checked, Options, check
from provenance.report.audited import Audited, Cost, audited
from provenance.report.statement import payload_of
from provenance.report.stating import state

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
BACKENDS = {"bdist_wheel": "setuptools", "poetry-core": "poetry", "flit_core": "flit"}
log = logging.getLogger(__name__)


class Failure(StrEnum):
    """Why a release got no answer."""

    NOT_ON_INDEX = "not on the index"
    NOT_UNDERSTOOD = "not understood"
    HOST = "a host did not answer"
    CRASH = "its process ended"
    TIME = "it took too long"
    DISK = "the disk is full"
    OPERATION = "something could not be done"
    DEFECT = "a defect of provenance"


@dataclass(frozen=True)
class Retry:
    """How often a release is tried, and the seconds before the second try; each later pause is twice as long."""

    tries: int
    pause: float


RETRIES = {
    Failure.HOST: Retry(8, 15.0),
    Failure.CRASH: Retry(6, 1.0),
    Failure.TIME: Retry(2, 60.0),
    Failure.OPERATION: Retry(3, 15.0),
    Failure.DEFECT: Retry(1, 0.0),
    Failure.NOT_ON_INDEX: Retry(1, 0.0),
    Failure.NOT_UNDERSTOOD: Retry(1, 0.0),
}


@dataclass(frozen=True)
class Task:
    """One try at one release; `reference` is name==version, or a name for its newest version."""

    id: int
    reference: str
    attempt: int


@dataclass(frozen=True)
class Done:
    """The statement about each artifact, by file name, and what the audit keeps of the report."""

    payloads: tuple[tuple[str, bytes], ...]
    audited: Audited


@dataclass(frozen=True)
class Failed:
    """No answer, and the sentence that says why."""

    failure: Failure
    reason: str


@dataclass(frozen=True)
class Equipment:
    """What a process needs for its tasks, opened once: the pipeline's options, and the count of visits to hosts."""

    options: Options
    visits: Visits


Equip = Callable[[], AbstractContextManager[Equipment]]


def audit_release(task: Task, equipment: Equipment) -> Done | Failed:
    """Check one release. Whatever goes wrong with it is part of what is returned."""
    equipment.visits.forget()
    began, processor = time.monotonic(), time.process_time()
    try:
        checked = check(parse_reference(task.reference), equipment.options)
        cost = Cost(
            seconds=round(time.monotonic() - began, 4),
            processor=round(time.process_time() - processor, 4),
            received=equipment.visits.received,
            visits=dict(equipment.visits.counts),
            waited={host: round(seconds, 4) for host, seconds in equipment.visits.seconds.items()},
        )
        payloads = tuple(_payloads(checked.report))
    except Exception as error:
        return _failed(task, error)
    return Done(payloads, audited(checked.report, digest_of(payloads), _backend(checked), cost))


def _payloads(report: ReleaseReport) -> Iterator[tuple[str, bytes]]:
    for artifact in report.artifacts:
        if artifact.sha256:
            yield artifact.filename, payload_of(state(report, artifact, rule_set()))


def listed(payloads: tuple[tuple[str, bytes], ...]) -> bytes:
    """Return the sha256 of each statement of a release beside its artifact's name, as sha256sum writes them."""
    rows = sorted(f"{hashlib.sha256(payload).hexdigest()}  {filename}\n" for filename, payload in payloads)
    return "".join(rows).encode()


def digest_of(payloads: tuple[tuple[str, bytes], ...]) -> str:
    """Return one sha256 over the statements of a release: equal where two audits found the same."""
    return hashlib.sha256(listed(payloads)).hexdigest()


def _backend(checked: Checked) -> str:
    """What the wheel says that it was made by, without its version; "" for a release of an sdist alone."""
    for context in checked.contexts:
        subject = context.subject
        text = subject.tree.text(f"{subject.dist_info}/WHEEL") if subject.dist_info else None
        for line in (text or "").splitlines():
            if line.startswith("Generator:"):
                name = line.removeprefix("Generator:").strip().partition(" ")[0].lower()[:40]
                return BACKENDS.get(name, name)
    return ""


def _failed(task: Task, error: Exception) -> Failed:
    failure, reason = _failure(error), str(error)
    if failure is Failure.DEFECT:
        log.exception("%s", task.reference)
        reason = f"this is a defect of provenance itself ({type(error).__name__})"
    return Failed(failure, reason)


def _failure(error: Exception) -> Failure:
    """The kind of a failure: a full disk, whatever it was for; else by the class of the error."""
    if is_full(error):
        return Failure.DISK
    match error:
        case NotOnIndexError():
            return Failure.NOT_ON_INDEX
        case UsageError():
            return Failure.NOT_UNDERSTOOD
        case NetworkError() | GitError():
            return Failure.HOST
        case ProvenanceError():
            return Failure.OPERATION
        case MemoryError():
            return Failure.CRASH
    return Failure.DEFECT


def is_full(error: BaseException | None) -> bool:
    """Tell whether an error, or what led to it, is that the disk takes no more."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error = error.__cause__ or error.__context__
    return False
