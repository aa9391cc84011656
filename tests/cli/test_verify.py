"""`provenance verify`: what a real check left behind in, honest or tampered with; what holds and an exit code out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.command import ROOT, Outcome, hermetic
from corpus.example import SETUPTOOLS
from corpus.tamper import append, rewrite_wheel
from provenance.model import Verdict
from provenance.report.predicate import Predicate
from provenance.report.statement import Statement, payload_of, read_statement
from provenance.signing import load_signer, open_envelope, seal
from tests.conftest import Check, CheckedRelease, MakeRelease, Run, Serve

OFFLINE = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise PermissionError(f"{event} is not allowed here")

sys.addaudithook(refuse)
from provenance.cli.main import main
main()
"""


@pytest.fixture
def verify(evidence: CheckedRelease, run: Run) -> Run:
    """Verify reports with the release's artifacts at hand: `verify(report, "--log", …)`."""
    return lambda *options: run("verify", "--offline", "--artifact", str(evidence.artifacts), *options)


def resigned(evidence: CheckedRelease, statement: Statement[Predicate]) -> str:
    """Put a report in the place of the sdist's, signed by the same key."""
    signer = load_signer(evidence.home / "data/keys/default.pem", lambda: b"")
    evidence.report.write_bytes(seal(payload_of(statement), [signer]))
    evidence.proof.unlink()
    return str(evidence.report)


def stated(evidence: CheckedRelease) -> Statement[Predicate]:
    """What the sdist's report states."""
    return read_statement(open_envelope(evidence.report.read_bytes()).payload)


def said(outcome: Outcome, what: str) -> str:
    """The line on one of the checks, without its name."""
    lines = [line.strip() for line in outcome.stdout.splitlines()]
    return next(line.removeprefix(what).strip() for line in lines if line.startswith(f"{what} "))


def test_everything_holds_without_a_network(evidence: CheckedRelease, tmp_path: Path) -> None:
    """Signature, artifact, the judgement again and the log, for both artifacts, with every connection refused."""
    options = ["--artifact", str(evidence.artifacts), "--log", str(evidence.log)]
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, "verify", *map(str, evidence.reports), *options],
        cwd=ROOT,
        env={**hermetic(tmp_path, tmp_path / "gitconfig"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"{evidence.release.sdist.name}: match, says {evidence.report}"
    assert lines[1].startswith("  signature  good, by yourself (default) (key ")
    assert lines[2] == f"  artifact   {evidence.artifacts / evidence.release.sdist.name} has the digest"
    assert lines[3].startswith("  judgement  repeated offline, same predicate digest ")
    assert lines[4].startswith(
        "  log        included at index 0, checkpoint signed by logs.example/reports, consistent"
    )
    assert lines[-1] == "Verified. All of this holds."
    assert len(lines) == 11


def test_the_report_of_a_tampered_release_is_verified_too(
    release: MakeRelease, check: Check, run: Run, tmp_path: Path
) -> None:
    """The bundle gives the same no again: the report is right, and the release is not."""
    built = release(SETUPTOOLS)
    artifacts = tmp_path / "artifacts"
    wheel = rewrite_wheel(built.wheel, artifacts, {"plume_modern/greeting.py": append(b"import os\n")})
    shutil.copy(built.sdist, artifacts)
    outcome = check(built, "--bundle", "--output", str(tmp_path / "out"), artifacts=[built.sdist, wheel])
    assert outcome.code == 1
    report = tmp_path / f"out/plume-modern/1.0.0/{wheel.name}.intoto.json"
    outcome = run("verify", "--offline", str(report), "--artifact", str(artifacts))
    assert outcome.code == 0, outcome.stdout
    assert f"{wheel.name}: mismatch" in outcome.stdout
    assert said(outcome, "judgement").startswith("repeated offline, same predicate digest")


def test_a_signed_lie_is_found_out(evidence: CheckedRelease, verify: Run) -> None:
    """Whoever signs something else than the judgement gives is contradicted, field by field."""
    honest = stated(evidence)
    lie = honest.predicate.model_copy(update={"release_verdict": Verdict.MATCH_EXTRAS})
    outcome = verify(resigned(evidence, honest.model_copy(update={"predicate": lie})))
    assert outcome.code == 1
    assert said(outcome, "signature").startswith("good")
    assert said(outcome, "judgement").endswith("it gives something else than was signed: releaseVerdict")
    assert outcome.stdout.endswith("Refuted. This does not hold: judgement.\n")


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("git_commit", "does not lead to the commit " + "c0" * 20),
        ("git_tree", "not " + "c0" * 20),
        ("git_tag", "The bundle does not hold the object " + "c0" * 20),
    ],
)
def test_a_source_that_the_bundle_does_not_lead_to(
    field: str, sentence: str, evidence: CheckedRelease, verify: Run
) -> None:
    """Commit, tree and tag are those whose ids the report states, or the judgement is not repeated."""
    honest = stated(evidence)
    assert honest.predicate.source is not None
    digest = honest.predicate.source.digest.model_copy(update={field: "c0" * 20})
    source = honest.predicate.source.model_copy(update={"digest": digest})
    lie = honest.predicate.model_copy(update={"source": source})
    outcome = verify(resigned(evidence, honest.model_copy(update={"predicate": lie})))
    assert outcome.code == 1
    assert sentence in said(outcome, "judgement")


