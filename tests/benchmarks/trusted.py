"""Releases in, a table out: what `check --trust` of a published report costs beside a fresh check of the same release.

    GIT_CONFIG_GLOBAL=mirrors.gitconfig python tests/benchmarks/trusted.py requests==2.32.5 pip==25.3 numpy==2.3.5

Needs the package index, and a git host over plain http that the user's git configuration puts in the place of
https://github.com/. The index's page and files are first copied to a server on loopback; the site is published from
reports that are made in this run. Index, git host and site are then reached through proxies that count connections,
requests and bytes, headers included, and hold every request back for 50 ms. Every check begins with an empty cache.
`cpu` is the processor time of the whole command, `again` that of the same work once its modules are loaded.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from dulwich.config import StackedConfig, apply_instead_of

from corpus.command import COMMAND, ROOT
from corpus.counting_proxy import Count, CountingProxy, _Connection
from corpus.loopback import Handler, Server
from provenance.cli.options import default_index
from provenance.index import parse_reference
from provenance.index.page import ACCEPT
from provenance.net import Http

HOST = "https://github.com/"
LATENCY = 0.05  # seconds
LARGEST = 1 << 30  # bytes
WIDTHS = (8, 9, 8, 9, 9, 13)
HEADINGS = ("cpu s", "again s", "wall s", "connect", "requests", "bytes")
JSON = ("--format", "json")
AGAIN = """
import contextlib, io, os, shutil, sys, time
from provenance.cli.main import group
for number in range(2):
    shutil.rmtree(os.environ["PROVENANCE_CACHE"], ignore_errors=True)
    started = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        group.main(sys.argv[1:], standalone_mode=False)
print(time.process_time() - started)
"""


@dataclass(frozen=True)
class Cost:
    """What one check took."""

    cpu: float
    again: float
    wall: float
    connections: int
    requests: int
    size: int


class Distant(CountingProxy):
    """A counting proxy that holds back whatever a client sends."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        super().__init__(parts.hostname or "", parts.port or 80)
        self.RequestHandlerClass = _Held


class _Held(_Connection):
    def _received(self, end: socket.socket) -> bytes:  # type: ignore[override] # the base class needs no self
        data = super()._received(end)
        if end is self.request:
            time.sleep(LATENCY)
        return data


class IndexCopy(Server):
    """The index's pages of some projects and the files of their releases, fetched when they are first asked for."""

    def __init__(self, http: Http) -> None:
        super().__init__()
        self._http = http
        self._files: dict[str, str] = {}

    @functools.cache  # noqa: B019 - it lives as long as the run
    def _get(self, address: str) -> bytes:
        return self._http.get(address, accept=f"{ACCEPT}, */*;q=0.1", limit=LARGEST).content

    def answer(self, request: Handler) -> None:
        kind, _, rest = request.path.strip("/").partition("/")
        if kind != "simple":
            content = self._get(self._files[request.path]) if request.path in self._files else b""
            request.reply(200 if content else 404, content, Content_Type="application/octet-stream")
            return
        page = json.loads(self._get(f"{default_index().rstrip('/')}/{rest}/"))
        for file in page["files"]:
            for field in ("url", "provenance"):
                if file.get(field):
                    path = f"/{field}/{file['filename']}"
                    self._files[path] = file[field]
                    file[field] = f"http://{request.headers['Host']}{path}"
        packed = gzip.compress(json.dumps(page, separators=(",", ":")).encode(), mtime=0)
        request.reply(
            200, packed, Content_Type="application/vnd.pypi.simple.v1+json", Content_Encoding="gzip"
        )


