"""Repository candidates and a version in, the tagged commit's Tree out, with blobs fetched when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dulwich.objects import Blob, Commit, Tag
from dulwich.objects import Tree as GitTree

from provenance.errors import GitError, RepositoryNotFoundError
from provenance.model import Limits, Notice, Severity, Source
from provenance.source.discover import Candidate
from provenance.source.git import NO_REF, Remote
from provenance.source.tags import ranked, usual_prefixes
from provenance.tree import GITLINK, Entry, Tree, join

TAGS = "refs/tags/"
TRIED_TAGS = 4
DEEPEST = 200  # folders inside folders


@dataclass(frozen=True)
class Wanted:
    """What to look for: the release's name and version, its files' blob ids, and a ref that the user gave."""

    name: str
    version: str
    blobs: frozenset[str]
    ref: str | None = None


@dataclass(frozen=True)
class Checkout:
    """A Source whose Tree is known; `obtain` fetches the bytes of blobs, which `tree` then reads."""

    source: Source
    tree: Tree
    remotes: tuple[Remote, ...]
    known: Mapping[str, bytes] = field(repr=False)

    def obtain(self, blobs: Iterable[str]) -> None:
        """Fetch the blobs whose bytes are not known yet, in one request for each repository that has some."""
        missing = {blob for blob in blobs if blob not in self.known}
        for remote in self.remotes:
            remote.fetch_blobs(sorted(missing & remote.blobs))

    def load(self, blob: str) -> bytes | None:
        """Return a blob's bytes, None where they were not obtained."""
        if blob in self.known:
            return self.known[blob]
        found = (remote.read(blob) for remote in self.remotes)
        return next((each.as_raw_string() for each in found if isinstance(each, Blob)), None)


@dataclass(frozen=True)
class _Found:
    """The commit that a ref leads to, the id that the ref itself holds, and other tags that fit as well."""

    ref: str
    commit: Commit
    tag: str
    others: tuple[str, ...] = ()


def check_out(
    candidates: Sequence[Candidate], wanted: Wanted, known: Mapping[str, bytes], limits: Limits
) -> tuple[Checkout | None, list[Notice]]:
    """Return the first candidate's tagged commit, or None with notices that say why there is none.

    `known` gives bytes by blob id that need not be fetched: the artifacts' own files. Raises GitError where
    a host cannot be asked.
    """
    notices: list[Notice] = []
    for candidate in candidates:
        remote = Remote(candidate.repository, limits)
        try:
            found = _find(remote, wanted)
        except RepositoryNotFoundError as error:
            notices.append(_notice("repository-not-found", f"{error} (named by the {candidate.evidence})."))
            continue
        if found is None:
            notices.append(_no_tag(candidate, wanted))
            continue
        if found.others:
            said = f"{found.ref} holds most of its files, before {', '.join(found.others)}"
            notices.append(_notice("several-tags", f"Several tags fit this version; {said}.", Severity.LOW))
        tree = found.commit.tree.decode()
        entries = _flatten(remote, tree)
        source = Source(
            repository=candidate.repository,
            ref=found.ref,
            commit=found.commit.id.decode(),
            tree=tree,
            tag=found.tag if found.tag != found.commit.id.decode() else None,
            named_by=candidate.evidence,
        )
        bare = Checkout(source, Tree({}, known.get), (remote,), known)
        return replace(bare, tree=Tree(entries, bare.load)), notices
    return None, notices


def fetch_tree(repository: str, commit_id: str, limits: Limits) -> tuple[dict[str, Entry], Remote]:
    """Return the files of one commit, named by its id; raises GitError where the host does not give it."""
    remote = Remote(repository, limits)
    found = _by_ref(remote, commit_id)
    if found is None:
        raise GitError(f"{repository.removeprefix('https://')} does not have the commit {commit_id}")
    return _flatten(remote, found.commit.tree.decode()), remote


