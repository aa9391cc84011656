"""A repository and a version in, the commit that its tag, an attestation or a user's ref leads to out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dulwich.objects import Commit, ShaFile, Tag
from dulwich.objects import Tree as GitTree

from provenance.errors import GitError, RepositoryNotFoundError
from provenance.model import Limits, Notice, Severity
from provenance.source.discover import Candidate
from provenance.source.git import NO_REF, Remote
from provenance.source.tags import ranked, usual_prefixes
from provenance.tree import GITLINK, Entry, join

TAGS, BRANCHES = "refs/tags/", "refs/heads/"
TRIED_TAGS = 4
DEEPEST = 200  # folders inside folders
PATH_CHARACTERS = 200  # of a path, on average of all that there may be
MOST_TAGS = 10  # tags of tags


class Objects(Protocol):
    """Where git's objects are had from: a host, or a bundle. `blobs` are the ids that trees from there name."""

    @property
    def repository(self) -> str:
        """What people know it by."""

    @property
    def blobs(self) -> set[str]:
        """The ids of files that its trees name."""

    @property
    def limits(self) -> Limits:
        """How much of it is read."""

    def read(self, object_id: str) -> ShaFile | None:
        """Return an object that is at hand."""

    def fetch_blobs(self, blobs: Sequence[str]) -> None:
        """Have the content of files at hand."""


@dataclass(frozen=True)
class Wanted:
    """What to look for: the release's name and version, its files' blob ids, and a ref that the user gave."""

    name: str
    version: str
    blobs: frozenset[str]
    ref: str | None = None


@dataclass(frozen=True)
class Found:
    """The commit that a ref leads to, the id that the ref itself holds, and other tags that fit as well."""

    ref: str
    commit: Commit
    tag: str
    others: tuple[str, ...] = ()


def find_commit(remote: Remote, wanted: Wanted, candidate: Candidate) -> Found | Notice:
    """Return the commit of the ref that the user gave, or of this version's tag; a notice why there is none.

    An attested commit comes in the same request; without it where the host does not give it.
    """
    if wanted.ref:
        return find_ref(remote, wanted.ref)
    try:
        return _find_tag(remote, wanted, candidate)
    except RepositoryNotFoundError:
        raise
    except GitError:
        if candidate.commit is None:
            raise
        return _find_tag(remote, wanted, replace(candidate, commit=None))


def find_ref(remote: Remote, ref: str) -> Found | Notice:
    """Return the commit that a tag, a branch, a commit id or the start of one leads to, in this order."""
    if re.fullmatch(r"[0-9a-fA-F]{40}", ref):
        remote.fetch_commits([NO_REF.decode()], lambda refs: [ref.lower()])
        commit = peel(remote, ref.lower())
        return Found(ref.lower(), commit, ref.lower()) if commit else _no_ref(remote, ref)
    is_short = re.fullmatch(r"[0-9a-fA-F]{4,39}", ref) is not None
    chosen: dict[str, str] = {}

    def choose(refs: dict[str, str]) -> list[str]:
        chosen.update(_named(refs, ref) or (_started(refs, ref) if is_short else {}))
        return list(chosen.values())

    remote.fetch_commits([TAGS, BRANCHES] if is_short else [TAGS + ref, BRANCHES + ref, ref], choose)
    commits = {name: commit for name, target in chosen.items() if (commit := peel(remote, target))}
    if not commits:
        return _no_ref(remote, ref, is_short=is_short)
    name, commit = next(iter(commits.items()))
    return Found(name, commit, chosen[name])


def peel(remote: Objects, object_id: str) -> Commit | None:
    """Return the commit behind a tag, a tag of a tag, or a commit; None for a tag of anything else."""
    for _ in range(MOST_TAGS):
        found = remote.read(object_id)
        if isinstance(found, Commit):
            return found
        if not isinstance(found, Tag):
            return None
        object_id = found.object[1].decode()
    return None


def flatten(remote: Objects, tree_id: str, most: int = 0) -> dict[str, Entry]:
    """Return every file of a tree by its path; equal folders are sent only once, so that few bytes can be many files.

    `most` are files and folders together, by the limits where it is 0. Raises GitError where there are more, and
    where the host did not send all of the folders.
    """
    most = most or remote.limits.git_files
    entries: dict[str, Entry] = {}
    folders, seen, room = [("", tree_id, 0)], 0, most * PATH_CHARACTERS
    while folders:
        seen += 1
        if seen + len(entries) > most:
            raise _too_many(remote, most)
        folder, object_id, depth = folders.pop()
        tree = remote.read(object_id)
        if not isinstance(tree, GitTree):
            raise GitError(
                f"{remote.repository} did not send the folder {folder or 'at the root'} of the commit"
            )
        if depth > DEEPEST:
            raise GitError(f"{remote.repository} has folders more than {DEEPEST} deep")
        for item in tree.iteritems():
            path = join(folder, item.path.decode(errors="surrogateescape"))
            room -= len(path)
            if room < 0:
                raise GitError(
                    f"{remote.repository} has paths of more than {most * PATH_CHARACTERS:,} characters"
                )
            if item.mode == 0o040000:
                folders.append((path, item.sha.decode(), depth + 1))
                continue
            entries[path] = Entry(path, _mode(item.mode), item.sha.decode())
            if seen + len(entries) > most:
                raise _too_many(remote, most)
    remote.blobs.update(entry.blob for entry in entries.values() if entry.mode != GITLINK)
    return dict(sorted(entries.items()))


