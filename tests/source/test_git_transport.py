"""How a repository is asked: in, hosts of many kinds; out, the same objects, over few connections."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from dulwich.objects import Blob, Commit, Tag

from corpus.git_faults import private
from corpus.git_host import GitHost
from provenance.errors import GitError, RepositoryNotFoundError
from provenance.source.git import NO_REF, Remote
from tests.source.conftest import FILES, REPOSITORY, Ask

TAG = "refs/tags/v1.0.0"


@pytest.fixture
def host(git_root: Path) -> Iterator[GitHost]:
    """A host like the large public ones."""
    with GitHost(git_root) as host:
        yield host


def fetch_tag(remote: Remote) -> Commit:
    """The tagged commit, with its trees."""
    listed = remote.fetch_commits([TAG], lambda refs: [refs[TAG]])
    tag = remote.read(listed[TAG])
    assert isinstance(tag, Tag)
    commit = remote.read(tag.object[1].decode())
    assert isinstance(commit, Commit)
    return commit


def files(remote: Remote, commit: Commit) -> dict[str, str]:
    """Name -> content of a commit's files, fetched where they have to be."""
    tree = remote.read(commit.tree.decode())
    blobs = {entry.path.decode(): entry.sha.decode() for entry in tree.iteritems()}
    remote.fetch_blobs([*blobs.values()])
    found = {name: remote.read(blob) for name, blob in blobs.items()}
    return {name: blob.as_raw_string().decode() for name, blob in found.items() if isinstance(blob, Blob)}


def test_a_tag_and_its_files_take_three_requests_and_one_connection(host: GitHost, ask: Ask) -> None:
    """One for the list of tags, one for the commit with its trees, one for the files."""
    remote = ask(host)
    assert files(remote, fetch_tag(remote)) == FILES
    assert (host.traffic.requests, host.traffic.connections) == (3, 1)


def test_repositories_of_one_host_share_a_connection(host: GitHost, ask: Ask) -> None:
    """As submodules and searches in the history do."""
    first = ask(host)
    fetch_tag(first)
    fetch_tag(Remote(first.repository, first._budget._limits, first.connections))
    assert host.traffic.connections == 1


def test_a_commit_is_fetched_by_its_id(host: GitHost, ask: Ask, commit_ids: dict[str, str]) -> None:
    """One request, and no listing."""
    remote, wanted = ask(host), commit_ids["v1.0.0^{commit}"]
    remote.fetch_commits([NO_REF.decode()], lambda _refs: [wanted])
    assert isinstance(remote.read(wanted), Commit)
    assert host.traffic.requests == 1


def test_nothing_is_asked_for_files_that_are_there(host: GitHost, ask: Ask) -> None:
    """A second request for the same files costs nothing."""
    remote = ask(host)
    commit = fetch_tag(remote)
    assert files(remote, commit) == files(remote, commit)
    assert host.traffic.requests == 3


@pytest.mark.parametrize(
    "kind",
    [{"version_2": False}, {"filters": False}, {"any_id": False}, {"version_2": False, "any_id": False}],
    ids=["protocol version 0", "no filters", "no objects by id", "version 0 and no objects by id"],
)
def test_older_hosts_give_the_same(kind: dict[str, bool], git_root: Path, ask: Ask) -> None:
    """What a host lacks costs bytes and requests, and nothing else."""
    with GitHost(git_root, **kind) as host:
        remote = ask(host)
        assert files(remote, fetch_tag(remote)) == FILES


@pytest.mark.parametrize("version_2", [True, False])
def test_a_commit_is_found_where_a_host_gives_none_by_its_id(
    version_2: bool, git_root: Path, ask: Ask, commit_ids: dict[str, str]
) -> None:
    """A commit that no ref names, as submodules pin it, comes with the branches and tags."""
    with GitHost(git_root, any_id=False, version_2=version_2) as host:
        remote, wanted = ask(host), commit_ids["main~2"]
        remote.fetch_commits([NO_REF.decode()], lambda _refs: [wanted])
        assert isinstance(remote.read(wanted), Commit)


def test_a_commit_that_is_not_there_is_said(host: GitHost, ask: Ask) -> None:
    """The host's own words are passed on."""
    with pytest.raises(GitError, match="not our ref"):
        ask(host).fetch_commits([NO_REF.decode()], lambda _refs: ["1" * 40])


def test_history_is_fetched_without_files(host: GitHost, ask: Ask, commit_ids: dict[str, str]) -> None:
    """All commits of a branch since a moment."""
    remote = ask(host)
    remote.fetch_history("refs/heads/main", commit_ids["main"], since=0)
    kinds = [type(remote.store[object_id]) for object_id in remote.store]
    assert (kinds.count(Commit), kinds.count(Blob)) == (3, 0)


def test_an_address_that_is_rewritten_keeps_its_public_name(host: GitHost, ask: Ask, tmp_path: Path) -> None:
    """The user's insteadOf says where to ask, not what the repository is called."""
    host.write_gitconfig(tmp_path / "gitconfig")
    remote = Remote(f"https://github.com/{REPOSITORY}", *_parts(ask(host)))
    fetch_tag(remote)
    assert remote.address == f"https://github.com/{REPOSITORY}"


