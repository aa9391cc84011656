"""Distribution metadata in, the repositories that it names out, best evidence first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from provenance.metadata import Metadata
from provenance.source.hosts import no_git, own_repository_of, repository_of

SOURCE_LABELS = (
    "source",
    "sourcecode",
    "repository",
    "repo",
    "code",
    "sources",
    "scm",
    "vcs",
    "github",
    "gitlab",
)
HOME_LABELS = ("homepage", "home")
MONEY_LABELS = ("funding", "sponsor", "donat", "tidelift")
LINK = re.compile(r"https?://[^\s\"'<>()\[\]`]+")


@dataclass(frozen=True)
class Candidate:
    """A repository address, where it was read, and the commit that an attestation names in it.

    `obstacle` says why nothing can be had from there: another version control system, a host that is gone.
    """

    repository: str
    evidence: str
    commit: str | None = None
    obstacle: str = ""


def repositories(metadata: Iterable[Metadata]) -> tuple[Candidate, ...]:
    """Return the repositories that the metadata of a release's artifacts names, each once, best evidence first.

    Order: `Project-URL` under a source-like label, `Home-page`, other project URLs, links in the
    description. Sponsor pages and badges never count.
    """
    found: dict[str, Candidate] = {}
    links = [link for each in metadata for link in _links(each)]
    for _, url, evidence in sorted(links, key=lambda link: link[0]):
        if obstacle := no_git(url):
            found.setdefault(obstacle, Candidate(url, evidence, obstacle=obstacle))
        elif repository := repository_of(url) or own_repository_of(url):
            found.setdefault(repository.lower(), Candidate(repository, evidence))
    return tuple(found.values())


def _links(metadata: Metadata) -> list[tuple[int, str, str]]:
    """Links with how much they count, 0 for most, and what they are called."""
    urls = {
        plain: (url, f"project URL “{label}”")
        for label, url in metadata.project_urls.items()
        if not any(word in (plain := _plain(label)) for word in MONEY_LABELS)
    }
    source = [urls.pop(label) for label in SOURCE_LABELS if label in urls]
    source += [urls.pop(label) for label in list(urls) if "source" in label or "repo" in label]
    home = [(metadata.home_page, "home page")]
    home += [urls.pop(label) for label in HOME_LABELS if label in urls]
    download = [(metadata.get("download_url") or "", "download URL")]
    ordered = (source, home, list(urls.values()), download, _described(metadata))
    return [(rank, url, evidence) for rank, links in enumerate(ordered) for url, evidence in links]


def _described(metadata: Metadata) -> list[tuple[str, str]]:
    """Links in the description whose repository bears the project's own name, most frequent first."""
    name = canonicalize_name(metadata.name) if metadata.name else ""
    repositories = Counter(
        repository
        for link in LINK.findall(metadata.description)
        if "badge" not in link and (repository := repository_of(link))
    )
    return [
        (repository, "link in the description")
        for repository, _ in repositories.most_common()
        if canonicalize_name(repository.rpartition("/")[2])
        in (name, f"python-{name}", f"{name}-python", f"py{name}")
    ]


def _plain(label: str) -> str:
    """A label as PEP 753 compares it: without case, spaces and punctuation."""
    return re.sub(r"[\W_]", "", label).lower()
