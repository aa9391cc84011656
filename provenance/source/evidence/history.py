"""A repository's address in, its commits without their files out: which branch or tag leads to a commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dulwich.objects import Commit, Tag

from provenance.model import Limits
from provenance.source.git import NO_REF, GitHosts, Remote

HEADS, TAGS, DEFAULT = "refs/heads/", "refs/tags/", "HEAD"
LOG = Limits(git_bytes=48 << 20, git_seconds=120)


@dataclass(frozen=True)
class Logged:
    """What a history keeps of a commit: when it was made (seconds since 1970), and what it follows."""

    time: int
    parents: tuple[str, ...]


@dataclass(frozen=True)
class History:
    """The commits behind a repository's branches and tags; `branches` has the default branch first.

    Both maps lead from names to commit ids.
    """

    commits: Mapping[str, Logged]
    branches: Mapping[str, str]
    tags: Mapping[str, str]

    def branch_of(self, commit: str) -> str | None:
        """Return the first branch that leads to a commit, None where none does."""
        return self._leading(self.branches, commit)

    def tag_of(self, commit: str) -> str | None:
        """Return a tag that leads to a commit, None where none does."""
        return self._leading(self.tags, commit)

    def tag_on(self, commit: str) -> str | None:
        """Return a tag that stands on a commit, None where there is none."""
        return next((tag for tag, target in self.tags.items() if target == commit), None)

    def _leading(self, refs: Mapping[str, str], commit: str) -> str | None:
        seen: set[str] = set()  # does not lead there
        for name, tip in refs.items():
            if commit in self._behind(tip, seen):
                return name
        return None

    def _behind(self, tip: str, seen: set[str]) -> Iterator[str]:
        """A commit and all that it follows, but for what was seen already."""
        left = [tip]
        while left:
            commit = left.pop()
            if commit in seen:
                continue
            seen.add(commit)
            yield commit
            left += self.commits[commit].parents if commit in self.commits else ()


def read_history(repository: str, hosts: GitHosts, *, since: int | None) -> History:
    """Fetch the commits that a repository's branches and tags lead to; those made after `since` where some were.

    Raises GitError where the host does not give them within the limits.
    """
    remote = hosts.open(repository, LOG)
    listed = remote.fetch_log([DEFAULT, HEADS, TAGS], lambda refs: list(refs.values()), depth=1)
    refs = {name: commit for name, target in listed.items() if (commit := _peeled(remote, target))}
    young = [tip.id.decode() for tip in _commits(remote) if since is not None and tip.commit_time >= since]
    # A host that is asked for an older tip sends all that is behind it.
    remote.fetch_log(
        [NO_REF.decode()], lambda _: young or list(refs.values()), since=since if young else None
    )
    default = refs.get(DEFAULT)
    branches = {name.removeprefix(HEADS): tip for name, tip in refs.items() if name.startswith(HEADS)}
    return History(
        commits={
            found.id.decode(): Logged(found.commit_time, tuple(parent.decode() for parent in found.parents))
            for found in _commits(remote)
        },
        branches=dict(sorted(branches.items(), key=lambda item: (item[1] != default, item[0]))),
        tags={name.removeprefix(TAGS): tip for name, tip in refs.items() if name.startswith(TAGS)},
    )


def _commits(remote: Remote) -> Iterator[Commit]:
    for object_id in remote.store:
        found = remote.store[object_id]
        if isinstance(found, Commit):
            yield found


def _peeled(remote: Remote, object_id: str) -> str | None:
    """The id of the commit behind a ref, None where it leads to something else."""
    found = remote.read(object_id)
    while isinstance(found, Tag):
        object_id = found.object[1].decode()
        found = remote.read(object_id)
    return object_id if isinstance(found, Commit) else None