def test_a_public_host_that_is_reached_by_ssh_is_asked_over_https(
    host: GitHost, ask: Ask, tmp_path: Path
) -> None:
    """Developers often rewrite https addresses to SSH; no key is needed to read."""
    (tmp_path / "gitconfig").write_text('[url "git@github.com:"]\n\tinsteadOf = https://github.com/\n')
    remote = Remote(f"https://github.com/{REPOSITORY}", *_parts(ask(host)))
    assert remote.address == f"https://github.com/{REPOSITORY}"


def test_a_host_of_ones_own_is_not_reached_by_ssh(host: GitHost, ask: Ask, tmp_path: Path) -> None:
    """Nobody knows whether it serves https at all."""
    (tmp_path / "gitconfig").write_text('[url "git@git.example:"]\n\tinsteadOf = https://git.example/\n')
    with pytest.raises(GitError, match="not an https address"):
        Remote("https://git.example/owner/name", *_parts(ask(host)))


def test_credentials_come_from_netrc(git_root: Path, ask: Ask, tmp_path: Path) -> None:
    """From the home folder's file, once the host asks for them."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login reader password secret\n")
    with GitHost(git_root, fault=private("reader", "secret")) as host:
        remote = ask(host)
        assert files(remote, fetch_tag(remote)) == FILES
        assert host.traffic.requests == 4


def test_netrc_has_the_name_that_the_environment_gives_it(git_root: Path, ask: Ask, tmp_path: Path) -> None:
    """NETRC, as curl and pip know it."""
    (tmp_path / "other").write_text("machine 127.0.0.1 login reader password secret\n")
    with GitHost(git_root, fault=private("reader", "secret")) as host:
        fetch_tag(ask(host, NETRC=str(tmp_path / "other")))


def test_credentials_come_from_gits_helpers(git_root: Path, ask: Ask, tmp_path: Path) -> None:
    """`git credential fill` asks them; a wrong entry in netrc does not stand in the way."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login reader password outdated\n")
    (tmp_path / "gitconfig").write_text(
        '[credential]\n\thelper = "!f() { echo username=reader; echo password=secret; }; f"\n'
    )
    with GitHost(git_root, fault=private("reader", "secret")) as host:
        fetch_tag(ask(host, PATH=os.environ["PATH"]))


def test_credentials_come_from_the_address(git_root: Path, ask: Ask, tmp_path: Path) -> None:
    """As build servers write them into insteadOf; signs that an address cannot hold are quoted there."""
    with GitHost(git_root, fault=private("reader", "se/cret")) as host:
        there = host.url.replace("://", "://reader:se%2Fcret@")
        (tmp_path / "gitconfig").write_text(f'[url "{there}/"]\n\tinsteadOf = https://github.com/\n')
        fetch_tag(Remote(f"https://github.com/{REPOSITORY}", *_parts(ask(host))))
        assert host.traffic.requests == 2


def test_credentials_come_from_an_extra_header(git_root: Path, ask: Ask, tmp_path: Path) -> None:
    """As the large hosts' own build servers set it for their address alone."""
    with GitHost(git_root, fault=private("reader", "secret")) as host:
        header = "Authorization: Basic cmVhZGVyOnNlY3JldA=="
        (tmp_path / "gitconfig").write_text(f'[http "{host.url}/"]\n\textraHeader = "{header}"\n')
        fetch_tag(ask(host))
        assert host.traffic.requests == 2


def test_without_credentials_nobody_is_asked_for_any(git_root: Path, ask: Ask) -> None:
    """No terminal, no window: a repository that wants a password is not a public one."""
    with (
        GitHost(git_root, fault=private("reader", "secret")) as host,
        pytest.raises(RepositoryNotFoundError, match="no public repository"),
    ):
        fetch_tag(ask(host, PATH=os.environ["PATH"]))


def test_wrong_credentials_are_said(git_root: Path, ask: Ask, tmp_path: Path) -> None:
    """A password that is out of date is another thing than a repository that is not there."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login reader password outdated\n")
    with (
        GitHost(git_root, fault=private("reader", "secret")) as host,
        pytest.raises(RepositoryNotFoundError, match="refuses the credentials") as caught,
    ):
        fetch_tag(ask(host))
    assert "outdated" not in str(caught.value)


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_proxies_are_found_in_either_case(variable: str, host: GitHost, ask: Ask) -> None:
    """A host that only the proxy can reach is reached."""
    remote = ask(host, **{variable: host.url})
    elsewhere = Remote(f"http://git.example/{REPOSITORY}", *_parts(remote))
    with pytest.raises(RepositoryNotFoundError):  # the loopback host takes the whole address for a path
        fetch_tag(elsewhere)
    assert host.traffic.requests > 0


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_some_hosts_are_reached_without_the_proxy(variable: str, host: GitHost, ask: Ask) -> None:
    """A proxy that is not there does not matter then."""
    fetch_tag(ask(host, ALL_PROXY="http://127.0.0.1:9", **{variable: "example.org, 127.0.0.1"}))


def test_a_proxy_that_is_down_is_said(host: GitHost, ask: Ask) -> None:
    """The sentence says what could not be reached."""
    with pytest.raises(GitError, match="proxy"):
        fetch_tag(ask(host, ALL_PROXY="http://127.0.0.1:9"))


def _parts(remote: Remote) -> tuple:  # type: ignore[type-arg]
    return remote._budget._limits, remote.connections
