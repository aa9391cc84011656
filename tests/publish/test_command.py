"""`provenance publish` as a person runs it: in, checks of real releases; out, a site, one line, and an exit code."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.command import Outcome
from corpus.example import FLIT
from corpus.git_host import GitHost
from corpus.tamper import append, rewrite_wheel
from tests.conftest import Check, MakeRelease, Run

Host = Callable[[Path], str]


def test_checks_become_a_site(release: MakeRelease, check: Check, run: Run, tmp_path: Path) -> None:
    """Checked, logged, published: the answer is on the release's page; a second run has nothing to do."""
    built = release(FLIT)
    check(built, "--output", str(tmp_path / "reports"))
    files = [str(path) for path in (tmp_path / "reports").rglob("*.intoto.json")]
    run("log", "append", *files, "--log", str(tmp_path / "log"), "--origin", "logs.example/record")
    publish = (
        "publish",
        str(tmp_path / "reports"),
        "--to",
        str(tmp_path / "site"),
        "--log",
        str(tmp_path / "log"),
    )
    first = run(*publish)
    assert (first.code, first.stderr) == (0, "")
    assert first.stdout.startswith(f"{tmp_path / 'site'}: 1 releases published, 0 unchanged, ")
    page = (tmp_path / "site/pypi/plume/1.0.0/index.html").read_text()
    assert "<h1>Yes. plume 1.0.0 is the source at" in page
    assert page.count(">proof that it is in the log<") == len(built.artifacts)
    assert (
        run(*publish).stdout == f"{tmp_path / 'site'}: 0 releases published, 1 unchanged, 0 files written\n"
    )


