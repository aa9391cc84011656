"""A release without a tag and its repository in, the commit that holds most of its files out, as a notice.

Only commits made before the upload count, the newest first, until a whole batch of them holds less than the best.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dulwich.objects import Commit
from dulwich.objects import Tree as GitTree

from provenance.errors import GitError
from provenance.model import Limits, Notice, Release, Severity
from provenance.source.evidence.history import History, read_history
from provenance.source.git import NO_REF, GitHosts, Remote
from provenance.tree import blob_id

DAY = 86_400  # seconds
DAYS_BEFORE = 730  # no release is made from a commit older than that, unless nothing is younger
BATCH, MOST_BATCHES = 200, 10  # commits whose folders are held in memory at a time; how often
BATCH_LIMITS = Limits(git_bytes=48 << 20, git_seconds=120)
SECONDS = 240  # for all batches
DEEPEST = 200  # folders inside folders


@dataclass(frozen=True)
class Nearest:
    """The commits that hold most of a release's different files, and how many that is."""

    commits: frozenset[str]
    held: int


def nearest_commit(
    repository: str, release: Release, contents: Mapping[str, bytes], hosts: GitHosts
) -> Notice:
    """Return a notice naming the commit before the upload that holds most of the artifacts' files, or why none does.

    `contents` has the files' bytes by blob id.
    """
    where = repository.removeprefix("https://")
    uploaded = int(release.uploaded.timestamp()) if release.uploaded else None
    try:
        history = read_history(repository, hosts, since=uploaded and uploaded - DAYS_BEFORE * DAY)
        found = _nearest(repository, _candidates(history, uploaded), _ids(contents), hosts)
    except GitError as error:
        return _notice("search-failed", f"The history of {where} could not be searched: {error}.")
    if found is None:
        return _notice("no-near-commit", f"No commit in {where} before the upload holds any of its files.")
    ties = sorted(found.commits, key=lambda commit: (history.commits[commit].time, commit))
    named = ties[0]
    message = (
        f"Nearest commit: {_shown(history, named)} holds {found.held} of its {len(contents)} different files."
        f"{_ties(history, ties)} `provenance check {release.name}=={release.version} --source {repository}@{named}` "
        "compares with it."
    )
    return _notice("nearest-commit", message)


def _candidates(history: History, uploaded: int | None) -> Iterator[list[str]]:
    """Commits made before the upload in batches, newest first; the first batch has tagged ones too."""
    made = {
        commit: logged.time
        for commit, logged in history.commits.items()
        if uploaded is None or logged.time <= uploaded + DAY
    }
    newest = sorted(made, key=lambda commit: (-made[commit], commit))
    tagged = set(history.tags.values())
    first = [commit for commit in newest if commit in tagged][: BATCH // 2]
    ordered = list(dict.fromkeys([*first, *newest]))
    for start in range(0, min(len(ordered), BATCH * MOST_BATCHES), BATCH):
        yield ordered[start : start + BATCH]


def _ids(contents: Mapping[str, bytes]) -> dict[str, str]:
    """What git may call each file, as it stands or with the line endings it had before a build on Windows."""
    plain = {
        blob_id(content.replace(b"\r\n", b"\n")): blob
        for blob, content in contents.items()
        if b"\r\n" in content
    }
    return plain | {blob: blob for blob in contents}


def _nearest(
    repository: str, batches: Iterator[list[str]], ids: Mapping[str, str], hosts: GitHosts
) -> Nearest | None:
    ends = time.monotonic() + SECONDS
    overlaps: dict[str, frozenset[str]] = {}  # by tree id
    held: dict[str, int] = {}
    for batch in batches:
        remote = hosts.open(repository, BATCH_LIMITS)
        remote.fetch_commits([NO_REF.decode()], lambda refs, batch=batch: batch)  # type: ignore[misc]
        best = max(held.values(), default=0)
        for commit_id in batch:
            commit = remote.read(commit_id)
            if isinstance(commit, Commit):
                held[commit_id] = len(_overlap(remote, commit.tree.decode(), ids, overlaps))
        if time.monotonic() > ends or max(held.get(commit_id, 0) for commit_id in batch) < best:
            break
    most = max(held.values(), default=0)
    if not most:
        return None
    return Nearest(frozenset(commit for commit in held if held[commit] == most), most)


def _overlap(
    remote: Remote,
    tree_id: str,
    ids: Mapping[str, str],
    known: dict[str, frozenset[str]],
    depth: int = 0,
) -> frozenset[str]:
    """Which of the files a tree holds; each tree is looked at once."""
    tree = None if tree_id in known or depth > DEEPEST else remote.read(tree_id)
    if isinstance(tree, GitTree):
        found: set[str] = set()
        for item in tree.iteritems():
            object_id = item.sha.decode()
            if item.mode == 0o040000:
                found |= _overlap(remote, object_id, ids, known, depth + 1)
            elif object_id in ids:
                found.add(ids[object_id])
        known[tree_id] = frozenset(found)
    return known.get(tree_id, frozenset())


def _ties(history: History, commits: Sequence[str]) -> str:
    if len(commits) == 1:
        return ""
    oldest, newest = _shown(history, commits[0]), _shown(history, commits[-1])
    return (
        f" {len(commits)} commits hold as many, from {oldest} to {newest}: "
        "its files do not tell which it was."
    )


def _shown(history: History, commit: str) -> str:
    day = datetime.fromtimestamp(history.commits[commit].time, UTC).date()
    tag, branch = history.tag_on(commit), history.branch_of(commit)
    place = f"tag {tag}" if tag else f"on {branch}" if branch else f"before tag {history.tag_of(commit)}"
    return f"{commit[:12]} of {day} ({place})"


def _notice(code: str, message: str) -> Notice:
    return Notice(code=code, severity=Severity.LOW, message=message, is_lasting=False)
