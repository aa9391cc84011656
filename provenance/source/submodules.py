"""A Checkout in, the same with the trees that its submodules pin mounted at their paths out."""

from __future__ import annotations

import configparser
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urljoin

from provenance.errors import GitError
from provenance.model import Limits, Notice, Severity, Submodule
from provenance.source.checkout import Checkout, fetch_tree
from provenance.source.hosts import repository_of
from provenance.tree import GITLINK, Entry, Tree, join

MOST_SUBMODULES = 40
MOST_LEVELS = 3


def mount_submodules(
    checkout: Checkout, folders: Collection[str], limits: Limits
) -> tuple[Checkout, list[Notice]]:
    """Fetch the pinned tree of every submodule that stands at one of these folders, which artifacts have files in.

    The commit names each by its id, so its host is not trusted. One that cannot be had leaves a notice.
    """
    notices: list[Notice] = []
    tried: set[str] = set()
    for _ in range(MOST_LEVELS):
        links = [entry for entry in checkout.tree if entry.mode == GITLINK and entry.path in folders]
        pinned = [link for link in links if link.path not in tried]
        tried |= {link.path for link in pinned}
        if not pinned:
            break
        checkout, said = _mounted(checkout, pinned[:MOST_SUBMODULES], limits)
        notices += said
    return checkout, notices


def _mounted(checkout: Checkout, pinned: list[Entry], limits: Limits) -> tuple[Checkout, list[Notice]]:
    entries, remotes, notices = dict(checkout.tree.entries), list(checkout.remotes), []
    submodules = list(checkout.source.submodules)
    addresses = _addresses(checkout)
    for link in pinned:
        address = addresses.get(link.path)
        try:
            if address is None:
                raise GitError(f"the commit does not say where the submodule {link.path} comes from")
            found, remote = fetch_tree(address, link.blob, limits)
        except GitError as error:
            notices.append(
                Notice(code="submodule-missing", severity=Severity.MEDIUM, message=f"{link.path}: {error}")
            )
            continue
        del entries[link.path]
        remotes.append(remote)
        entries |= {
            join(link.path, path): replace(entry, path=join(link.path, path)) for path, entry in found.items()
        }
        submodules.append(Submodule(path=link.path, repository=address, commit=link.blob))
        where = address.removeprefix("https://")
        message = f"{link.path} comes from {where} at the commit {link.blob} that the source pins"
        notices.append(Notice(code="submodule", severity=Severity.INFO, message=message))
    source = checkout.source.model_copy(update={"submodules": tuple(submodules)})
    mounted = replace(checkout, source=source, remotes=tuple(remotes))
    return replace(mounted, tree=Tree(dict(sorted(entries.items())), mounted.load)), notices


def _addresses(checkout: Checkout) -> dict[str, str]:
    """Path -> repository address of every submodule that a .gitmodules file names, relative ones resolved."""
    names = [path for path in checkout.tree.entries if path.rpartition("/")[2] == ".gitmodules"]
    checkout.obtain(checkout.tree.entries[name].blob for name in names)
    found: dict[str, str] = {}
    for name in names:
        config = configparser.RawConfigParser(strict=False)
        try:
            config.read_string(
                "\n".join(line.strip() for line in (checkout.tree.text(name) or "").splitlines())
            )
        except configparser.Error:
            continue
        for section in config.sections():
            path, url = config.get(section, "path", fallback=""), config.get(section, "url", fallback="")
            if url.startswith(("./", "../")):
                url = urljoin(f"{checkout.source.repository}/", url)
            address = repository_of(url) or url.removesuffix(".git")
            found[join(name.rpartition("/")[0], path)] = address
    return found