def test_reports_without_a_signature_are_left_out(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """Named on stderr, with exit code 4."""
    run("key", "new")
    check(release(FLIT), "--output", str(tmp_path / "reports"), "--no-sign")
    outcome = run("publish", str(tmp_path / "reports"), "--to", str(tmp_path / "site"))
    assert outcome.code == 4
    assert "is not signed by a key that the site publishes" in outcome.stderr
    assert outcome.stdout.startswith(f"{tmp_path / 'site'}: 0 releases published")


def test_without_a_key_or_a_log_the_command_says_what_is_missing(run: Run, tmp_path: Path) -> None:
    """And how to go on."""
    (tmp_path / "reports").mkdir()
    publish = ("publish", str(tmp_path / "reports"), "--to", str(tmp_path / "site"))
    assert "There is no key default" in run(*publish).stderr
    run("key", "new")
    outcome = run(*publish, "--log", str(tmp_path / "reports"))
    assert (outcome.code, outcome.stderr) == (4, f"error: There is no log in {tmp_path / 'reports'}\n")
    assert run(*publish, "--address", "here").code == 2


@pytest.fixture
def published(release: MakeRelease, check: Check, run: Run, tmp_path: Path, host: Host) -> str:
    """The address of a site with the report of a release that this user checked."""
    check(release(FLIT), "--output", str(tmp_path / "reports"))
    run("publish", str(tmp_path / "reports"), "--to", str(tmp_path / "site"))
    return host(tmp_path / "site")


def answer(outcome: Outcome) -> list[str]:
    """The lines of an answer, without where reports are stored and who signed."""
    return [line for line in outcome.stdout.splitlines() if "report" not in line]


def test_a_trusted_report_answers_without_a_check(
    release: MakeRelease, check: Check, published: str, git_host: GitHost
) -> None:
    """The same answer, and it says whose; neither the git host nor the artifacts are asked for."""
    fresh = check(release(FLIT))
    before = git_host.traffic.requests
    taken = check(release(FLIT), "--trust", published)
    assert (taken.code, answer(taken)) == (fresh.code, answer(fresh))
    assert taken.stdout.splitlines()[-1].startswith("  This is the report that yourself (default) (key ")
    assert taken.stdout.endswith(f"signed, from {published}: nothing was compared here.\n")
    assert git_host.traffic.requests == before


def test_a_policy_says_whose_reports_stand_for_a_check(
    release: MakeRelease, check: Check, published: str, tmp_path: Path
) -> None:
    """A trusted key that the policy does not name is not enough."""
    policy = tmp_path / "provenance.toml"
    policy.write_text(f'required-signers = ["{"00" * 32}"]\n')
    outcome = check(release(FLIT), "--trust", published, "--policy", str(policy))
    assert "is signed by no key that you trust and your policy admits" in outcome.stderr
    assert outcome.stdout.startswith("Yes.")


def test_a_tampered_release_is_checked_although_a_report_of_the_good_one_is_published(
    release: MakeRelease, check: Check, published: str, tmp_path: Path
) -> None:
    """The index names other bytes than those that were checked."""
    built = release(FLIT)
    tampered = rewrite_wheel(built.wheel, tmp_path, {"plume/__init__.py": append(b"import os\n")})
    outcome = check(built, "--trust", published, artifacts=[built.sdist, tampered])
    assert outcome.code == 1
    assert "on the index has other bytes than the one that was checked" in outcome.stderr


def test_a_stranger_s_report_is_not_used(
    release: MakeRelease, check: Check, run: Run, published: str, tmp_path: Path
) -> None:
    """Nor is one that the site does not have; the release is checked."""
    (tmp_path / "data/keys/default.pem").unlink()
    outcome = check(release(FLIT), "--trust", published)
    assert outcome.code == 0
    assert "is signed by no key that you trust" in outcome.stderr
    assert "signed by" in outcome.stdout
    shutil.rmtree(tmp_path / "site/pypi")
    assert "there is none about" in check(release(FLIT), "--trust", published).stderr


@pytest.fixture
def logged(release: MakeRelease, check: Check, run: Run, tmp_path: Path) -> Path:
    """The report on a release's sdist, in a log that is published with it."""
    check(release(FLIT), "--output", str(tmp_path / "reports"))
    files = [str(path) for path in (tmp_path / "reports").rglob("*[lz].intoto.json")]
    run("log", "append", *files, "--log", str(tmp_path / "log"), "--origin", "logs.example/record")
    to = ("--to", str(tmp_path / "site"), "--log", str(tmp_path / "log"))
    assert run("publish", str(tmp_path / "reports"), *to).code == 0
    return next((tmp_path / "reports").rglob("*.gz.intoto.json"))


def test_a_report_is_verified_against_a_log_on_the_web(
    logged: Path, run: Run, host: Host, tmp_path: Path
) -> None:
    """Inclusion, with the proof or without one, and the log goes on from what was seen; an audit reads it all."""
    log = f"{host(tmp_path / 'site')}log/"
    verify = ("verify", str(logged), "--artifact", str(tmp_path / "cache"), "--log", log)
    for _ in range(2):
        outcome = run(*verify)
        assert "included at index" in outcome.stdout
        assert "consistent with the newest seen" in outcome.stdout
        assert outcome.code == 0
        logged.with_name(f"{logged.name}.tlog-proof").unlink(missing_ok=True)
    assert run("log", "audit", "--log", log).code == 0
    assert run("log", "checkpoint", "--log", log).stdout == (tmp_path / "log/checkpoint").read_text()


def test_a_log_on_the_web_that_was_put_back_or_is_gone_is_told(
    logged: Path, run: Run, host: Host, tmp_path: Path
) -> None:
    """It shows fewer entries than this user saw; and where there is none, the report is not verified."""
    address = host(tmp_path / "site")
    log = tmp_path / "site/log"
    assert run("verify", str(logged), "--log", f"{address}log").code == 0
    shutil.rmtree(log)
    shutil.move(tmp_path / "data/logs", tmp_path / "aside")
    one = str(next((tmp_path / "reports").rglob("*.whl.intoto.json")))
    run("log", "append", one, "--log", str(log), "--origin", "logs.example/record")
    shutil.rmtree(tmp_path / "data/logs")
    shutil.move(tmp_path / "aside", tmp_path / "data/logs")
    outcome = run("verify", str(logged), "--log", f"{address}log")
    assert "The log logs.example/record was put back" in outcome.stdout
    assert outcome.code == 1
    shutil.rmtree(log)
    assert run("verify", str(logged), "--log", f"{address}log").code == 3
    assert run("verify", str(logged), "--log", f"{address}log", "--offline").code == 2


def test_a_witness_cosigns_a_log_on_the_web(logged: Path, run: Run, host: Host, tmp_path: Path) -> None:
    """The line is printed for who keeps the log; readers ask for it."""
    address = f"{host(tmp_path / 'site')}log/"
    run("key", "new", "witness")
    vkey = run("log", "vkey", "--log", str(tmp_path / "log")).stdout.strip()
    named = ("--name", "witness.example", "--key", "witness", "--vkey", vkey)
    outcome = run("log", "cosign", "--log", address, *named)
    witness = outcome.stderr.strip().rpartition(" ")[2]
    verify = ("verify", str(logged), "--log", address, "--witness", witness)
    before = run(*verify)
    assert (before.code, "it is not cosigned by witness.example" in before.stdout) == (3, True)
    with (tmp_path / "site/log/checkpoint").open("a", encoding="utf-8") as checkpoint:
        checkpoint.write(outcome.stdout)
    after = run(*verify)
    assert (after.code, ", cosigned by witness.example (" in after.stdout) == (0, True)
