"""What a check leaves behind: in, releases of every kind; out, signed files that anyone can show and compare."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from corpus.command import Outcome
from corpus.example import FLIT, UNTAGGED
from corpus.tamper import append, rewrite_wheel
from provenance.report.statement import predicate_digest
from provenance.signing import KeyStore, open_envelope, public_key
from tests.conftest import Check, MakeRelease, Run

RELEASE = Path("plume/1.0.0")


def statement(file: Path) -> dict[str, Any]:
    """What stands in a stored report."""
    document: dict[str, Any] = json.loads(base64.b64decode(json.loads(file.read_bytes())["payload"]))
    return document


def test_a_check_stores_a_report_of_every_artifact_and_names_the_place(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """In the user's data folder, with a summary and a result beside each."""
    built = release(FLIT)
    folder = tmp_path / "data/reports" / RELEASE
    assert f"  report    {folder}  signed by " in check(built).stdout
    assert {file.name for file in folder.iterdir()} == {
        f"{artifact.name}{suffix}.intoto.json"
        for artifact in built.artifacts
        for suffix in ("", ".vsa", ".svr")
    }


def test_two_checks_on_two_machines_give_the_same_predicate(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """Other keys, other folders, other times: the same digest, and `compare` says so."""
    built = release(FLIT)
    files = []
    for name in ("one", "two"):
        run("key", "new", name)
        check(built, "--output", str(tmp_path / name), "--key", name)
        files.append(tmp_path / name / RELEASE / f"{built.sdist.name}.intoto.json")
    assert files[0].read_bytes() != files[1].read_bytes()
    payloads = [open_envelope(file.read_bytes()).payload for file in files]
    assert predicate_digest(payloads[0]) == predicate_digest(payloads[1])
    outcome = run("compare", *map(str, files))
    assert (outcome.code, outcome.stdout) == (0, f"Both reports say the same of {built.sdist.name}.\n")


def test_the_first_check_makes_a_key_and_says_so_once(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """Later ones sign with it and say nothing."""
    said = [check(release(FLIT)).stderr for _ in range(2)]
    assert said == [
        f"Reports are signed from now on with a key made for you, {tmp_path}/data/keys/default.pem\n",
        "",
    ]


def test_the_exported_key_verifies_what_a_check_wrote(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """Every file, with the PEM that `provenance key export` prints."""
    check(release(FLIT))
    key = public_key(run("key", "export").stdout.encode())
    files = list((tmp_path / "data/reports" / RELEASE).iterdir())
    assert len(files) == 6
    assert {open_envelope(file.read_bytes(), [key]).verified for file in files} == {(key.keyid,)}
    assert key.keyid in run("key", "list").stdout


def test_a_key_under_a_passphrase_is_not_used_without_it(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """The answer is printed, the report is not written, and the sentence says what to do."""
    KeyStore(tmp_path / "data/keys").new("default", b"open sesame")
    outcome = check(release(FLIT))
    assert outcome.code == 4
    assert outcome.stdout.startswith("Yes. plume 1.0.0 ")
    assert "PROVENANCE_KEY_PASSPHRASE" in outcome.stderr
    assert not (tmp_path / "data/reports").exists()


def test_an_unsigned_report_is_asked_for(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """With --no-sign no key is made, and the envelopes hold no signature."""
    assert "not signed" in check(release(FLIT), "--no-sign").stdout
    assert not (tmp_path / "data/keys").exists()
    for file in (tmp_path / "data/reports" / RELEASE).iterdir():
        assert json.loads(file.read_bytes())["signatures"] == []


def test_a_key_can_be_a_file(release: MakeRelease, check: Check, run: Run, tmp_path: Path) -> None:
    """Any PKCS #8 PEM."""
    made = run("key", "new", "team").stdout.split()
    assert f"signed by {made[1][:12]}" in check(release(FLIT), "--key", made[2]).stdout


def test_an_unknown_key_is_not_made(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """Only the default key is."""
    outcome = check(release(FLIT), "--key", "team")
    assert outcome.code == 4
    assert "There is no key team" in outcome.stderr
    assert not (tmp_path / "data/keys").exists()


def test_no_and_cannot_tell_are_stored_too(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """Negative results are signed as well; the summary is FAILED and there is no result of what passed."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/_hook.py": append(b"import os\n")})
    assert check(built, artifacts=[built.sdist, wheel], hashes=False).code == 1
    assert check(release(UNTAGGED)).code == 3
    folder = tmp_path / "data/reports"
    for file, verdict in (
        (folder / RELEASE / wheel.name, "mismatch"),
        (folder / UNTAGGED.name / "1.0.0" / release(UNTAGGED).sdist.name, "no-source"),
    ):
        assert statement(file.with_name(f"{file.name}.intoto.json"))["predicate"]["verdict"] == verdict
        summary = statement(file.with_name(f"{file.name}.vsa.intoto.json"))["predicate"]
        assert summary["verificationResult"] == "FAILED"
        assert not file.with_name(f"{file.name}.svr.intoto.json").exists()


def test_a_result_does_not_outlive_its_report(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """Where an artifact of the same name passed before, the old result goes."""
    built = release(FLIT)
    check(built)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/_hook.py": append(b"import os\n")})
    check(built, artifacts=[built.sdist, wheel], hashes=False)
    left = {file.name for file in (tmp_path / "data/reports" / RELEASE).iterdir()}
    assert f"{wheel.name}.vsa.intoto.json" in left
    assert f"{wheel.name}.svr.intoto.json" not in left


def test_a_download_with_another_digest_is_reported_under_its_own(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """The no is about the bytes that came, not about those that the index names."""
    built = release(FLIT)
    assert check(built, artifacts=[built.wheel], wrong_hash=[built.wheel.name]).code == 1
    stored = statement(tmp_path / "data/reports" / RELEASE / f"{built.wheel.name}.intoto.json")
    assert stored["predicate"]["findings"][0]["rule"] == "digest"
    assert stored["subject"][0]["digest"]["sha256"] == sha256(built.wheel.read_bytes()).hexdigest()


def test_a_local_artifact_is_reported(release: MakeRelease, run: Run, tmp_path: Path) -> None:
    """As one of a release, alone."""
    built = release(FLIT)
    assert f"{built.sdist.name}.intoto.json  signed by" in run("check", str(built.sdist)).stdout
    stored = statement(tmp_path / "data/reports" / RELEASE / f"{built.sdist.name}.intoto.json")
    assert "siblings" not in stored["predicate"]


def test_a_stored_report_is_shown_as_it_was(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """The same text, from the files of the release's artifacts."""
    said, shown = check_and_show(release, check, run, tmp_path, "text")
    own = ("  report ", "  To see a difference", "  To tell those who can act", "  What the words mean")
    assert shown.stdout.splitlines() == [
        line for line in said.stdout.splitlines() if not line.startswith(own)
    ]


def test_a_stored_report_holds_what_lasts_of_the_json(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """The same document, but for notices of the day and their count."""
    said, shown = check_and_show(release, check, run, tmp_path, "json")
    (before,), (after,) = said.document["releases"], shown.document["releases"]
    before["notices"] = [notice for notice in before["notices"] if notice["is_lasting"]]
    assert [{**each, "severities": None} for each in (before, after)] == [{**after, "severities": None}] * 2


def check_and_show(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path, format_name: str
) -> tuple[Outcome, Outcome]:
    """What a check of a tampered release printed, and what `show` prints of its reports."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/_hook.py": append(b"import os\n")})
    said = check(built, "--format", format_name, artifacts=[built.sdist, wheel])
    files = sorted((tmp_path / "data/reports" / RELEASE).glob("*[lz].intoto.json"))
    shown = run("show", "--format", format_name, *map(str, files))
    assert shown.code == 0
    return said, shown


def test_compare_says_where_two_reports_differ(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """Field by field, findings by their paths, and exit code 1."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/_hook.py": append(b"import os\n")})
    files = []
    for name, artifact in (("one", built.wheel), ("two", wheel)):
        run("check", str(artifact), "--output", str(tmp_path / name))
        files.append(str(tmp_path / name / RELEASE / f"{wheel.name}.intoto.json"))
    outcome = run("compare", *files)
    assert outcome.code == 1
    lines = outcome.stdout.splitlines()
    place = lines.index("  findings[plume/_hook.py]")
    assert lines[place + 1].startswith("    + added (none): ")
    place = lines.index("  verdict")
    assert lines[place + 1 : place + 3] == ["    - match", "    + mismatch"]


def test_reports_of_two_artifacts_are_not_compared(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """That is a misunderstanding, and said so."""
    check(release(FLIT))
    files = sorted((tmp_path / "data/reports" / RELEASE).glob("*[lz].intoto.json"))
    outcome = run("compare", *map(str, files))
    assert outcome.code == 2
    assert "two artifacts" in outcome.stderr


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe"])
def test_a_file_that_is_no_report_is_named(content: bytes, run: Run, tmp_path: Path) -> None:
    """With its path and what is wrong."""
    file = tmp_path / "broken.intoto.json"
    file.write_bytes(content)
    outcome = run("show", str(file))
    assert outcome.code == 4
    assert str(file) in outcome.stderr
