"""What a `.tlog-proof` proves, offline, and that no byte of it can be another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.errors import BrokenLogError
from provenance.log import LogFiles, Tree, Verifier, append, check_proof, prove
from tests.log.conftest import KEY, ORIGIN, Key, MakeLog, entry

TRUSTED = [Verifier(ORIGIN, KEY.public_key)]


def proof_of(folder: Path, made_index: int, size: int, name: bytes) -> bytes:
    """The proof of an entry, made from the log's files."""
    checkpoint = append(folder, [], KEY).checkpoint
    assert checkpoint.size == size
    return prove(Tree(LogFiles(folder).read, size), made_index, name, checkpoint)


@pytest.mark.parametrize("size", [1, 2, 7, 256, 257, 700])
def test_every_entry_has_a_proof_that_holds(make_log: MakeLog, tmp_path: Path, size: int) -> None:
    """The proof alone, the entry and the log's key say where the entry is."""
    made = make_log(size)
    tree = Tree(LogFiles(tmp_path / "log").read, size)
    for index in range(size):
        logged = check_proof(prove(tree, index, entry(index), made.checkpoint), entry(index), TRUSTED)
        assert (logged.index, logged.checkpoint) == (index, made.checkpoint)


def test_a_proof_has_the_form_of_its_specification(make_log: MakeLog, tmp_path: Path) -> None:
    """Header, index, one line per hash, an empty line, the checkpoint as it is."""
    make_log(5)
    head, checkpoint = proof_of(tmp_path / "log", 2, 5, entry(2)).split(b"\n\n", 1)
    header, index, *steps = head.decode().split("\n")
    assert (header, index) == ("c2sp.org/tlog-proof@v1", "index 2")
    assert [len(step) for step in steps] == [44, 44, 44]
    assert checkpoint == (tmp_path / "log" / "checkpoint").read_bytes()


def test_every_changed_byte_of_a_proof_is_refused(make_log: MakeLog, tmp_path: Path) -> None:
    """Whatever is changed, removed or put in, the proof does not hold."""
    make_log(6)
    proof = proof_of(tmp_path / "log", 4, 6, entry(4))
    assert check_proof(proof, entry(4), TRUSTED).index == 4
    for place in range(len(proof)):
        for other in (proof[place] ^ 1, proof[place] ^ 0x20, 0x0A):
            changed = proof[:place] + bytes([other]) + proof[place + 1 :]
            if changed != proof:
                with pytest.raises(BrokenLogError):
                    check_proof(changed, entry(4), TRUSTED)
        with pytest.raises(BrokenLogError):
            check_proof(proof[:place] + proof[place + 1 :], entry(4), TRUSTED)
        with pytest.raises(BrokenLogError):
            check_proof(proof[:place], entry(4), TRUSTED)


def test_a_proof_is_of_its_entry_alone(make_log: MakeLog, tmp_path: Path) -> None:
    """Another entry, even one of the same log, is not proven."""
    make_log(6)
    proof = proof_of(tmp_path / "log", 4, 6, entry(4))
    for other in (entry(3), entry(4) + b" ", b""):
        with pytest.raises(BrokenLogError, match="does not have this entry at 4"):
            check_proof(proof, other, TRUSTED)


def test_a_proof_needs_a_log_that_is_trusted(make_log: MakeLog, tmp_path: Path) -> None:
    """Neither another log's key nor another key of this log's name will do."""
    make_log(1)
    proof = proof_of(tmp_path / "log", 0, 1, entry(0))
    for trusted, said in (
        ([], "is not one whose key is trusted here"),
        ([Verifier("other.example", KEY.public_key)], "is not one whose key is trusted here"),
        ([Verifier(ORIGIN, Key("another").public_key)], "There is no signature by logs.example/reports"),
    ):
        with pytest.raises(BrokenLogError, match=said):
            check_proof(proof, entry(0), trusted)


def test_a_proof_with_unsigned_extra_data_is_refused(make_log: MakeLog, tmp_path: Path) -> None:
    """The format's `extra` line is not signed, and entries of these logs need none."""
    make_log(1)
    proof = proof_of(tmp_path / "log", 0, 1, entry(0)).replace(b"\nindex", b"\nextra AAAA\nindex", 1)
    with pytest.raises(BrokenLogError, match="no proof of inclusion"):
        check_proof(proof, entry(0), TRUSTED)


def test_a_proof_is_not_made_of_what_the_tree_does_not_hold(make_log: MakeLog, tmp_path: Path) -> None:
    """Of another entry there is no proof to make."""
    make_log(3)
    with pytest.raises(BrokenLogError, match="do not prove its entry 1"):
        proof_of(tmp_path / "log", 1, 3, entry(2))
