"""A witness's line in a checkpoint: made here and read by another implementation of the format, and the other way."""

from __future__ import annotations

import hashlib
import struct
from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provenance.errors import BrokenLogError, LogError
from provenance.log import Verifier, Witness, cosign, cosigned_by, open_checkpoint
from tests.log.conftest import KEY, ORIGIN, Key, MakeLog

NAME = "witness.example/1"
MOMENT = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
WITNESS = Key("a witness's key")


def signed_message(text: bytes, seconds: int) -> bytes:
    """What a witness signs, as c2sp.org/tlog-cosignature has it, written anew."""
    return b"\n".join([b"cosignature/v1", b"time %d" % seconds, text])


def key_id(name: str, public_key: bytes) -> bytes:
    """The id of an Ed25519 cosignature key, likewise."""
    return hashlib.sha256(b"%s\n\x04%s" % (name.encode(), public_key)).digest()[:4]


def line_of(name: str, key: Key, text: bytes, seconds: int) -> str:
    """A witness's line, likewise."""
    signature = struct.pack(">Q", seconds) + key.sign(signed_message(text, seconds))
    return f"\u2014 {name} {b64encode(key_id(name, key.public_key) + signature).decode()}\n"


@pytest.fixture
def note(make_log: MakeLog) -> bytes:
    """A log's signed checkpoint."""
    return make_log(5).checkpoint.note


def test_a_line_is_what_the_specification_says(note: bytes) -> None:
    """Key id, time in eight bytes, and a signature over header, time and the whole text."""
    cosigned = cosign(note, NAME, WITNESS, MOMENT)
    assert cosigned.startswith(note)
    dash, name, encoded = cosigned.decode().splitlines()[-1].split(" ")
    content = b64decode(encoded)
    text = note[: note.rindex(b"\n\n") + 1]
    assert (dash, name, content[:4]) == ("\u2014", NAME, key_id(NAME, WITNESS.public_key))
    assert struct.unpack(">Q", content[4:12]) == (int(MOMENT.timestamp()),)
    message = signed_message(text, int(MOMENT.timestamp()))
    Ed25519PublicKey.from_public_bytes(WITNESS.public_key).verify(content[12:], message)


def test_the_specification_s_own_witness_key_has_its_id() -> None:
    """The example's line begins with the id of its key, which is no part of the example: only the form is compared."""
    witness = Witness("witness.example.com/w1", WITNESS.public_key)
    name, number, key = str(witness).split("+", 2)
    assert (name, bytes.fromhex(number)) == (witness.name, key_id(witness.name, WITNESS.public_key))
    assert b64decode(key) == b"\x04" + WITNESS.public_key
    assert Witness.parse(str(witness)) == witness
    with pytest.raises(LogError, match="is not a verifier key"):
        Witness.parse(str(Verifier(ORIGIN, KEY.public_key)))


def test_another_implementation_s_line_holds(note: bytes) -> None:
    """And says who and when; a log's own signature still holds beside it, and unknown witnesses are passed over."""
    text = note[: note.rindex(b"\n\n") + 1]
    stranger = line_of("stranger.example", Key("a stranger's key"), text, 5)
    cosigned = note + stranger.encode() + line_of(NAME, WITNESS, text, int(MOMENT.timestamp())).encode()
    (found,) = cosigned_by(cosigned, [Witness(NAME, WITNESS.public_key)])
    assert (found.witness, found.moment) == (NAME, MOMENT)
    assert open_checkpoint(cosigned, [Verifier(ORIGIN, KEY.public_key)]).size == 5


def test_a_later_line_takes_the_place_of_an_earlier_one(note: bytes) -> None:
    """By the same witness; those of others stay."""
    other = cosign(note, "other.example", Key("another witness"), MOMENT)
    once = cosign(other, NAME, WITNESS, MOMENT)
    later = cosign(once, NAME, WITNESS, MOMENT.replace(year=2027))
    assert later.startswith(other)
    assert later.count(NAME.encode()) == 1
    assert cosigned_by(later, [Witness(NAME, WITNESS.public_key)])[0].moment.year == 2027


def test_a_line_for_another_checkpoint_does_not_hold(make_log: MakeLog, note: bytes) -> None:
    """Nor one whose time was changed."""
    other = make_log(6, "other").checkpoint.note
    line = cosign(other, NAME, WITNESS, MOMENT).decode().splitlines()[-1]
    with pytest.raises(BrokenLogError, match=f"The cosignature by {NAME} does not hold"):
        cosigned_by(note + f"{line}\n".encode(), [Witness(NAME, WITNESS.public_key)])
    content = bytearray(
        b64decode(cosign(note, NAME, WITNESS, MOMENT).decode().splitlines()[-1].split(" ")[2])
    )
    content[11] ^= 1
    changed = note + f"\u2014 {NAME} {b64encode(content).decode()}\n".encode()
    with pytest.raises(BrokenLogError, match="does not hold"):
        cosigned_by(changed, [Witness(NAME, WITNESS.public_key)])
