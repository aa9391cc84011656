"""The loopback servers: in, real clients; out, what the public hosts would answer."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from corpus.example import FLIT, OWNER
from corpus.git_host import GitHost
from corpus.package_index import JSON_TYPE, PackageIndex
from tests.conftest import MakeRelease, Serve


def get(url: str, accept: str = "*/*") -> tuple[str, bytes]:
    """Media type and body."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept})) as answer:
        return answer.headers.get_content_type(), answer.read()


def clone(host: GitHost, folder: Path, *options: str) -> int:
    """Clone the example through the public host's address, and return the bytes that it took."""
    before = host.traffic
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": str(host.write_gitconfig(folder / "gitconfig")),
    }
    address = f"https://github.com/{OWNER}/{FLIT.name}"
    command = ["git", "clone", "--quiet", "--bare", *options, address, str(folder / "clone")]
    subprocess.run(command, env=environment, check=True, timeout=60)
    return (host.traffic - before).sent


def test_git_clones_from_the_host(release: MakeRelease, git_host: GitHost, tmp_path: Path) -> None:
    """A clone takes all of the repository, and the host counts it."""
    release(FLIT)
    assert clone(git_host, tmp_path) > 400_000


def test_git_clones_a_part_from_the_host(release: MakeRelease, git_host: GitHost, tmp_path: Path) -> None:
    """A partial clone takes no blobs."""
    release(FLIT)
    assert clone(git_host, tmp_path, "--filter=blob:none") < 10_000


def test_a_host_can_refuse_partial_clones(release: MakeRelease, workshop: Path, tmp_path: Path) -> None:
    """Without filters, a partial clone takes all of the repository."""
    release(FLIT)
    with GitHost(workshop / "git", filters=False) as host:
        assert clone(host, tmp_path, "--filter=blob:none") > 400_000


def test_an_absent_repository_asks_for_a_password(git_host: GitHost) -> None:
    """As large hosts do, so that nobody learns which repositories are private."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(f"{git_host.url}/{OWNER}/absent/info/refs?service=git-upload-pack")
    assert caught.value.code == 401
    caught.value.close()


def test_the_index_speaks_json_to_whoever_asks(release: MakeRelease, serve: Serve) -> None:
    """The page has every file's digest, size and time of upload."""
    built = release(FLIT)
    media_type, body = get(f"{serve(built.artifacts).simple}plume/", accept=JSON_TYPE)
    files = json.loads(body)["files"]
    assert media_type == JSON_TYPE
    assert [file["size"] for file in files] == [path.stat().st_size for path in (built.wheel, built.sdist)]


def test_the_index_speaks_html_to_all_others(release: MakeRelease, serve: Serve) -> None:
    """A PEP 503 page, with digests in the addresses."""
    media_type, body = get(f"{serve(release(FLIT).artifacts).simple}plume/")
    assert media_type == "text/html"
    assert body.count(b"#sha256=") == 2


def test_the_index_sends_other_spellings_on(release: MakeRelease, serve: Serve) -> None:
    """A name that is not normalised is redirected, as is an address without its last slash."""
    assert get(f"{serve(release(FLIT).artifacts).simple}Plume")[1].count(b"<a ") == 2


def test_a_connection_is_kept_alive(release: MakeRelease) -> None:
    """Two requests of one client take one connection."""
    with PackageIndex(release(FLIT).artifacts) as index:
        connection = http.client.HTTPConnection("127.0.0.1", index.server_port)
        for _ in range(2):
            connection.request("GET", "/simple/plume/")
            connection.getresponse().read()
        connection.close()
        assert (index.traffic.connections, index.traffic.requests) == (1, 2)
