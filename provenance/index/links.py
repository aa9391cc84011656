"""Addresses that an index names in, a refusal of those that lead into the reader's own network, and redirects, out."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from provenance.errors import NetworkError
from provenance.model import Artifact, Notice, Release, Severity
from provenance.net import Http, leads_inside, shown


def check_links(artifacts: Sequence[Artifact], index: str) -> None:
    """Raise NetworkError where an index out in the world names what is inside the reader's own network."""
    links = {url for artifact in artifacts for url in (artifact.url, artifact.provenance_url) if url}
    hosts = {urlsplit(url).hostname: url for url in sorted(links)}
    for url in hosts.values():
        if leads_inside(index, url):
            raise NetworkError(
                f"The index names {shown(url)}, an address inside your own network, which is not asked"
            )


def redirects(release: Release, index: str, http: Http) -> list[Notice]:
    """Return a notice for every other host that the index, or the host of its files, sent this check to."""
    page = urljoin(index.rstrip("/") + "/", f"{release.name}/")
    asked = [
        page,
        *(url for artifact in release.artifacts for url in (artifact.url, artifact.provenance_url) if url),
    ]
    pairs = {(_host(url), _host(http.redirected[url])) for url in asked if url in http.redirected}
    return [
        Notice(
            code="redirected",
            severity=Severity.INFO,
            message=f"{old} redirected to {new}, another host.",
            is_lasting=False,
        )
        for old, new in sorted(pairs)
        if old != new
    ]


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