def test_other_rules_are_named_and_the_rest_compared(evidence: CheckedRelease, verify: Run) -> None:
    """A newer tool can still say that it finds the same."""
    honest = stated(evidence)
    rules = honest.predicate.rule_set.model_copy(update={"version": "0"})
    older = honest.predicate.model_copy(update={"rule_set": rules})
    outcome = verify(resigned(evidence, honest.model_copy(update={"predicate": older})))
    assert outcome.code == 0
    assert "it was judged by rule set 0 (" in said(outcome, "judgement")
    assert said(outcome, "judgement").endswith("and all else is the same")


def test_a_sibling_that_is_missing_is_named(evidence: CheckedRelease, verify: Run) -> None:
    """What rests on the wheel's metadata cannot be judged again without the wheel."""
    (evidence.artifacts / evidence.release.wheel.name).unlink()
    outcome = verify(str(evidence.report))
    assert outcome.code == 3
    assert said(outcome, "judgement").endswith(f"and are not here: {evidence.release.wheel.name}")


def test_a_changed_artifact_is_not_the_reports(evidence: CheckedRelease, verify: Run) -> None:
    """Whatever was changed in it."""
    with (evidence.artifacts / evidence.release.sdist.name).open("ab") as file:
        file.write(b"\0")
    outcome = verify(str(evidence.report))
    assert outcome.code == 1
    assert said(outcome, "artifact").startswith("DOES NOT HOLD: ")
    assert "and the report is about" in said(outcome, "artifact")


def test_artifacts_that_are_not_here_come_from_the_index(
    evidence: CheckedRelease, run: Run, serve: Serve
) -> None:
    """Also those that were compared together with it."""
    index = serve(evidence.release.artifacts)
    outcome = run("verify", str(evidence.report), "--index", index.simple)
    assert outcome.code == 0, outcome.stdout
    assert said(outcome, "artifact") == "the file on the index has the digest"
    assert said(outcome, "judgement").startswith("repeated offline")


def test_an_index_that_gives_another_file(
    evidence: CheckedRelease, run: Run, serve: Serve, tmp_path: Path
) -> None:
    """What is there today is not what the report is about."""
    other = rewrite_wheel(
        evidence.release.wheel, tmp_path / "other", {"plume/new.py": append(b"NEW = True\n")}
    )
    index = serve([evidence.release.sdist, other])
    outcome = run("verify", str(evidence.reports[1]), "--index", index.simple)
    assert outcome.code == 1
    assert said(outcome, "artifact").startswith("DOES NOT HOLD: the file on the index has the sha256 ")


def test_without_an_artifact_nothing_is_said_of_one(evidence: CheckedRelease, run: Run) -> None:
    """Offline, and with no artifact at hand, the signature alone holds."""
    outcome = run("verify", str(evidence.report), "--offline")
    assert outcome.code == 3
    assert outcome.stdout.endswith("This could not be checked: artifact, judgement.\n")


def test_a_key_counts_once_it_is_trusted(evidence: CheckedRelease, verify: Run, run: Run) -> None:
    """A stranger's key is not checked against until the user says whose it is."""
    (evidence.home / "ada.pem").write_text(run("key", "export").stdout)
    shutil.rmtree(evidence.home / "data")
    evidence.proof.unlink()
    outcome = verify(str(evidence.report))
    assert outcome.code == 3
    assert said(outcome, "signature").endswith("which is not trusted here")
    added = run("key", "trust", str(evidence.home / "ada.pem"), "--name", "Ada", "--expires", "2999-12-31")
    assert added.code == 0, added.stderr
    outcome = verify(str(evidence.report))
    assert outcome.code == 0, outcome.stdout
    assert said(outcome, "signature").startswith("good, by Ada (key ")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('revoked = "lost in May"', "was revoked (lost in May)"),
        ("expires = 2020-01-01", "expired on 2020-01-01"),
    ],
)
def test_a_key_that_no_longer_counts(
    line: str, sentence: str, evidence: CheckedRelease, verify: Run, run: Run
) -> None:
    """Even one of the user's own, once the trust file says so."""
    public = json.dumps(run("key", "export").stdout)
    trust = evidence.home / "trust.toml"
    trust.write_text(f'[[keys]]\nname = "Ada"\npublic = {public}\n{line}\n')
    outcome = verify(str(evidence.report), "--trust", str(trust))
    assert outcome.code == 1
    assert sentence in said(outcome, "signature")


