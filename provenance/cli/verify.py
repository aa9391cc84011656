"""`provenance verify`: stored reports, and what to check them with, in; what holds and what does not out."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.exits import Exit
from provenance.cli.log_place import is_address, opened_log
from provenance.cli.places import places_of
from provenance.cli.witnessing import known_witnesses, seen_checkpoints, witness_option
from provenance.errors import ReportError, UsageError

if TYPE_CHECKING:
    from provenance.log import Read, Witness
    from provenance.signing import Trust, TrustedKey
    from provenance.verification import Check, Places, StoredReport
    from provenance.verification.repeat import Repetition

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Means:
    """What the user gives to check reports with."""

    trust: Trust
    is_key_named: bool
    places: Places
    bundles: tuple[Path, ...]
    log: Read | None
    proof: Path | None
    vkeys: tuple[str, ...]
    witnesses: Sequence[Witness]


@click.command("verify")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=existing_file)
@click.option(
    "--key", "keys", metavar="FILE", multiple=True, type=existing_file, help="Trust this public key alone."
)
@click.option(
    "--trust",
    "trusts",
    metavar="FILE",
    multiple=True,
    type=existing_file,
    help="Trust the keys in this file.",
)
@click.option(
    "--artifact",
    "artifacts",
    metavar="FILE|DIR",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="The artifact itself, or a folder with the release's artifacts.",
)
@click.option(
    "--bundle",
    "bundles",
    metavar="FILE",
    multiple=True,
    type=existing_file,
    help="Judge again with this evidence bundle; one beside the report is found.",
)
@click.option("--log", metavar="DIR|URL", help="The transparency log: its folder, or its address.")
@click.option(
    "--proof",
    metavar="FILE",
    type=existing_file,
    help="The proof of inclusion; one beside the report is found.",
)
@click.option(
    "--vkey",
    "vkeys",
    metavar="VKEY",
    multiple=True,
    help="Trust this log, as `provenance log vkey` prints it.",
)
@witness_option
@click.option(
    "--threshold",
    metavar="N",
    type=click.IntRange(min=1),
    help="So many trusted keys must have signed one answer on each artifact.",
)
@click.option(
    "--index", metavar="URL", help="Ask this index for artifacts that are not here, instead of pip's."
)
@click.option("--offline", is_flag=True, help="Ask nobody.")
@click.option(
    "--cache",
    metavar="DIR",
    type=click.Path(path_type=Path),
    envvar="PROVENANCE_CACHE",
    help="Look for artifacts here too.",
)
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def command(
    files: tuple[Path, ...],
    keys: tuple[Path, ...],
    trusts: tuple[Path, ...],
    artifacts: tuple[Path, ...],
    bundles: tuple[Path, ...],
    log: str | None,
    proof: Path | None,
    vkeys: tuple[str, ...],
    witnesses: tuple[str, ...],
    threshold: int | None,
    index: str | None,
    offline: bool,
    cache: Path | None,
    debug: bool,
) -> int:
    """Check stored reports: who signed, about which artifact, the judgement again, whether they are logged.

    Says of each whether it holds. Without --key or --trust, the user's own keys and trust file count. The short
    statements beside a report (.vsa, .svr) are passed over: they say nothing that the report does not.

    Exits 0 where all holds, 1 where something does not, 3 where something could not be checked.
    """
    from provenance.cli.trusting import trusted
    from provenance.store import RESULT, SUMMARY

    reports = [file for file in files if not file.name.endswith((SUMMARY, RESULT))]
    if not reports:
        raise UsageError(
            "There is no report among these files: these are short statements that point to reports"
        )
    if proof is not None and len(reports) > 1:
        raise UsageError("--proof is about one report", hint="proofs that stand beside reports are found")
    if offline and log is not None and is_address(log):
        raise UsageError("--offline asks nobody, and --log names an address", hint="give one of them")
    known = known_witnesses(witnesses)
    with (
        places_of(artifacts, cache, index, offline=offline) as places,
        opened_log(log) if log is not None else nullcontext() as read,
    ):
        means = Means(trusted(trusts, keys), bool(keys), places, bundles, read, proof, vkeys, known)
        checks = list(_checks(reports, means, threshold))
    return _concluded(checks)


def _checks(files: Sequence[Path], means: Means, threshold: int | None) -> Iterator[Check]:
    """Print and yield every check of every report, and then the agreement that is asked for."""
    from provenance.verification import Check, Standing, check_agreement, read_stored

    votes: dict[tuple[str, str], dict[str, list[TrustedKey]]] = {}
    repetitions: dict[tuple[Path, ...], Repetition] = {}
    for file in files:
        try:
            report = read_stored(_read(file))
        except ReportError as error:
            click.echo(_shown(str(file)))
            yield _told(Check("report", Standing.FAILS, str(error)))
            continue
        click.echo(_shown(f"{report.filename}: {report.statement.predicate.verdict}, says {file}"))
        signed, signers = _signature(report, means)
        about = votes.setdefault((report.filename, report.sha256), {})
        about.setdefault(report.predicate_digest, []).extend(signers)
        is_counted = threshold is None or signed.standing is not Standing.OPEN
        yield from [_told(signed)] if is_counted else []
        yield from map(_told, _other_checks(file, report, means, repetitions))
    for (filename, _), by_digest in votes.items() if threshold is not None else ():
        click.echo(_shown(filename))
        yield _told(check_agreement(by_digest, threshold or 1))


def _signature(report: StoredReport, means: Means) -> tuple[Check, tuple[TrustedKey, ...]]:
    from provenance.verification import check_signature

    today = datetime.now(UTC).date()
    return check_signature(report, means.trust.keys, today, is_named=means.is_key_named)


def _other_checks(
    file: Path, report: StoredReport, means: Means, repetitions: dict[tuple[Path, ...], Repetition]
) -> Iterator[Check]:
    """The artifact, and what else there is something to check with, named or beside the report."""
    from provenance.log import SUFFIX
    from provenance.store import bundle_file
    from provenance.verification import Check, Standing, check_artifact
    from provenance.verification.repeat import check_judgement

    yield check_artifact(report, means.places)
    beside = bundle_file(file.parent, *report.release)
    bundles = means.bundles or ((beside,) if beside.is_file() else ())
    if bundles:
        try:
            if bundles not in repetitions:
                repetitions[bundles] = _repetition(bundles, means.places)
            yield check_judgement(report, repetitions[bundles])
        except ReportError as error:
            yield Check("judgement", Standing.FAILS, str(error))
    proof = means.proof or file.with_name(file.name + SUFFIX)
    if means.log is not None or proof.is_file():
        yield _logged(report, proof if proof.is_file() else None, means)


def _repetition(bundles: Sequence[Path], places: Places) -> Repetition:
    """What a judgement is repeated with; several bundles are one, since each object is known by its own bytes."""
    from provenance.model import Limits
    from provenance.source import Bundle, read_bundle
    from provenance.verification.repeat import Repetition

    read = [read_bundle(_read(path), Limits().git_bytes) for path in bundles]
    objects = {name: each for bundle in read for name, each in bundle.objects.items()}
    return Repetition(Bundle(objects), places)


def _logged(report: StoredReport, proof: Path | None, means: Means) -> Check:
    from provenance.cli.log import entry_of
    from provenance.cli.trusting import trusted_logs
    from provenance.verification import check_log

    content = _read(proof) if proof is not None else None
    trusted = functools.partial(trusted_logs, means.trust, means.vkeys)
    entry = bytes(entry_of(report.envelope))
    return check_log(entry, content, trusted, seen_checkpoints(), means.log, means.witnesses)


def _told(check: Check) -> Check:
    from provenance.verification import Standing

    marks = {Standing.HOLDS: "", Standing.FAILS: "DOES NOT HOLD: ", Standing.OPEN: "not checked: "}
    click.echo(_shown(f"  {check.what:<9}  {marks[check.standing]}{check.sentence}"))
    return check


def _concluded(checks: Sequence[Check]) -> Exit:
    from provenance.verification import Standing

    standings = {check.standing for check in checks}
    if Standing.FAILS in standings:
        failing = dict.fromkeys(check.what for check in checks if check.standing is Standing.FAILS)
        click.echo(f"Refuted. This does not hold: {', '.join(failing)}.")
        return Exit.NO
    if Standing.OPEN in standings:
        left = dict.fromkeys(check.what for check in checks if check.standing is Standing.OPEN)
        click.echo(f"Not verified. This could not be checked: {', '.join(left)}.")
        return Exit.CANNOT_TELL
    click.echo("Verified. All of this holds.")
    return Exit.YES


def _shown(text: str) -> str:
    from provenance.report.text_format import shown_text

    return shown_text(text)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path} cannot be read: {error.strerror or error}") from error
