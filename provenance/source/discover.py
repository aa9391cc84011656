"""Distribution metadata in, the repositories that it names out, best evidence first."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from provenance.metadata import Metadata
from provenance.source.hosts import repository_of

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
LINK = re.compile(r"https?://[^\s\"'<>()\[\]`]+")


@dataclass(frozen=True)
class Candidate:
    """A repository address and where it was read."""

    repository: str
    evidence: str


def repositories(metadata: Metadata) -> tuple[Candidate, ...]:
    """Return the repositories that the metadata names, each once, best evidence first.

    Order: `Project-URL` under a source-like label, `Home-page`, other project URLs, links in the
    description. Sponsor pages and badges never count.
    """
    found: dict[str, Candidate] = {}
    for url, evidence in _links(metadata):
        repository = repository_of(url)
        if repository is not None:
            found.setdefault(repository.lower(), Candidate(repository, evidence))
    return tuple(found.values())


def _links(metadata: Metadata) -> list[tuple[str, str]]:
    urls = {_plain(label): (url, f"project URL “{label}”") for label, url in metadata.project_urls.items()}
    links = [urls.pop(label) for label in SOURCE_LABELS if label in urls]
    links += [urls.pop(label) for label in list(urls) if "source" in label or "repo" in label]
    links.append((metadata.home_page, "home page"))
    links += [urls.pop(label) for label in HOME_LABELS if label in urls]
    links += list(urls.values())
    links.append((metadata.get("download_url") or "", "download URL"))
    return links + _described(metadata)


def _described(metadata: Metadata) -> list[tuple[str, str]]:
    """Links in the description whose repository bears the project's own name, most frequent first."""
    name = canonicalize_name(metadata.name) if metadata.name else ""
    repositories = Counter(
        repository for link in LINK.findall(metadata.description) if (repository := repository_of(link))
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