def _find(remote: Remote, wanted: Wanted) -> _Found | None:
    if wanted.ref:
        return _by_ref(remote, wanted.ref)
    prefixes = [TAGS + prefix for prefix in usual_prefixes(wanted.name, wanted.version)]
    for asked in (prefixes, [TAGS]):
        tags: dict[str, str] = {}

        def choose(refs: dict[str, str], tags: dict[str, str] = tags) -> list[str]:
            names = [
                name.removeprefix(TAGS) for name in refs if name.startswith(TAGS) and not name.endswith("^{}")
            ]
            tags.update(
                {tag: refs[TAGS + tag] for tag in ranked(names, wanted.name, wanted.version)[:TRIED_TAGS]}
            )
            return list(tags.values())

        remote.fetch_commits(asked, choose)
        if tags:
            return _fullest(remote, tags, wanted.blobs)
    return None


def _fullest(remote: Remote, tags: dict[str, str], blobs: frozenset[str]) -> _Found | None:
    """The tag whose tree holds most of the artifacts' files; among equals the first, which is the likeliest."""
    commits = {tag: commit for tag, target in tags.items() if (commit := _peel(remote, target))}
    if not commits:
        return None
    if len({commit.id for commit in commits.values()}) == 1:
        tag = next(iter(commits))
        return _Found(tag, commits[tag], tags[tag])
    held = {
        tag: len(blobs & {entry.blob for entry in _flatten(remote, commit.tree.decode()).values()})
        for tag, commit in commits.items()
    }
    best = max(held, key=lambda tag: held[tag])
    others = [tag for tag in commits if tag != best and commits[tag].id != commits[best].id]
    return _Found(best, commits[best], tags[best], tuple(others))


def _by_ref(remote: Remote, ref: str) -> _Found | None:
    """A commit id, tag or branch that the user named."""
    if len(ref) == 40 and all(digit in "0123456789abcdef" for digit in ref):
        remote.fetch_commits([NO_REF.decode()], lambda refs: [ref])
        target: str | None = ref
    else:
        names = [TAGS + ref, f"refs/heads/{ref}", ref]
        refs: dict[str, str] = remote.fetch_commits(
            names, lambda listed: [listed[name] for name in names if name in listed][:1]
        )
        target = next((refs[name] for name in names if name in refs), None)
    commit = _peel(remote, target) if target else None
    return _Found(ref, commit, target) if target and commit else None


def _peel(remote: Remote, object_id: str) -> Commit | None:
    """The commit behind a tag, a tag of a tag, or a commit; None for a tag of anything else."""
    for _ in range(10):
        found = remote.read(object_id)
        if isinstance(found, Commit):
            return found
        if not isinstance(found, Tag):
            return None
        object_id = found.object[1].decode()
    return None


def _flatten(remote: Remote, tree_id: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    folders = [("", tree_id, 0)]
    while folders:
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
            if item.mode == 0o040000:
                folders.append((path, item.sha.decode(), depth + 1))
            else:
                entries[path] = Entry(path, _mode(item.mode), item.sha.decode())
    remote.blobs |= {entry.blob for entry in entries.values() if entry.mode != GITLINK}
    return dict(sorted(entries.items()))


def _mode(mode: int) -> int:
    """A blob's mode as git itself reads it: old trees hold 100664."""
    if mode & 0o170000 == 0o100000:
        return 0o100755 if mode & 0o100 else 0o100644
    return mode


def _no_tag(candidate: Candidate, wanted: Wanted) -> Notice:
    where = candidate.repository.removeprefix("https://")
    if wanted.ref:
        return _notice("no-ref", f"{where} has no tag, branch or commit {wanted.ref}.")
    return _notice(
        "no-tag",
        f"{where} has no tag for version {wanted.version}, so nothing says which commit it was made from. "
        "Ask its maintainers to push the tag, or name a commit yourself with --source URL@COMMIT.",
        Severity.HIGH,
    )


def _notice(code: str, message: str, severity: Severity = Severity.MEDIUM) -> Notice:
    return Notice(code=code, severity=severity, message=message)
