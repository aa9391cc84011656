"""No yes and no no: in, a missing tag, link, host, index or digest; out, a sentence and its exit code."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus.example import FLIT, MISLINKED, MONOREPO, OWNER, UNLINKED, UNTAGGED, Project
from corpus.git_host import GitHost
from tests.conftest import Check, MakeRelease, Run, Serve

CANNOT_TELL, NOT_CARRIED_OUT, USAGE = 3, 4, 2
JSON = ("--format", "json")

without_source = pytest.mark.parametrize(
    "project", [UNTAGGED, UNLINKED, MISLINKED], ids=["no tag", "no link", "no such repository"]
)


@without_source
def test_without_a_source_nobody_can_tell(project: Project, release: MakeRelease, check: Check) -> None:
    """No tag, no link and no repository are a third answer, with exit code 3."""
    outcome = check(release(project))
    assert outcome.code == CANNOT_TELL
    assert outcome.stdout.lower().startswith("cannot tell")


@without_source
def test_without_a_source_the_verdict_is_no_source(
    project: Project, release: MakeRelease, check: Check
) -> None:
    """The report has no source; it never falls back to a branch."""
    (found,) = check(release(project), *JSON).document["releases"]
    assert (found["verdict"], found["answer"], found["source"]) == ("no-source", "cannot tell", None)


def test_a_missing_tag_is_said(release: MakeRelease, check: Check) -> None:
    """The sentence names the version that no tag carries."""
    text = check(release(UNTAGGED)).stdout
    assert "tag" in text
    assert "1.0.0" in text


def test_a_missing_link_is_said(release: MakeRelease, check: Check) -> None:
    """The sentence says that the metadata names no repository, and what settles it."""
    text = check(release(UNLINKED)).stdout
    assert "repository" in text
    assert "--source" in text


def test_a_repository_of_another_project_is_said(release: MakeRelease, check: Check) -> None:
    """A link proves nothing unless the repository names this project too."""
    release(UNLINKED)
    outcome = check(release(FLIT), "--source", f"https://github.com/{OWNER}/{UNLINKED.name}")
    assert outcome.code == CANNOT_TELL
    assert UNLINKED.name in outcome.stdout


@pytest.mark.parametrize("status", [401, 404])
def test_a_missing_repository_is_said(
    status: int, workshop: Path, release: MakeRelease, serve: Serve, run: Run
) -> None:
    """The sentence names the repository, whether its host asks for a password or says that there is none."""
    index = serve(release(MISLINKED).artifacts)
    with GitHost(workshop / "git", missing=status) as host:
        outcome = run("check", MISLINKED.reference, "--index", index.simple, host=host)
    assert outcome.code == CANNOT_TELL
    assert "no-such-repository" in outcome.stdout


def test_a_git_host_that_is_down_is_no_verdict(
    workshop: Path, release: MakeRelease, serve: Serve, run: Run
) -> None:
    """A host that cannot be reached is an operation that failed, not a missing source."""
    index = serve(release(FLIT).artifacts)
    with GitHost(workshop / "git") as down:
        pass
    outcome = run("check", FLIT.reference, "--index", index.simple, host=down)
    assert outcome.code == NOT_CARRIED_OUT
    assert "github.com" in outcome.stderr


def test_an_index_that_is_down_is_no_verdict(release: MakeRelease, serve: Serve, run: Run) -> None:
    """Nobody answers at the index's address."""
    index = serve(release(FLIT).artifacts)
    index.__exit__(None, None, None)
    outcome = run("check", FLIT.reference, "--index", index.simple)
    assert outcome.code == NOT_CARRIED_OUT
    assert "127.0.0.1" in outcome.stderr


def test_an_index_that_fails_is_no_verdict(release: MakeRelease, check: Check) -> None:
    """The index answers with an error, again and again."""
    outcome = check(release(FLIT), statuses={"/simple/plume/": 503})
    assert outcome.code == NOT_CARRIED_OUT
    assert "503" in outcome.stderr


def test_an_index_that_refuses_is_no_verdict(release: MakeRelease, check: Check) -> None:
    """The index wants to know who asks."""
    outcome = check(release(FLIT), statuses={"/simple/plume/": 403})
    assert outcome.code == NOT_CARRIED_OUT
    assert "403" in outcome.stderr


def test_an_index_that_answers_with_nothing_is_no_verdict(release: MakeRelease, check: Check) -> None:
    """A page that is no Simple API page is not read as an empty one."""
    assert check(release(FLIT), statuses={"/simple/plume/": 200}).code == NOT_CARRIED_OUT


