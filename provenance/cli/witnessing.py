"""`provenance log cosign`: a log in, a witness's line about its checkpoint out; and who is asked for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.exits import Exit
from provenance.cli.log_key import load_signer, verifier_of
from provenance.cli.log_place import checkpoint_of, is_address, opened_log
from provenance.cli.storing import DEFAULT_KEY, data_folder
from provenance.errors import LogError, UsageError

if TYPE_CHECKING:
    from provenance.log import SeenCheckpoints, Witness


def witness_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the option that names witnesses."""
    return click.option(
        "--witness",
        "witnesses",
        metavar="VKEY",
        multiple=True,
        help="Ask for the cosignature of this witness, as `log cosign` prints its key.",
    )(command)


@click.command("cosign")
@click.option("--log", "place", metavar="DIR|URL", required=True, help="The log's folder, or its address.")
@click.option("--name", metavar="NAME", required=True, help="The witness: witness.example/1, for instance.")
@click.option(
    "--key", metavar="NAME|FILE", default=DEFAULT_KEY, help="The witness's key, used for nothing else."
)
@click.option(
    "--vkey", metavar="VKEY", required=True, help="The log's key as `provenance log vkey` prints it."
)
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def cosign_log(place: str, name: str, key: str, vkey: str, debug: bool) -> int:
    """Vouch as a witness that the log goes on from what this witness saw last.

    Prints the line that says so (C2SP tlog-cosignature). In a folder it is added to the log's checkpoint; who keeps a
    log that others witness appends their lines to `checkpoint`. Where the log does not hold, nothing is signed.
    """
    from provenance.log import Witness, cosign

    signer = load_signer(key)
    witness = Witness(name, signer.public_key)
    verifier = verifier_of("", key, vkey)
    if verifier.public_key == witness.public_key:
        raise UsageError(
            "A log cannot be its own witness", hint="make another key: provenance key new witness"
        )
    with opened_log(place) as read:
        checkpoint = seen_checkpoints().follow(read, [verifier])
    note = cosign(checkpoint.note, name, signer, datetime.now(UTC))
    if not is_address(place):
        _replace(Path(place), checkpoint.note, note)
    click.echo(note.decode().splitlines()[-1])
    click.echo(
        f"{checkpoint.origin}: {checkpoint}: cosigned; readers need this witness's key, {witness}", err=True
    )
    return Exit.YES


def known_witnesses(vkeys: Sequence[str]) -> list[Witness]:
    """Return the witnesses that were named; raises UsageError."""
    from provenance.log import Witness

    try:
        return [Witness.parse(vkey) for vkey in vkeys]
    except LogError as error:
        raise UsageError(str(error), hint="provenance log cosign prints the key of a witness") from error


def seen_checkpoints() -> SeenCheckpoints:
    """Return the newest checkpoints that this user has seen, of every log."""
    from provenance.log import SeenCheckpoints

    return SeenCheckpoints(data_folder() / "logs")


def _replace(folder: Path, old: bytes, new: bytes) -> None:
    from provenance.log import CHECKPOINT, LogFiles

    files = LogFiles(folder)
    with files.locked():
        if checkpoint_of(files.read) != old:
            raise LogError(f"The log in {folder} has grown meanwhile", hint="cosign it again")
        files.write({CHECKPOINT: new})
