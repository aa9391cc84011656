"""The source is fetched while artifacts still come: in, a host that holds its answer; out, no thread left."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from corpus.git_host import GitHost
from corpus.loopback import Handler
from provenance.metadata import Metadata, parse
from provenance.model import Limits
from provenance.source import Candidate, GitHosts, Wanted, fetching_ahead
from provenance.source.commit import Found, find_commit
from tests.source.conftest import REPOSITORY

WANTED = Wanted("plume", "1.0.0", frozenset())


def metadata(repository: str) -> Metadata:
    """What an artifact says that it was made from."""
    return parse(f"Metadata-Version: 2.1\nName: plume\nProject-URL: Source, {repository}\n".encode())


def test_what_was_fetched_ahead_is_not_asked_for_again(git_root: Path) -> None:
    """Whoever opens the repository next finds it fetched."""
    with GitHost(git_root) as host, GitHosts(os.environ, Limits()) as hosts:
        address = f"{host.url}/{REPOSITORY}"
        with fetching_ahead(WANTED, address, hosts) as begin:
            begin(metadata(address))
            begin(metadata(address))
        requests = host.traffic.requests
        found = find_commit(hosts.open(address), WANTED, Candidate(address, "a test"))
        assert isinstance(found, Found)
        assert (found.ref, requests, host.traffic.requests) == ("v1.0.0", 2, 2)


def test_an_interruption_ends_it(git_root: Path) -> None:
    """The host has not answered yet; no thread is left that waits for it."""
    asked, over = threading.Event(), threading.Event()

    def hold(request: Handler) -> bool:
        asked.set()
        return over.wait(300)

    with GitHost(git_root, fault=hold) as host, GitHosts(os.environ, Limits()) as hosts:
        address = f"{host.url}/{REPOSITORY}"
        with pytest.raises(KeyboardInterrupt):
            interrupt(hosts, address, asked)
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("source")] == []
        over.set()


def interrupt(hosts: GitHosts, address: str, asked: threading.Event) -> None:
    """Interrupt what is fetched ahead once its host was asked."""
    with fetching_ahead(WANTED, address, hosts) as begin:
        begin(metadata(address))
        assert asked.wait(60)
        raise KeyboardInterrupt
