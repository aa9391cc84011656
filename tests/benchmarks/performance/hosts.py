"""Releases in, their index and git host on loopback out, each behind a proxy that counts and can be slow.

The artifacts come from the package index, once; the repositories from the git host over plain http that the user's git
configuration puts in the place of https://github.com/ (`url.<base>.insteadOf`): TLS could not be counted.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dulwich.config import StackedConfig, apply_instead_of
from platformdirs import user_cache_path

from corpus import command
from corpus.counting_proxy import Count, CountingProxy
from corpus.package_index import PackageIndex
from provenance.artifacts import choose, obtain
from provenance.cache import Cache
from provenance.cli.options import default_index
from provenance.index import find_release, parse_reference
from provenance.model import Limits
from provenance.net import Http

HOST = "https://github.com/"


@dataclass(frozen=True)
class Hosts:
    """An index and a git host, and the environment in which they stand for the public ones."""

    index: CountingProxy
    git: CountingProxy
    home: Path
    environment: dict[str, str]

    def check(self, reference: str, *options: str) -> dict[str, object]:
        """Check a release with the cache in `home`, and return its report."""
        simple = f"{self.index.url}/simple/"
        arguments = ("check", reference, "--index", simple, "--format", "json", "--no-sign", *options)
        outcome = command.run(*arguments, environment=self.environment)
        if outcome.code not in (0, 1, 3):
            raise RuntimeError(outcome.stderr)
        report: dict[str, object] = outcome.document["releases"][0]
        return report

    def counted(self, reference: str, *options: str) -> tuple[Count, Count]:
        """Check a release; return what passed between it and the index, and it and the git host."""
        before = self.index.total, self.git.total
        self.check(reference, *options)
        return self.index.total - before[0], self.git.total - before[1]


class Index(PackageIndex):
    """Hashes large artifacts once."""

    @functools.cache  # noqa: B019 - it ends with the measurement
    def _digest(self, filename: str) -> str:
        return super()._digest(filename)


@contextmanager
def hosts(artifacts: Mapping[Path, str], home: Path, latency: float = 0.0) -> Iterator[Hosts]:
    """Serve artifacts, each with its moment of upload; a round trip takes `latency` seconds."""
    upstream = urlsplit(apply_instead_of(StackedConfig.default(), HOST))
    if upstream.scheme != "http":
        sys.exit(f"git's configuration does not put a plain http host in the place of {HOST}")
    with (
        Index(artifacts, uploaded={path.name: moment for path, moment in artifacts.items()}) as served,
        CountingProxy("127.0.0.1", served.server_port, latency) as index,
        CountingProxy(upstream.hostname or "", upstream.port or 80, latency) as git,
    ):
        gitconfig = home / "gitconfig"
        gitconfig.write_text(f'[url "{git.url}/"]\n\tinsteadOf = {HOST}\n')
        environment = command.hermetic(home, gitconfig)
        yield Hosts(index, git, home, environment)


@functools.cache
def artifacts_of(reference: str) -> dict[Path, str]:
    """The artifacts of a release that a check would read, in a folder of their own, and when each was uploaded."""
    folder = user_cache_path("provenance-benchmarks")
    with Http("pypi-provenance-benchmarks") as http:
        release = find_release(parse_reference(reference), default_index(), http, Limits())
        found = {}
        for artifact in choose(release.artifacts, all_wheels=False):
            stored = obtain(artifact, Cache(folder), http, Limits())
            path = folder / "named" / artifact.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                os.link(stored.path, path)
            found[path] = artifact.uploaded.isoformat() if artifact.uploaded else ""
    return found


@functools.cache
def version_before(reference: str) -> str:
    """The release before this one, as NAME==VERSION."""
    with Http("pypi-provenance-benchmarks") as http:
        release = find_release(parse_reference(reference), default_index(), http, Limits())
    return f"{release.name}=={release.earlier[0].version}"