def test_a_git_host_that_speaks_no_git_is_no_verdict(release: MakeRelease, serve: Serve, run: Run) -> None:
    """A web page at the repository's address is a failure to ask, with a sentence."""
    index = serve(release(FLIT).artifacts, statuses={"/example-org/plume/info/refs": 200})
    source = f"{index.url}/example-org/plume"
    outcome = run("check", FLIT.reference, "--index", index.simple, "--source", source)
    assert outcome.code == NOT_CARRIED_OUT
    assert source in outcome.stderr


def test_a_file_that_the_index_has_lost_is_no_verdict(release: MakeRelease, check: Check) -> None:
    """The page lists a file, and its address answers that there is none."""
    built = release(FLIT)
    outcome = check(built, statuses={f"/files/{built.wheel.name}": 404})
    assert outcome.code == NOT_CARRIED_OUT
    assert built.wheel.name in outcome.stderr


def test_a_name_that_does_not_exist_is_said(release: MakeRelease, serve: Serve, run: Run) -> None:
    """The index has no such project, and the sentence names it."""
    outcome = run("check", "plumage==1.0.0", "--index", serve(release(FLIT).artifacts).simple)
    assert outcome.code == NOT_CARRIED_OUT
    assert "plumage" in outcome.stderr


def test_a_version_that_does_not_exist_is_said(release: MakeRelease, serve: Serve, run: Run) -> None:
    """The project has no such version, and the sentence names it."""
    outcome = run("check", "plume==7.7", "--index", serve(release(FLIT).artifacts).simple)
    assert outcome.code == NOT_CARRIED_OUT
    assert "7.7" in outcome.stderr


def test_a_wrong_hash_is_no(release: MakeRelease, check: Check) -> None:
    """A download that is not the file that the index describes is critical, and not compared any further."""
    built = release(FLIT)
    outcome = check(built, *JSON, wrong_hash=[built.wheel.name])
    (found,) = outcome.document["releases"]
    wheel = next(artifact for artifact in found["artifacts"] if artifact["kind"] == "wheel")
    (finding,) = wheel["findings"]
    assert outcome.code == 1
    assert (wheel["verdict"], finding["severity"]) == ("mismatch", "critical")


def test_the_wrong_hash_is_said(release: MakeRelease, check: Check) -> None:
    """The text names the file, both digests, what they may mean and what to do; the answer has its first sentence."""
    built = release(FLIT)
    expected, got = (hashlib.sha256(content).hexdigest() for content in (b"", built.wheel.read_bytes()))
    text = check(built, wrong_hash=[built.wheel.name]).stdout
    assert f"{built.wheel.name}  {built.wheel.name} is not the file that the index describes" in text
    assert f"expected sha256 {expected}, got sha256 {got}. The download was damaged or changed" in text
    assert "Do not install it; try again from another network" in text
    assert "provenance flag plume==1.0.0" in text


def test_where_nothing_else_can_be_said_the_wrong_hash_is_the_answer(
    release: MakeRelease, check: Check
) -> None:
    """Its first sentence, so that the first line stays short."""
    names = [path.name for path in release(FLIT).artifacts]
    first = check(release(FLIT), wrong_hash=names).stdout.splitlines()[0]
    assert first.startswith("NO. plume 1.0.0: plume-1.0.0")
    assert "The download was damaged" not in first
    assert not first.endswith("..")


def test_a_folder_that_the_source_lacks_is_a_usage_error(release: MakeRelease, check: Check) -> None:
    """The sentence names the folder that was asked for."""
    outcome = check(release(MONOREPO), "--subdirectory", "packages/other")
    assert outcome.code == USAGE
    assert "packages/other" in outcome.stderr


def test_another_projects_folder_is_not_yes(release: MakeRelease, check: Check) -> None:
    """A folder that exists but does not hold the project proves nothing."""
    assert check(release(MONOREPO), "--subdirectory", "packages/plume-extras/src").code in (1, CANNOT_TELL)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("check",),
        ("check", "plume>=1.0"),
        ("check", "plume==not.a.version"),
        ("check", "./plume-1.0.0-py3-none-any.whl"),
        ("check", "plume==1.0.0", "--format", "poem"),
        ("check", "plume==1.0.0", "--no-such-option"),
        ("no-such-verb",),
    ],
    ids=" ".join,
)
def test_a_request_that_cannot_be_understood_is_a_usage_error(arguments: tuple[str, ...], run: Run) -> None:
    """Exit code 2 and a word on stderr, before anything is asked of the network."""
    outcome = run(*arguments)
    assert outcome.code == USAGE
    assert outcome.stderr


def test_debug_shows_the_traceback(release: MakeRelease, serve: Serve, run: Run) -> None:
    """Only `--debug` shows where an error arose."""
    index = serve(release(FLIT).artifacts)
    outcome = run("check", "plumage==1.0.0", "--index", index.simple, "--debug")
    assert outcome.code == NOT_CARRIED_OUT
    assert "Traceback" in outcome.stderr