def _too_many(remote: Objects, most: int) -> GitError:
    return GitError(f"{remote.repository} has more than the limit of {most:,} files and folders")


def _find_tag(remote: Remote, wanted: Wanted, candidate: Candidate) -> Found | Notice:
    attested, address = candidate.commit, candidate.repository
    prefixes = [TAGS + prefix for prefix in usual_prefixes(wanted.name, wanted.version, address)]
    for asked in (prefixes, [TAGS]):
        tags: dict[str, str] = {}

        def choose(refs: dict[str, str], tags: dict[str, str] = tags) -> list[str]:
            names = [
                name.removeprefix(TAGS) for name in refs if name.startswith(TAGS) and not name.endswith("^{}")
            ]
            fitting = ranked(names, wanted.name, wanted.version, address)
            tags.update({tag: refs[TAGS + tag] for tag in fitting[:TRIED_TAGS]})
            return [*tags.values(), *([attested] if attested else [])]

        remote.fetch_commits(asked, choose)
        if tags:
            return _fullest(remote, tags, wanted, attested) or _no_commit(remote, tags, candidate)
    return _no_tag(candidate, wanted)


def _fullest(remote: Remote, tags: Mapping[str, str], wanted: Wanted, attested: str | None) -> Found | None:
    """The attested commit's tag, or the one whose tree holds most of the artifacts' files; of equals the likeliest."""
    commits = {tag: commit for tag, target in tags.items() if (commit := peel(remote, target))}
    if not commits:
        return None
    for tag, commit in commits.items():
        if commit.id.decode() == attested:
            return Found(tag, commit, tags[tag])
    if len({commit.id for commit in commits.values()}) == 1:
        tag = next(iter(commits))
        return Found(tag, commits[tag], tags[tag])
    held = {
        tag: len(wanted.blobs & {entry.blob for entry in flatten(remote, commit.tree.decode()).values()})
        for tag, commit in commits.items()
    }
    best = max(held, key=lambda tag: held[tag])
    others = [tag for tag in commits if tag != best and commits[tag].id != commits[best].id]
    return Found(best, commits[best], tags[best], tuple(others))


def _named(refs: Mapping[str, str], ref: str) -> dict[str, str]:
    """The tag, else the branch, that is named so; a branch keeps its prefix, since it moves."""
    names = {TAGS + ref: ref, BRANCHES + ref: BRANCHES + ref, ref: ref}
    return dict([(shown, refs[name]) for name, shown in names.items() if name in refs][:1])


def _started(refs: Mapping[str, str], start: str) -> dict[str, str]:
    """The one commit among tags and branches whose id starts so, by its id."""
    found = {value for value in refs.values() if value.startswith(start.lower())}
    return {value: value for value in found} if len(found) == 1 else {}


def _mode(mode: int) -> int:
    """A blob's mode as git itself reads it: old trees hold 100664."""
    if mode & 0o170000 == 0o100000:
        return 0o100755 if mode & 0o100 else 0o100644
    return mode


def _no_ref(remote: Remote, ref: str, *, is_short: bool = False) -> Notice:
    message = f"{remote.repository.removeprefix('https://')} has no tag, branch or commit {ref}."
    if is_short:
        message += (
            " A host cannot look up the start of a commit's id unless a branch or tag is at that commit; name all 40 "
            "digits."
        )
    return Notice(code="no-ref", severity=Severity.MEDIUM, message=message)


def _no_tag(candidate: Candidate, wanted: Wanted) -> Notice:
    message = (
        f"{_named_by(candidate)} has no tag for version {wanted.version}, so nothing says which commit it was made "
        "from. Ask its maintainers to push the tag, or name a commit yourself with --source URL@COMMIT."
    )
    return Notice(code="no-tag", severity=Severity.HIGH, message=message)


def _no_commit(remote: Remote, tags: Mapping[str, str], candidate: Candidate) -> Notice:
    """Where tags for this version exist and none leads to a commit."""
    tag, target = next(iter(tags.items()))
    found: ShaFile | None = remote.read(target)
    kind = found.type_name.decode() if found else ""
    for _ in range(MOST_TAGS):
        if isinstance(found, Tag):
            kind, found = found.object[0].type_name.decode(), remote.read(found.object[1].decode())
    message = (
        f"In {_named_by(candidate)} the tag {tag} points to a {kind or 'missing object'} and not to a commit, so "
        "nothing says what the release was made from."
    )
    return Notice(code="tag-of-no-commit", severity=Severity.HIGH, message=message)


def _named_by(candidate: Candidate) -> str:
    """A repository for people, and where its address was read."""
    return f"{candidate.repository.removeprefix('https://')}, which the {candidate.evidence} names,"
