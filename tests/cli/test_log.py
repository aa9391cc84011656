"""`provenance log`: reports of a real check in; a log, proofs beside the reports, and audits out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from corpus.example import FLIT
from tests.conftest import Check, MakeRelease, Run
from tests.log.independent import read_entries

ORIGIN = "logs.example/reports"


@pytest.fixture
def reports(release: MakeRelease, check: Check, tmp_path: Path) -> list[str]:
    """The stored reports of a release: of its sdist and its wheel. The check has made this user's key."""
    check(release(FLIT), "--output", str(tmp_path / "reports"))
    return sorted(map(str, (tmp_path / "reports").rglob("*[lz].intoto.json")))


@pytest.fixture
def log(run: Run, reports: list[str], tmp_path: Path) -> str:
    """A log of these reports."""
    folder = str(tmp_path / "log")
    assert run("log", "append", *reports, "--log", folder, "--origin", ORIGIN).code == 0
    return folder


def test_reports_are_logged_with_a_proof_beside_each(run: Run, reports: list[str], tmp_path: Path) -> None:
    """The first append begins the log and says whose key checks it; every report gets its index."""
    folder = str(tmp_path / "log")
    outcome = run("log", "append", *reports, "--log", folder, "--origin", ORIGIN)
    assert outcome.code == 0
    assert f"{ORIGIN}+" in outcome.stderr
    assert outcome.stdout.splitlines()[:-1] == [
        f"{index:>6}  {report}" for index, report in enumerate(reports)
    ]
    assert outcome.stdout.splitlines()[-1].startswith(f"{ORIGIN}: 2 entries, root ")
    assert all(
        Path(f"{report}.tlog-proof").read_text().startswith("c2sp.org/tlog-proof@v1\n") for report in reports
    )


def test_an_entry_names_artifact_verdict_and_report(log: str, reports: list[str]) -> None:
    """It is what docs/log/v1.md says."""
    entries = [json.loads(entry) for entry in read_entries(Path(log), len(reports))]
    assert [list(entry) for entry in entries] == [
        ["artifact", "envelope", "predicate", "purl", "type", "verdict"]
    ] * 2
    assert [f"{entry['artifact']['filename']}.intoto.json" for entry in entries] == [
        Path(report).name for report in reports
    ]
    assert {entry["verdict"] for entry in entries} == {"match"}


def test_a_report_that_is_logged_keeps_its_index(run: Run, log: str, reports: list[str]) -> None:
    """Its proof is made again."""
    proof = Path(f"{reports[1]}.tlog-proof")
    before = proof.read_bytes()
    proof.unlink()
    outcome = run("log", "append", reports[1], "--log", log)
    assert (outcome.code, outcome.stdout.splitlines()[0]) == (0, f"     1  {reports[1]}")
    assert proof.read_bytes() == before


def test_a_whole_log_holds(run: Run, log: str) -> None:
    """By the user's own key, or the verifier key that others are given."""
    vkey = run("log", "vkey", "--log", log).stdout.strip()
    printed = run("log", "checkpoint", "--log", log).stdout
    assert printed == (Path(log) / "checkpoint").read_text()
    for options in ((), ("--vkey", vkey)):
        verified = run("log", "checkpoint", "--log", log, "--verify", *options)
        audited = run("log", "audit", "--log", log, *options)
        assert (verified.code, audited.code) == (0, 0), verified.stdout + audited.stdout
        assert "every entry, every tile and the checkpoint hold" in audited.stdout


def test_a_damaged_log_does_not_hold(run: Run, log: str) -> None:
    """The audit says what, and where; the exit code is no."""
    bundle = Path(log) / "tile" / "entries" / "000.p" / "2"
    bundle.write_bytes(bundle.read_bytes().replace(b"match", b"MATCH"))
    audited = run("log", "audit", "--log", log)
    assert audited.code == 1
    assert "entry 0 in tile/entries/000.p/2: It is not an entry" in audited.stdout
    assert "tile/0/000.p/2 does not hold: it has another hash for entry 0, 1" in audited.stdout
    note = Path(log) / "checkpoint"
    note.write_text(note.read_text().replace("\n2\n", "\n1\n"))
    verified = run("log", "checkpoint", "--log", log, "--verify")
    assert (verified.code, verified.stdout.splitlines()[0]) == (
        1,
        f"The checkpoint of {ORIGIN} does not hold: The signature by {ORIGIN} does not hold",
    )


def test_a_log_that_forgot_an_entry_does_not_hold(run: Run, reports: list[str], tmp_path: Path) -> None:
    """An older state, whole and signed, is less than this user has seen; nothing can be appended to it."""
    folder = tmp_path / "log"
    run("log", "append", reports[0], "--log", str(folder), "--origin", ORIGIN)
    shutil.copytree(folder, tmp_path / "older")
    run("log", "append", reports[1], "--log", str(folder))
    verified = run("log", "checkpoint", "--log", str(tmp_path / "older"), "--verify")
    assert verified.code == 1
    assert "was put back: it shows 1 of the 2 entries seen before" in verified.stdout
    appended = run("log", "append", reports[1], "--log", str(tmp_path / "older"))
    assert appended.code == 4
    assert "was put back" in appended.stderr


