"""`provenance log`: reports in, a transparency log of static files out, its checkpoint shown, or all of it audited."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.exits import Exit
from provenance.cli.log_key import Ed25519Signer, load_signer, verifier_of
from provenance.cli.log_note import write_note
from provenance.cli.log_place import checkpoint_of, opened_log
from provenance.cli.storing import DEFAULT_KEY
from provenance.cli.witnessing import cosign_log, known_witnesses, seen_checkpoints, witness_option
from provenance.errors import BrokenLogError, LogError, ReportError, UsageError

if TYPE_CHECKING:
    from provenance.log import Entry, LogFiles

log_option = click.option(
    "--log",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The log's folder.",
)
key_option = click.option(
    "--key",
    metavar="NAME|FILE",
    default=DEFAULT_KEY,
    help="The log's key: `provenance key list`, or a PEM file.",
)
place_option = click.option(
    "--log", "place", metavar="DIR|URL", required=True, help="The log's folder, or its address."
)
vkey_option = click.option("--vkey", metavar="VKEY", help="The log's key as `provenance log vkey` prints it.")
debug_option = click.option("--debug", is_flag=True, help="Show a traceback on errors.")


@click.group("log")
def command() -> None:
    """Keep a transparency log of reports, in static files that any web server can host.

    Who reads the log notices when a report that was in it is changed or removed: see docs/log/v1.md.
    """


@command.command("append")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@log_option
@key_option
@click.option(
    "--origin", metavar="NAME", help="Begin the log, under this name: example.com/log, for instance."
)
@debug_option
def append_reports(files: tuple[Path, ...], folder: Path, key: str, origin: str | None, debug: bool) -> int:
    """Append stored reports and maintainers' notes, and write a proof of inclusion beside each: FILE.tlog-proof.

    A report that the log has already keeps its place, and gets a new proof. The short statements beside a report
    (.vsa, .svr), which point to it, are passed over.
    """
    from provenance.log import SUFFIX, LogFiles, Tree, Verifier, append, prove
    from provenance.store import RESULT, SUMMARY, put

    reports = [file for file in files if not file.name.endswith((SUMMARY, RESULT))]
    entries = [_entry(file) for file in reports]
    signer = load_signer(key)
    log = LogFiles(folder)
    _begin_or_go_on(log, origin, signer)
    appended = append(folder, entries, signer)
    seen_checkpoints().follow(log.read, [Verifier(appended.checkpoint.origin, signer.public_key)])
    tree = Tree(log.read, appended.checkpoint.size)
    for file, entry, index in zip(reports, entries, appended.indexes, strict=True):
        put(file.with_name(file.name + SUFFIX), prove(tree, index, entry, appended.checkpoint))
        click.echo(f"{index:>6}  {file}")
    click.echo(f"{appended.checkpoint.origin}: {appended.checkpoint}")
    return Exit.YES


command.add_command(cosign_log)
command.add_command(write_note)


@command.command("checkpoint")
@place_option
@key_option
@vkey_option
@click.option(
    "--verify", is_flag=True, help="Check its signature and root, and that it goes on from what was seen."
)
@witness_option
@debug_option
def show_checkpoint(
    place: str, key: str, vkey: str | None, verify: bool, witnesses: tuple[str, ...], debug: bool
) -> int:
    """Print the log's signed checkpoint.

    With --verify, exits 1 where it does not hold, and 3 where a witness that was named has not cosigned it.
    """
    from provenance.log import cosigned_by

    known = known_witnesses(witnesses)
    with opened_log(place) as read:
        content = checkpoint_of(read)
        if not verify:
            click.echo(content, nl=False)
            return Exit.YES
        try:
            checkpoint = seen_checkpoints().follow(read, [verifier_of(_origin(content), key, vkey)])
            cosigned = {each.witness: each for each in cosigned_by(checkpoint.note, known)}
        except BrokenLogError as error:
            return _broken([str(error)])
    click.echo(f"{checkpoint.origin}: {checkpoint}: the checkpoint holds, and contradicts none seen before")
    for witness in known:
        said = cosigned.get(witness.name)
        click.echo(f"cosigned by {said}" if said else f"not cosigned by {witness.name}")
    return Exit.YES if len(cosigned) == len(known) else Exit.CANNOT_TELL


@command.command("audit")
@place_option
@key_option
@vkey_option
@debug_option
def audit_log(place: str, key: str, vkey: str | None, debug: bool) -> int:
    """Compute the whole log again from its entries, and say what does not hold, and where.

    Exits 1 where something does not.
    """
    from provenance.log import audit, claimed_head

    problems = []
    with opened_log(place) as read:
        try:
            head = claimed_head(checkpoint_of(read))
        except BrokenLogError as error:
            return _broken([str(error)])
        verifier = verifier_of(head.origin, key, vkey)
        try:
            seen_checkpoints().follow(read, [verifier])
        except LogError as error:
            problems.append(str(error))
        problems += audit(read, head)
    if problems:
        return _broken(problems)
    click.echo(f"{head.origin}: {head}: every entry, every tile and the checkpoint hold")
    return Exit.YES


@command.command("vkey")
@log_option
@key_option
@debug_option
def print_vkey(folder: Path, key: str, debug: bool) -> int:
    """Print the log's key as a verifier key (C2SP signed-note), for those who check the log."""
    from provenance.log import LogFiles

    click.echo(str(verifier_of(_origin(checkpoint_of(LogFiles(folder).read)), key)))
    return Exit.YES


def _begin_or_go_on(log: LogFiles, origin: str | None, signer: Ed25519Signer) -> None:
    """Make the log where it is to begin; else check that it was not put back to an older state."""
    from provenance.log import CHECKPOINT, Verifier, create

    if (content := log.read(CHECKPOINT)) is not None:
        known = _origin(content)
        if origin not in (None, known):
            raise UsageError(f"The log in {log.folder} is {known}, not {origin}")
        seen_checkpoints().follow(log.read, [Verifier(known, signer.public_key)])
    elif origin is None:
        raise UsageError(f"There is no log in {log.folder}", hint="--origin NAME begins one")
    else:
        create(log.folder, origin, signer)
        vkey = Verifier(origin, signer.public_key)
        click.echo(f"The log {origin} begins here; who checks it needs its key, {vkey}", err=True)


def entry_of(content: bytes) -> Entry:
    """Return the log's entry about a stored report, whoever signed it; raises ReportError where it is no report."""
    from provenance.log import Entry, LoggedArtifact
    from provenance.report.statement import predicate_digest, read_statement
    from provenance.signing import open_envelope

    payload = open_envelope(content).payload
    statement = read_statement(payload)
    (subject,) = statement.subject
    return Entry(
        purl=statement.predicate.purl,
        artifact=LoggedArtifact(filename=subject.name, sha256=subject.digest.sha256),
        verdict=statement.predicate.verdict,
        predicate=predicate_digest(payload),
        envelope=hashlib.sha256(content).hexdigest(),
    )


def _origin(checkpoint: bytes) -> str:
    from provenance.log import claimed_head

    return claimed_head(checkpoint).origin


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ReportError(f"{file} cannot be read: {error.strerror or error}") from error


def _entry(file: Path) -> bytes:
    from provenance.log import NOTE, answer_entry

    content = _read(file)
    try:
        return bytes(answer_entry(content) if file.name.endswith(NOTE) else entry_of(content))
    except (ReportError, BrokenLogError) as error:
        raise ReportError(f"{file}: {error}") from error


def _broken(problems: list[str]) -> int:
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} things do not hold" if len(problems) > 1 else "1 thing does not hold")
    return Exit.NO
