"""A Checkout in, the same with the trees that its submodules pin mounted at their paths out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from io import BytesIO
from urllib.parse import urljoin

from dulwich.config import ConfigFile, parse_submodules

from provenance.errors import GitError
from provenance.model import Notice, Severity, Submodule
from provenance.source.checkout import Checkout, OpenTree
from provenance.source.hosts import repository_of, submodule_address
from provenance.tree import GITLINK, Entry, Tree, join

MOST_SUBMODULES = 40
MOST_LEVELS = 3


def mount_submodules(
    checkout: Checkout, folders: Collection[str], open_tree: OpenTree
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
        checkout, said = _mounted(checkout, pinned[:MOST_SUBMODULES], open_tree)
        notices += said
    return checkout, notices


def _mounted(checkout: Checkout, pinned: list[Entry], open_tree: OpenTree) -> tuple[Checkout, list[Notice]]:
    entries, remotes, notices = dict(checkout.tree.entries), list(checkout.remotes), []
    submodules = list(checkout.source.submodules)
    addresses = _addresses(checkout)
    for link in pinned:
        address = addresses.get(link.path)
        try:
            if address is None:
                raise GitError(f"no .gitmodules names a public address for the submodule {link.path}")
            found, remote = open_tree(address, link.blob)
        except GitError as error:
            notices.append(
                Notice(
                    code="submodule-missing",
                    severity=Severity.MEDIUM,
                    message=f"{link.path}: {error}",
                    is_lasting=False,
                )
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


def _addresses(checkout: Checkout) -> dict[str, str | None]:
    """Path -> repository address of every submodule that the source or a submodule of it names.

    A relative one starts from the repository whose .gitmodules names it. None where the address is not asked.
    """
    homes = {"": checkout.source.repository} | {
        each.path: each.repository for each in checkout.source.submodules
    }
    files = {home: entry for home in homes if (entry := checkout.tree.get(join(home, ".gitmodules")))}
    checkout.obtain(entry.blob for entry in files.values())
    return {
        join(home, path): _address(url, homes[home])
        for home, entry in files.items()
        for path, url in _named(checkout.load(entry.blob) or b"")
    }


def _named(content: bytes) -> list[tuple[str, str]]:
    """The path and URL of each submodule in a .gitmodules file, as far as git can read it."""
    try:
        config = ConfigFile.from_file(BytesIO(content), expand_includes=False)  # an include reads local files
        rows = list(parse_submodules(config))
    except ValueError:
        return []
    return [(path.decode(errors="surrogateescape"), url.decode(errors="replace")) for path, url, _ in rows]


def _address(url: str, home: str) -> str | None:
    if url.startswith(("./", "../")):
        joined = urljoin(f"{home}/", url)
        return repository_of(joined) or joined
    return submodule_address(url)
