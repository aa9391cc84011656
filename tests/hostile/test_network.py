"""Hosts that send a reader elsewhere in, refusals out before anything is asked there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus.loopback import Handler, Server
from provenance.errors import GitError, NetworkError
from provenance.model import Limits
from provenance.net import Http, is_inside, refused_redirect
from provenance.source.git import GitHosts
from provenance.source.hosts import own_repository_of, repository_of, submodule_address

METADATA_SERVICE = "http://169.254.169.254/latest/meta-data/"


class Elsewhere(Server):
    """Answers every request, as a proxy for all hosts, with a redirect; `asked` are the addresses that were asked."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self.target = target
        self.asked: list[str] = []

    def answer(self, request: Handler) -> None:
        self.asked.append(request.path)
        request.body()
        request.reply(302, Location=self.target)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    """A proxy through which hosts out in the world are reached, and which sends everybody to one inside."""
    with Elsewhere(METADATA_SERVICE) as server:
        monkeypatch.setenv("http_proxy", server.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        yield server


def test_an_index_cannot_send_anybody_into_their_own_network(proxy: Elsewhere) -> None:
    """The address inside is not asked."""
    with Http("tests") as http, pytest.raises(NetworkError, match="inside your own network"):
        http.get("http://index.example/simple/plume/", accept="*/*", limit=1000)
    assert proxy.asked == ["http://index.example/simple/plume/"]


def test_a_git_host_cannot_send_anybody_into_their_own_network(proxy: Elsewhere) -> None:
    """The address inside is not asked."""
    with GitHosts({"http_proxy": proxy.url}, Limits()) as hosts:
        remote = hosts.open("http://git.example/o/plume")
        with pytest.raises(GitError, match="inside your own network"):
            remote.fetch_commits(["refs/tags/"], lambda refs: [])
    assert not [url for url in proxy.asked if "169.254" in url]


@pytest.mark.parametrize(
    ("url", "target", "refused"),
    [
        ("https://git.example/a", "http://git.example/a", True),
        ("https://git.example/a", "http://169.254.169.254/", True),
        ("http://git.example/a", "http://127.0.0.1:8080/", True),
        ("http://git.example/a", "http://[::1]/", True),
        ("http://git.example/a", "http://10.0.0.1/", True),
        ("http://git.example/a", "http://2130706433/", True),  # 127.0.0.1 as one number
        ("https://git.example/a", "https://new.example/a", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2/a", False),
    ],
)
def test_redirects_lead_out_and_stay_encrypted(url: str, target: str, refused: bool) -> None:
    """Whoever is inside already may be sent on there."""
    assert bool(refused_redirect(url, target)) is refused


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ext::sh -c 'id'",
        "ssh://-oProxyCommand=id/o/plume",
        "https://127.0.0.1/o/plume.git",
        "https://169.254.169.254/o/plume.git",
        "https://[::1]/o/plume.git",
        "https://localhost/o/plume.git",
        "https://git.internal/o/plume.git",
        "https://2130706433/o/plume.git",
        "-c core.sshCommand=id",
    ],
)
def test_what_metadata_names_is_asked_only_at_a_public_domain(url: str) -> None:
    """No file, no command, no address of a machine."""
    assert repository_of(url) is own_repository_of(url) is submodule_address(url) is None


@pytest.mark.parametrize("url", ["file:///etc", "ext::sh -c id", "ssh://-oProxyCommand=id/o/p", "-u"])
def test_no_address_makes_git_run_anything(url: str) -> None:
    """Only HTTP is spoken, whoever names the address."""
    with GitHosts({}, Limits()) as hosts, pytest.raises(GitError, match="not an https address"):
        hosts.open(url)


def test_an_answer_in_drops_is_cut_off() -> None:
    """At the limit of seconds, whatever still comes."""

    class Dripping(Server):
        def answer(self, request: Handler) -> None:
            request.send_response(200)
            request.send_header("Content-Length", "1000000")
            request.end_headers()
            for _ in range(1000):
                request.wfile.write(b" ")
                request.wfile.flush()

    with (
        Dripping() as server,
        Http("tests", seconds=0.0) as http,
        pytest.raises(NetworkError, match="longer than the limit of 0 seconds"),
    ):
        http.get(server.url, accept="*/*", limit=1 << 20)


def test_a_name_that_leads_nowhere_is_outside() -> None:
    """A proxy may know it."""
    assert not is_inside("no-such-host.example")
