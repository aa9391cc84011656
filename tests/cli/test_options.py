"""Indexes, hosts and options: in, a clean release by another way; out, the same answer."""

from __future__ import annotations

from pathlib import Path

from corpus.example import FLIT, OWNER, UNLINKED, UNTAGGED
from corpus.git_host import GitHost
from tests.conftest import Check, MakeRelease, Run, Serve

HOST = f"https://github.com/{OWNER}"
LARGEST_CHECK = 60_000


def test_an_index_that_speaks_html_alone_will_do(release: MakeRelease, check: Check) -> None:
    """Company indexes and mirrors often know nothing but PEP 503."""
    outcome = check(release(FLIT), html_only=True)
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_an_index_without_hashes_gets_a_notice(release: MakeRelease, check: Check) -> None:
    """The answer stands, with a warning that says what to do."""
    outcome = check(release(FLIT), "--format", "json", hashes=False)
    (found,) = outcome.document["releases"]
    assert outcome.code == 0
    assert "index-without-hashes" in {notice["code"] for notice in found["notices"]}


def test_a_withdrawn_release_gets_a_notice(release: MakeRelease, check: Check) -> None:
    """A yanked release is still the source, and the reason of its withdrawal is told."""
    built = release(FLIT)
    outcome = check(built, yanked={path.name: "Greets the wrong people" for path in built.artifacts})
    assert outcome.code == 0
    assert "Greets the wrong people" in outcome.stdout


def test_source_stands_in_for_a_missing_link(release: MakeRelease, check: Check) -> None:
    """`--source URL` names the repository that the metadata does not."""
    outcome = check(release(UNLINKED), "--source", f"{HOST}/{UNLINKED.name}")
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_source_stands_in_for_a_missing_tag(release: MakeRelease, check: Check) -> None:
    """`--source URL@COMMIT` names the commit that no tag does."""
    built = release(UNTAGGED)
    outcome = check(built, "--source", f"{HOST}/{UNTAGGED.name}@{built.commit}")
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_source_can_name_a_tag(release: MakeRelease, check: Check) -> None:
    """`--source URL@TAG` is the tag's commit."""
    built = release(FLIT)
    outcome = check(built, "--source", f"{HOST}/{FLIT.name}@v1.0.0", "--format", "json")
    assert outcome.document["releases"][0]["source"]["commit"] == built.commit


def test_a_host_without_partial_clones_will_do(
    workshop: Path, release: MakeRelease, serve: Serve, run: Run
) -> None:
    """Where the host refuses the filter, the commit's whole tree is fetched instead."""
    index = serve(release(FLIT).artifacts)
    with GitHost(workshop / "git", filters=False) as host:
        outcome = run("check", FLIT.reference, "--index", index.simple, host=host)
        assert host.traffic.sent > LARGEST_CHECK
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_a_check_is_cheap(workshop: Path, release: MakeRelease, serve: Serve, run: Run) -> None:
    """A check takes a few kilobytes and requests of git, however large the repository is."""
    index = serve(release(FLIT).artifacts)
    with GitHost(workshop / "git") as host:
        run("check", FLIT.reference, "--index", index.simple, host=host)
        assert 0 < host.traffic.sent < LARGEST_CHECK
        assert host.traffic.requests <= 6


def test_a_second_check_downloads_no_artifact(release: MakeRelease, serve: Serve, run: Run) -> None:
    """Artifacts are kept by their digest."""
    built = release(FLIT)
    index = serve(built.artifacts)
    run("check", built.reference, "--index", index.simple)
    before = index.traffic
    outcome = run("check", built.reference, "--index", index.simple)
    assert outcome.code == 0
    assert (index.traffic - before).requests == 1


def test_a_cache_that_was_changed_is_not_believed(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """What is kept is checked again before it is used."""
    built = release(FLIT)
    index = serve(built.artifacts)
    run("check", built.reference, "--index", index.simple)
    for kept in (path for path in (tmp_path / "cache").rglob("*") if path.is_file()):
        kept.write_bytes(b"changed")
    outcome = run("check", built.reference, "--index", index.simple)
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_the_cache_can_be_elsewhere(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """`--cache DIR` keeps everything there, and nothing in the usual folder."""
    check(release(FLIT), "--cache", str(tmp_path / "elsewhere"))
    assert any((tmp_path / "elsewhere").iterdir())
    assert not (tmp_path / "cache").exists()


def test_all_wheels_checks_those_that_this_machine_cannot_install(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """By default only what pip could choose here is compared; `--all-wheels` compares all."""
    built = release(FLIT)
    foreign = tmp_path / built.wheel.name.replace("none-any", "none-win_arm64")
    foreign.write_bytes(built.wheel.read_bytes())
    artifacts = [*built.artifacts, foreign]
    usual = check(built, "--format", "json", artifacts=artifacts).document["releases"][0]
    every = check(built, "--format", "json", "--all-wheels", artifacts=artifacts).document["releases"][0]
    assert [len(found["artifacts"]) for found in (usual, every)] == [2, 3]


def test_the_version_is_printed(run: Run) -> None:
    """`--version` names the tool and its version."""
    outcome = run("--version")
    assert outcome.code == 0
    assert "provenance" in outcome.stdout
