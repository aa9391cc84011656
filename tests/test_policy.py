"""Policies: TOML and reports in, what fails, what was accepted and what is out of date out."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path

import pytest

from corpus.example import FLIT, UNTAGGED
from corpus.stated import REPORT
from corpus.tamper import append, rewrite_wheel
from provenance.errors import UsageError
from provenance.policy import FailOn, Policy, decide, read_policy
from tests.conftest import Check, MakeRelease

TODAY = date(2026, 7, 1)
ACCEPTANCE = """
[[accept]]
release = "Plume==1.0.0"
file = "{file}"
sha256 = "{sha256}"
reason = "looked at by hand"
owner = "ada"
expires = {expires}
"""
CHANGED = REPORT.artifacts[0].findings[2]


def accepting(*, sha256: str = CHANGED.sha256, expires: str = "2026-12-31", file: str = "x") -> Policy:
    """A policy that accepts one file."""
    policy = read_policy(ACCEPTANCE.format(file=file, sha256=sha256, expires=expires), "provenance.toml")
    (accepted,) = policy.accept
    return policy.model_copy(update={"accept": (accepted.model_copy(update={"file": CHANGED.path}),)})


def test_an_accepted_file_no_longer_fails_its_release() -> None:
    """Its verdict stays what it is; the report is not touched."""
    decision = decide(accepting(), [REPORT], TODAY)
    assert decision.failures == ()
    assert [each.owner for each in decision.accepted] == ["ada"]


def test_an_acceptance_is_of_these_bytes() -> None:
    """The same path with other bytes is another file."""
    decision = decide(accepting(sha256="00" * 32), [REPORT], TODAY)
    assert [failure.reason for failure in decision.failures] == ["mismatch"]
    assert "matches no file that needs it" in decision.stale[0]


def test_an_acceptance_runs_out() -> None:
    """On the day after, it is stale and the release fails again."""
    decision = decide(accepting(expires="2026-06-30"), [REPORT], TODAY)
    assert len(decision.failures) == 1
    assert "ran out on 2026-06-30" in decision.stale[0]


def test_hosts_are_allowed_by_name() -> None:
    """A source on any other host fails, whatever the answer."""
    policy = read_policy('hosts = ["github.com"]\nfail-on = "no"', "provenance.toml")
    assert [failure.kind for failure in decide(policy, [REPORT], TODAY).failures] == ["verdict", "host"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail_on = 'no'", "fail_on"),
        ("fail-on = 'sometimes'", "fail-on"),
        ("[[accept]]\nrelease = 'plume'", "accept.0.release"),
        ("[[accept]]\nrelease = 'plume==1'\nfile = 'x'\nsha256 = 'ab'", "accept.0.sha256"),
        ("= 1", "is not TOML"),
    ],
)
def test_a_mistake_names_its_key(text: str, said: str) -> None:
    """A policy that is not understood is never half applied."""
    with pytest.raises(UsageError, match=said):
        read_policy(text, "provenance.toml")


def test_pyproject_has_a_table_of_its_own() -> None:
    """What other tools keep there is not read."""
    assert read_policy("[tool.other]\nx = 1", "pyproject.toml") == Policy()
    assert read_policy('[tool.provenance]\nfail-on = "extras"', "pyproject.toml").fail_on is FailOn.EXTRAS


def test_policies_join_to_the_stricter() -> None:
    """The threshold is the stricter one, hosts those that both allow."""
    one = read_policy('hosts = ["a.example", "b.example"]\nfail-on = "no"', "a.toml")
    other = read_policy('hosts = ["b.example"]\nfail-on = "extras"', "b.toml")
    joined = one.joined(other)
    assert (joined.fail_on, joined.hosts) == (FailOn.EXTRAS, ("b.example",))
    assert joined.sha256 == one.joined(other).sha256 != one.sha256


def test_the_command_fails_only_for_what_it_was_told(release: MakeRelease, check: Check) -> None:
    """`--fail-on no` lets through what cannot be told; the answer is printed all the same."""
    lenient = check(release(UNTAGGED), "--fail-on", "no")
    assert lenient.code == 0
    assert lenient.stdout.startswith("Cannot tell.")
    assert check(release(UNTAGGED)).code == 3


def test_the_command_takes_a_policy(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """A tampered file that someone accepted, with reason and date, is said so, and passes."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/_hook.py": append(b"import os\n")})
    refused = check(built, "--format", "json", artifacts=[built.sdist, wheel], hashes=False)
    assert refused.code == 1
    policy = tmp_path / "provenance.toml"
    rows = [
        ACCEPTANCE.format(file=finding["path"], sha256=finding["sha256"], expires="2099-01-01")
        for artifact in refused.document["releases"][0]["artifacts"]
        for finding in artifact["findings"]
        if finding["severity"] != "info"
    ]
    policy.write_text("".join(rows).replace("Plume==1.0.0", built.reference))
    accepted = check(built, "--policy", str(policy), artifacts=[built.sdist, wheel], hashes=False)
    assert accepted.stdout.startswith("NO.")
    assert "accepted  plume/_hook.py" in accepted.stdout
    assert accepted.code == 0
    (summary,) = [path for path in tmp_path.rglob("*.vsa.intoto.json") if "whl" in path.name]
    payload = json.loads(base64.b64decode(json.loads(summary.read_text())["payload"]))
    digest = read_policy(policy.read_text(), str(policy)).sha256
    assert payload["predicate"]["verifier"]["version"]["policy"] == f"sha256:{digest}"