class Quiet(SimpleHTTPRequestHandler):
    """A plain static file server that keeps connections open."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """Serve a folder, and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def main(references: list[str]) -> None:
    """Check each release afresh and by its published report, and print what each took, and the ratio."""
    upstream = apply_instead_of(StackedConfig.default(), HOST)
    if not upstream.startswith("http://"):
        sys.exit(f"git's configuration does not put a plain http host in the place of {HOST}")
    headings = "".join(f"{words:>{width}}" for words, width in zip(HEADINGS, WIDTHS, strict=True))
    print(f"{'release':<18}{'check':<10}{headings}")
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder, site = Path(temporary), Path(temporary, "site")
        site.mkdir()
        copy = stack.enter_context(IndexCopy(stack.enter_context(Http("pypi-provenance benchmark"))))
        addresses = (copy.url, upstream.rstrip("/"), stack.enter_context(hosted(site)))
        proxies = [stack.enter_context(Distant(address)) for address in addresses]
        index, git, published = (proxy.url for proxy in proxies)
        (folder / "gitconfig").write_text(f'[url "{git}/"]\n\tinsteadOf = {HOST}\n')
        environment = os.environ | {
            "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
            "PROVENANCE_CACHE": str(folder / "cache"),
            "PROVENANCE_DATA": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
        }
        for reference in references:
            parse_reference(reference)
            check = ["check", reference, "--index", f"{index}/simple/"]
            reports = ["--output", str(folder / "reports")]
            first = said([*check, *reports, *JSON], environment)  # the index is copied, the report is made
            said(["publish", str(folder / "reports"), "--to", str(site)], environment)
            fresh = measured([*check, *reports], environment, proxies)
            trusted = measured([*check, "--trust", published], environment, proxies)
            last = said([*check, "--trust", published, *JSON], environment)
            same = said_of(first) == said_of(last)
            show(reference, "fresh", fresh)
            show("", "--trust", trusted)
            ratios = [one / other for one, other in zip(astuple(fresh), astuple(trusted), strict=True)]
            row = "".join(f"{ratio:>{width - 1}.1f}x" for ratio, width in zip(ratios, WIDTHS, strict=True))
            answer = "the same answer" if same else "ANOTHER ANSWER"
            print(f"{'':<18}{'ratio':<10}{row}  {answer}", flush=True)


def said_of(printed: list[str]) -> dict[str, object]:
    """The answer: verdict, source and every finding; notices may hold only today."""
    release: dict[str, object] = json.loads("\n".join(printed))["releases"][0]
    return {name: value for name, value in release.items() if name not in ("notices", "severities")}


def measured(arguments: list[str], environment: dict[str, str], proxies: list[Distant]) -> Cost:
    """Run the command with an empty cache, and again in one process."""
    shutil.rmtree(environment["PROVENANCE_CACHE"], ignore_errors=True)
    before, started, times = total(proxies), time.perf_counter(), os.times()
    said(arguments, environment)
    after = os.times()
    wall, count = time.perf_counter() - started, total(proxies) - before
    cpu = after.children_user + after.children_system - times.children_user - times.children_system
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return Cost(cpu, float(done.stdout), wall, count.connections, count.requests, count.sent + count.received)


def said(arguments: list[str], environment: dict[str, str]) -> list[str]:
    """Run the command and return what it printed; raises RuntimeError where it gave no answer."""
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1, 3) or not done.stdout:
        raise RuntimeError(done.stderr)
    return done.stdout.splitlines()


def total(proxies: list[Distant]) -> Count:
    """What passed through all of them."""
    counts = [
        (each.connections, each.requests, each.sent, each.received) for each in (p.total for p in proxies)
    ]
    return Count(*(sum(column) for column in zip(*counts, strict=True)))


def show(reference: str, check: str, cost: Cost) -> None:
    """Print a row."""
    print(
        f"{reference:<18}{check:<10}{cost.cpu:>8.2f}{cost.again:>9.3f}{cost.wall:>8.2f}"
        f"{cost.connections:>9}{cost.requests:>9}{cost.size:>13,}"
    )


if __name__ == "__main__":
    main(sys.argv[1:] or ["requests==2.32.5", "pip==25.3", "numpy==2.3.5"])
