"""Releases in, a table out: what a check asks of a git host, beside git's own smallest clone of the same tag.

    GIT_CONFIG_GLOBAL=mirrors.gitconfig python tests/benchmarks/git_round_trips.py requests==2.32.5

Needs the package index, git, and a git host over plain http that the user's git configuration puts in the place
of https://github.com/ (`url.<base>.insteadOf`): TLS could not be counted. Both clients reach that host through a
proxy on loopback that counts connections, requests and bytes, headers included. Seconds are of the whole check
and the whole clone, one run each; compare the rest. The clone fetches no file, the check those that it needs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from dulwich.config import StackedConfig, apply_instead_of

from corpus import command
from corpus.counting_proxy import CountingProxy

HOST = "https://github.com/"
COLUMNS = f"{'release':<20}{'client':<14}{'connections':>12}{'requests':>10}{'sent':>10}{'received':>12}{'seconds':>9}"


def main(references: list[str]) -> None:
    """Print two rows for each release."""
    upstream = urlsplit(apply_instead_of(StackedConfig.default(), HOST))
    if upstream.scheme != "http":
        sys.exit(f"git's configuration does not put a plain http host in the place of {HOST}")
    print(COLUMNS)
    with (
        tempfile.TemporaryDirectory() as folder,
        CountingProxy(upstream.hostname or "", upstream.port or 80) as proxy,
    ):
        gitconfig = Path(folder, "gitconfig")
        gitconfig.write_text(f'[url "{proxy.url}/"]\n\tinsteadOf = {HOST}\n')
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": str(gitconfig), "GIT_CONFIG_NOSYSTEM": "1"}
        for reference in references:
            source = _checked(reference, environment)["source"]  # fills the cache with the artifacts
            _row(reference, "this check", proxy, lambda reference=reference: _checked(reference, environment))
            _row("", "git clone", proxy, lambda source=source: _clone(source, environment))


def _row(reference: str, client: str, proxy: CountingProxy, work: Callable[[], object]) -> None:
    before, started = proxy.total, time.perf_counter()
    work()
    seconds, count = time.perf_counter() - started, proxy.total - before
    print(f"{reference:<20}{client:<14}{count.connections:>12}{count.requests:>10}{count.sent:>10,}"
          f"{count.received:>12,}{seconds:>9.2f}")  # fmt: skip


def _checked(reference: str, environment: dict[str, str]) -> dict[str, str]:
    outcome = command.run("check", reference, "--format", "json", environment=environment)
    found: dict[str, str] = outcome.document["releases"][0]
    return found


def _clone(source: dict[str, str], environment: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        smallest = ["--bare", "--depth", "1", "--filter=blob:none", "--branch", source["ref"]]
        subprocess.run(
            ["git", "clone", "--quiet", *smallest, source["repository"], folder],
            env=environment,
            check=True,
            stderr=subprocess.DEVNULL,
        )


if __name__ == "__main__":
    main(sys.argv[1:] or ["requests==2.32.5"])
