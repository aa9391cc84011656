"""Hosts that send a reader elsewhere in, refusals out before anything is asked there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import command
from corpus.command import hermetic
from corpus.example import FLIT
from corpus.git_host import GitHost
from corpus.loopback import Handler, Server
from provenance.errors import GitError, NetworkError
from provenance.index import find_release
from provenance.model import Limits, Reference
from provenance.net import Http, is_inside, refused_redirect
from provenance.source.git import GitHosts
from provenance.source.hosts import own_repository_of, repository_of, submodule_address
from tests.conftest import MakeRelease, Run, Serve

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


def test_a_name_may_not_lead_into_the_readers_own_network() -> None:
    """Whatever it resolves to when it is asked: nothing is said on a connection that leads there."""
    with Elsewhere(METADATA_SERVICE) as server, GitHosts({}, Limits()) as hosts:
        remote = hosts.open(f"http://localhost:{server.server_port}/o/plume")
        with pytest.raises(GitError, match="leads to an address inside your own network"):
            remote.fetch_commits(["refs/tags/"], lambda refs: [])
    assert server.asked == []


def test_whoever_names_a_host_inside_is_led_there() -> None:
    """`--source` and `--index` say that the user is at home there."""
    with Elsewhere("/elsewhere") as server:
        address = f"http://localhost:{server.server_port}/"
        with GitHosts({}, Limits(), named=[address]) as hosts, pytest.raises(GitError):
            hosts.open(f"{address}o/plume").fetch_commits(["refs/tags/"], lambda refs: [])
    assert server.asked


class Page(Server):
    """An index out in the world, answered by a proxy: it names one file of plume 1.0.0 at `url`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url_of_file = url
        self.asked: list[str] = []

    def answer(self, request: Handler) -> None:
        self.asked.append(request.path)
        page = f'<a href="{self.url_of_file}">plume-1.0.0.tar.gz</a>'
        request.reply(200, page.encode(), Content_Type="text/html")


def test_an_index_cannot_name_a_file_inside_the_readers_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not asked for, nor are its neighbours."""
    with Page(f"{METADATA_SERVICE}plume-1.0.0.tar.gz") as server:
        monkeypatch.setenv("http_proxy", server.url)
        with Http("tests") as http, pytest.raises(NetworkError, match="inside your own network"):
            find_release(Reference(name="plume"), "http://index.example/simple/", http, Limits())
    assert server.asked == ["http://index.example/simple/plume/"]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd#plume-1.0.0.tar.gz", "ftp://files.example/plume-1.0.0.tar.gz"]
)
def test_only_what_http_reaches_is_downloaded(url: str) -> None:
    """An index that names a file of the reader's own gets nothing of it."""
    with Http("tests") as http, pytest.raises(NetworkError):
        http.download(url, limit=1000, restart=lambda: None, sink=lambda _chunk: None)


def test_another_host_that_a_check_was_sent_to_is_named(release: MakeRelease, serve: Serve, run: Run) -> None:
    """Which host really answered stands in the report."""
    built = release(FLIT)
    index = serve(built.artifacts)

    class Moved(Server):
        def answer(self, request: Handler) -> None:
            request.reply(302, Location=index.url + request.path)

    with Moved() as moved:
        outcome = run("check", built.reference, "--index", f"{moved.url}/simple/", "--format", "json")
    notices = [each["message"] for each in outcome.document["releases"][0]["notices"]]
    old, new = (each.url.removeprefix("http://") for each in (moved, index))
    assert f"{old} redirected to {new}, another host." in notices


def test_nobody_is_asked_but_the_index_and_the_repositorys_host(
    release: MakeRelease, serve: Serve, git_host: GitHost, tmp_path: Path
) -> None:
    """Everything else would go to a proxy, where nobody comes by."""
    built = release(FLIT)
    index = serve(built.artifacts)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.0)
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        proxies = {f"{scheme}_proxy": address for scheme in ("http", "https", "all", "ftp")}
        environment = hermetic(tmp_path, git_host.write_gitconfig(tmp_path / "gitconfig"))
        environment |= proxies | {"no_proxy": "127.0.0.1"}
        outcome = command.run("check", built.reference, "--index", index.simple, environment=environment)
        assert outcome.code == 0
        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_a_password_for_the_index_goes_nowhere_else(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """Not to the host that it redirects to, not onto the screen, not into a report."""
    built = release(FLIT)
    index = serve(built.artifacts)
    seen: list[str | None] = []

    class Login(Server):
        def answer(self, request: Handler) -> None:
            seen.append(request.headers.get("Authorization"))
            request.reply(302, Location=f"{second.url}{request.path}")

    class Second(Server):
        def answer(self, request: Handler) -> None:
            others.append(request.headers.get("Authorization"))
            request.reply(302, Location=index.url + request.path)

    others: list[str | None] = []
    with Login() as first, Second() as second:
        address = first.url.replace("//", "//ada:hunter2@")
        outcome = run("check", built.reference, "--index", f"{address}/simple/", "--debug")
    written = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert outcome.code == 0
    assert seen[0] is not None
    assert set(others) == {None}
    assert "hunter2" not in outcome.stdout + outcome.stderr
    assert b"hunter2" not in written
