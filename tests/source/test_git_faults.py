"""Hosts that fail: in, each way in which one can; out, its own sentence, in bounded time and bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import git_faults
from corpus.git_faults import (
    PACK_LINE,
    REF_LINE,
    Fault,
    dumb,
    endless,
    failing,
    moved,
    private,
    recording,
    replaying,
)
from corpus.git_host import GitHost
from provenance.errors import GitError, RepositoryNotFoundError
from provenance.model import Limits
from provenance.source.git import NO_REF, Remote
from tests.source.conftest import REPOSITORY, Ask

TAG = "refs/tags/v1.0.0"
SHORT = Limits(git_seconds=0.3)


def fetch(remote: Remote) -> dict[str, str]:
    """List the tag and fetch it."""
    return remote.fetch_commits([TAG], lambda refs: [*refs.values()])


def caught(fault: Fault, root: Path, ask: Ask, **options: object) -> GitError:
    """The error that a host's fault comes to."""
    with GitHost(root, fault=fault) as host, pytest.raises(GitError) as raised:
        fetch(ask(host, **options))
    return raised.value


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_renamed_repository_is_followed_and_its_name_known(status: int, git_root: Path, ask: Ask) -> None:
    """`address` is where the redirect led."""
    with GitHost(git_root, fault=moved("example-org/feather", REPOSITORY, status=status)) as host:
        remote = ask(host, "example-org/feather")
        assert TAG in fetch(remote)
        assert remote.address == f"{host.url}/{REPOSITORY}"


def test_a_renamed_repository_is_followed_once(git_root: Path, ask: Ask) -> None:
    """The requests after the first go to the new name."""
    with GitHost(git_root, fault=moved("example-org/feather", REPOSITORY)) as host:
        fetch(ask(host, "example-org/feather"))
        assert host.traffic.requests == 3


def test_a_repository_that_moved_to_another_host_is_followed_without_the_password(
    git_root: Path, ask: Ask, tmp_path: Path
) -> None:
    """Credentials are for the host that they were kept for."""
    seen: list[str | None] = []

    def look(request: git_faults.Handler) -> bool:
        seen.append(request.headers.get("Authorization"))
        return False

    with (
        GitHost(git_root, fault=look) as new,
        GitHost(git_root, fault=moved(REPOSITORY, REPOSITORY, base=new.url)) as old,
    ):
        (tmp_path / "gitconfig").write_text(
            f'[url "{old.url.replace("://", "://reader:secret@")}/"]\n\tinsteadOf = https://git.example/\n'
        )
        remote = Remote(f"https://git.example/{REPOSITORY}", Limits(), ask(old).connections)
        fetch(remote)
        assert remote.address == f"{new.url}/{REPOSITORY}"
    assert seen
    assert not any(seen)


def test_a_redirect_in_a_circle_ends(git_root: Path, ask: Ask) -> None:
    """Three redirects are followed."""
    assert "redirects too often" in str(caught(moved("example-org", "example-org"), git_root, ask))


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (private("reader", "secret"), RepositoryNotFoundError, "There is no public repository"),
        (failing(404), RepositoryNotFoundError, "There is no public repository"),
        (failing(403), GitError, "refuses access"),
        (failing(418), GitError, "418"),
        (failing(503, Retry_After="0"), GitError, "keeps answering 503"),
        (failing(429, Retry_After="0"), GitError, "limits how often"),
        (git_faults.web_page, GitError, "text/html.* instead of git's protocol"),
    ],
    ids=["401", "404", "403", "418", "503", "429", "a web page"],
)
def test_a_refusal_has_its_own_sentence(
    fault: Fault, kind: type[GitError], said: str, git_root: Path, ask: Ask
) -> None:
    """Each says what happened, and to whom."""
    with GitHost(git_root, fault=fault) as host, pytest.raises(kind, match=said):
        fetch(ask(host))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_host_is_asked_again(status: int, git_root: Path, ask: Ask) -> None:
    """After as long as it asks for."""
    with GitHost(git_root, fault=failing(status, 2, Retry_After="0")) as host:
        assert TAG in fetch(ask(host))


@pytest.mark.parametrize("status", [403, 429])
def test_a_long_pause_is_not_waited_for(status: int, git_root: Path, ask: Ask) -> None:
    """The hint says how long it would be."""
    error = caught(failing(status, Retry_After="3600"), git_root, ask)
    assert "limits how often" in str(error)
    assert "3,600 seconds" in error.hint


def test_a_pause_that_nobody_can_read_is_none(git_root: Path, ask: Ask) -> None:
    """Nonsense in Retry-After does no harm."""
    with GitHost(git_root, fault=failing(503, 1, Retry_After="soon")) as host:
        assert TAG in fetch(ask(host))


def test_a_dumb_host_is_named_so(git_root: Path, ask: Ask) -> None:
    """Files behind a plain web server are whole histories."""
    error = caught(dumb(git_root), git_root, ask)
    assert "dumb protocol" in str(error)
    assert "--source" in error.hint


@pytest.mark.parametrize("line", [REF_LINE, PACK_LINE], ids=["refs", "a pack"])
def test_an_answer_that_never_ends_is_cut_off(line: bytes, git_root: Path, ask: Ask) -> None:
    """At the limit of bytes, whatever they are."""
    prefix, choose = (TAG, None) if line == REF_LINE else (NO_REF.decode(), ["1" * 40])
    with GitHost(git_root, fault=endless(line)) as host:
        remote = ask(host, limits=Limits(git_bytes=1 << 20))
        with pytest.raises(GitError, match="more than the limit of 1,048,576 bytes"):
            remote.fetch_commits([prefix], lambda refs: choose or [*refs.values()])


@pytest.mark.parametrize(
    "fault",
    [git_faults.dripping, git_faults.dripping_headers, git_faults.silent],
    ids=["a body in drops", "headers in drops", "nothing at all"],
)
def test_a_host_that_takes_forever_is_left(fault: Fault, git_root: Path, ask: Ask) -> None:
    """At the limit of seconds, whether or not anything comes."""
    assert "0.3 seconds" in str(caught(fault, git_root, ask, limits=SHORT))


def test_a_host_that_is_down_is_said(git_root: Path, ask: Ask) -> None:
    """The sentence names the repository, and the hint says what to look at."""
    with GitHost(git_root) as host:
        pass
    with pytest.raises(GitError, match="cannot be reached") as raised:
        fetch(ask(host))
    assert "network" in raised.value.hint


def test_a_conversation_cut_at_any_byte_is_an_error_or_whole(git_root: Path, ask: Ask) -> None:
    """No cut gives half an answer, and none a traceback."""
    replies: list[bytes] = []
    with GitHost(git_root, fault=recording(replies)) as host:
        connections = ask(host).connections
        whole = fetch(ask(host))
        assert len(replies) == 2
        size = sum(map(len, replies))
        for cut in range(size):
            host.fault = replaying(replies, cut)
            remote = Remote(f"{host.url}/{REPOSITORY}", Limits(), connections)
            try:
                fetch(remote)
            except GitError:
                continue
            assert all(remote.read(object_id) for object_id in whole.values())
            assert cut > size - 10  # nothing but the end of the last chunk is left out