def test_summaries_are_passed_over(run: Run, log: str, reports: list[str]) -> None:
    """A pattern that names all statements in a folder logs the reports alone."""
    statements = sorted(map(str, Path(reports[0]).parent.glob("*.intoto.json")))
    assert len(statements) == 6
    outcome = run("log", "append", *statements, "--log", log)
    assert (outcome.code, outcome.stdout.splitlines()[-1][:33]) == (0, f"{ORIGIN}: 2 entries, ")


def test_what_cannot_be_done_is_said(run: Run, log: str, reports: list[str], tmp_path: Path) -> None:
    """No log, no key, no report: a sentence, and the exit code of the case."""
    new, report = str(tmp_path / "new"), reports[0]
    for arguments, code, said in (
        (["append", report, "--log", new], 2, "There is no log in"),
        (["append", report, "--log", log, "--origin", "other.example"], 2, "not other.example"),
        (["append", report, "--log", log, "--key", "nobody"], 4, "There is no key nobody"),
        (["append", f"{report}.tlog-proof", "--log", log], 4, "is not a signed report"),
        (["append", new, "--log", log], 4, "cannot be read"),
        (["checkpoint", "--log", new], 4, "There is no log in"),
        (["audit", "--log", new], 4, "There is no log in"),
        (["audit", "--log", log, "--vkey", "x"], 2, "'x' is not a verifier key"),
    ):
        outcome = run("log", *arguments)
        assert (outcome.code, said in outcome.stderr) == (code, True), outcome


WITNESS = "witness.example/1"


@pytest.fixture
def vkey(run: Run, log: str) -> str:
    """The log's key, as a witness is told it; the witness has a key of its own."""
    assert run("key", "new", "witness").code == 0
    return run("log", "vkey", "--log", log).stdout.strip()


def test_a_witness_cosigns_and_readers_see_it(run: Run, log: str, vkey: str) -> None:
    """The line is in the checkpoint, and holds by the witness's key."""
    cosign = ("log", "cosign", "--log", log, "--name", WITNESS, "--key", "witness", "--vkey", vkey)
    outcome = run(*cosign)
    assert outcome.code == 0
    assert Path(log, "checkpoint").read_text().splitlines()[-1] == outcome.stdout.strip()
    witness = outcome.stderr.strip().rpartition(" ")[2]
    verified = run("log", "checkpoint", "--log", log, "--verify", "--witness", witness)
    assert (verified.code, verified.stdout.splitlines()[-1][:31]) == (0, f"cosigned by {WITNESS} (")
    assert run("log", "audit", "--log", log).code == 0


def test_a_checkpoint_without_its_witness_is_told(run: Run, log: str, vkey: str, reports: list[str]) -> None:
    """A new entry makes a new checkpoint, which nobody has cosigned yet."""
    cosign = ("log", "cosign", "--log", log, "--name", WITNESS, "--key", "witness", "--vkey", vkey)
    witness = run(*cosign).stderr.strip().rpartition(" ")[2]
    report = Path(reports[0])
    again = report.with_name("again.intoto.json")
    again.write_bytes(report.read_bytes())
    run("log", "append", str(again), "--log", log)
    assert run("log", "checkpoint", "--log", log, "--verify", "--witness", witness).code == 0
    run(
        "log",
        "note",
        "plume==1.0.0",
        "--text",
        str(report),
        "--name",
        "ada.example",
        "--to",
        f"{report}.note",
    )
    run("log", "append", f"{report}.note", "--log", log)
    outcome = run("log", "checkpoint", "--log", log, "--verify", "--witness", witness)
    assert (outcome.code, outcome.stdout.splitlines()[-1]) == (3, f"not cosigned by {WITNESS}")
    assert run(*cosign).code == 0


def test_a_witness_signs_no_fork(run: Run, log: str, vkey: str, reports: list[str], tmp_path: Path) -> None:
    """Another history by the log's own key: nothing is signed, and the error names it."""
    cosign = ("--name", WITNESS, "--key", "witness", "--vkey", vkey)
    assert run("log", "cosign", "--log", log, *cosign).code == 0
    fork = tmp_path / "fork"
    shutil.move(tmp_path / "data/logs", tmp_path / "aside")
    run("log", "append", *reversed(reports), "--log", str(fork), "--origin", ORIGIN)
    shutil.rmtree(tmp_path / "data/logs")
    shutil.move(tmp_path / "aside", tmp_path / "data/logs")
    before = (fork / "checkpoint").read_bytes()
    outcome = run("log", "cosign", "--log", str(fork), *cosign)
    assert (outcome.code, outcome.stdout) == (4, "")
    assert "was forked" in outcome.stderr
    assert (fork / "checkpoint").read_bytes() == before


def test_a_log_is_not_its_own_witness(run: Run, log: str, vkey: str) -> None:
    """With the log's key."""
    outcome = run("log", "cosign", "--log", log, "--name", WITNESS, "--vkey", vkey)
    assert (outcome.code, outcome.stderr.splitlines()[0]) == (2, "error: A log cannot be its own witness")
