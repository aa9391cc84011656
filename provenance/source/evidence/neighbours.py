"""Findings against the tagged commit in, a notice naming the commit near it that fits them all out, if there is one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dulwich.objects import Commit
from dulwich.objects import Tree as GitTree

from provenance.errors import GitError
from provenance.model import Evidence, Finding, Limits, Notice, Severity
from provenance.source.checkout import Checkout
from provenance.source.git import GitHosts, Remote

DAY = 86_400  # seconds
DAYS_BEFORE = 30
HISTORY = Limits(git_bytes=16 << 20, git_seconds=60)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Neighbour:
    """A commit that holds all the wanted files, and how many days after the tag's commit it was made."""

    commit: str
    days: int


def neighbour_commit(checkout: Checkout, findings: Iterable[Finding], hosts: GitHosts) -> Notice | None:
    """Return a notice where another commit near the tag holds every file in which the release differs from it."""
    differing = {
        finding.source_path or finding.path: finding.blob
        for finding in findings
        if finding.evidence is Evidence.MODIFIED and not finding.contradicts
    }
    found = _nearest(checkout, differing, hosts)
    if found is None:
        return None
    after = (
        f"{abs(found.days)} days {'after' if found.days > 0 else 'before'}"
        if found.days
        else "within a day of"
    )
    message = (
        f"Every changed file stands so in the commit {found.commit}, made {after} the tag's commit: the release looks "
        "as if it was made from that commit, and the tag was put on another. It is still not what the tag says."
    )
    return Notice(code="neighbour-commit", severity=Severity.MEDIUM, message=message, is_lasting=False)


def _nearest(checkout: Checkout, wanted: Mapping[str, str], hosts: GitHosts) -> Neighbour | None:
    """The commit nearest in time to the tag's whose tree holds these blobs (path -> blob id), None without one.

    Looks at the default branch and at what the tag was made from, from a month before the tag on, as long as
    that history stays small.
    """
    remote = hosts.open(checkout.source.repository, HISTORY)
    try:
        tagged = checkout.remotes[0].read(checkout.source.commit)
        if not isinstance(tagged, Commit) or not wanted:
            return None
        remote.fetch_history("HEAD", checkout.source.commit, since=tagged.commit_time - DAYS_BEFORE * DAY)
    except GitError as error:
        log.debug("the history around the tag is not searched: %s", error)
        return None
    holding = [commit for commit in _commits(remote) if _holds_all(remote, commit, wanted)]
    if not holding:
        return None
    best = min(holding, key=lambda commit: (abs(commit.commit_time - tagged.commit_time), commit.id))
    return Neighbour(best.id.decode(), round((best.commit_time - tagged.commit_time) / DAY))


def _commits(remote: Remote) -> Iterator[Commit]:
    for object_id in remote.store:
        found = remote.store[object_id]
        if isinstance(found, Commit):
            yield found


def _holds_all(remote: Remote, commit: Commit, wanted: Mapping[str, str]) -> bool:
    return all(_blob_at(remote, commit.tree.decode(), path) == blob for path, blob in wanted.items())


def _blob_at(remote: Remote, tree_id: str, path: str) -> str | None:
    """The blob id at a path of a tree, None where the tree has nothing there or was not fetched."""
    for part in path.split("/"):
        tree = remote.read(tree_id)
        if not isinstance(tree, GitTree) or part.encode() not in tree:
            return None
        tree_id = tree[part.encode()][1].decode()
    return tree_id