def test_a_key_that_was_named_must_have_signed(evidence: CheckedRelease, verify: Run, run: Run) -> None:
    """A good signature by another one does not do."""
    run("key", "new", "other")
    (evidence.home / "other.pem").write_text(run("key", "export", "other").stdout)
    outcome = verify(str(evidence.report), "--key", str(evidence.home / "other.pem"))
    assert outcome.code == 1
    assert said(outcome, "signature").startswith("DOES NOT HOLD: in the name of key ")


def test_a_report_without_a_signature_does_not_hold(evidence: CheckedRelease, verify: Run) -> None:
    """Whoever takes the signature away is noticed."""
    evidence.report.write_bytes(seal(open_envelope(evidence.report.read_bytes()).payload))
    outcome = verify(str(evidence.report))
    assert outcome.code == 1
    assert said(outcome, "signature") == "DOES NOT HOLD: the report is not signed"


def test_so_many_keys_must_agree(evidence: CheckedRelease, verify: Run, run: Run) -> None:
    """Two of two do; a third one that signs something else is named, and three are not reached."""
    honest, files = stated(evidence), [str(evidence.report)]
    lie = honest.predicate.model_copy(update={"release_verdict": Verdict.MATCH_EXTRAS})
    for name, predicate in (("bea", honest.predicate), ("cy", lie)):
        run("key", "new", name)
        signer = load_signer(evidence.home / f"data/keys/{name}.pem", lambda: b"")
        file = evidence.home / name / evidence.report.name
        file.parent.mkdir()
        file.write_bytes(seal(payload_of(honest.model_copy(update={"predicate": predicate})), [signer]))
        files.append(str(file))
    outcome = verify(*files, "--threshold", "2")
    assert outcome.code == 0, outcome.stdout
    assert said(outcome, "agreement").startswith("2 of the 2 keys that must agree do: ")
    assert "yourself (cy)" in said(outcome, "agreement").partition("; ")[2]
    outcome = verify(*files, "--threshold", "3")
    assert outcome.code == 1
    assert said(outcome, "agreement").startswith("DOES NOT HOLD: 2 of the 3 keys that must agree do")


def test_a_report_that_is_not_in_the_log(evidence: CheckedRelease, verify: Run) -> None:
    """Neither its own proof, which is gone, nor the log's files have it."""
    honest = stated(evidence)
    other = honest.predicate.model_copy(update={"siblings": ()})
    report = resigned(evidence, honest.model_copy(update={"predicate": other}))
    outcome = verify(report, "--log", str(evidence.log))
    assert outcome.code == 1
    assert said(outcome, "log") == "DOES NOT HOLD: The log logs.example/reports does not have this report"


def test_a_log_that_is_not_trusted(evidence: CheckedRelease, verify: Run, run: Run) -> None:
    """Its proof says nothing to a user who does not know its key; once it is named, it does."""
    vkey = run("log", "vkey", "--log", str(evidence.log)).stdout.strip()
    (evidence.home / "ada.pem").write_text(run("key", "export").stdout)
    shutil.rmtree(evidence.home / "data")
    options = (str(evidence.report), "--key", str(evidence.home / "ada.pem"))
    outcome = verify(*options)
    assert outcome.code == 3
    assert said(outcome, "log") == "not checked: the key of the log logs.example/reports is not trusted here"
    assert verify(*options, "--vkey", vkey).code == 0


def test_short_statements_are_passed_over(evidence: CheckedRelease, verify: Run) -> None:
    """They say nothing that the report does not; alone they are no report."""
    files = sorted(map(str, evidence.folder.glob("*.intoto.json")))
    assert len(files) == 6
    assert verify(*files).code == 0
    assert verify(*(file for file in files if ".vsa." in file)).code == 2


def test_what_is_no_report_is_named(evidence: CheckedRelease, verify: Run) -> None:
    """Beside others that are."""
    broken = evidence.home / "broken.intoto.json"
    broken.write_bytes(b"{}")
    outcome = verify(str(broken), str(evidence.report))
    assert outcome.code == 1
    assert said(outcome, "report").startswith("DOES NOT HOLD: The file is not a signed report")
    assert said(outcome, "signature").startswith("good")
