"""Repository candidates and a version in, the tagged commit's Tree out, with blobs fetched when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from dulwich.objects import Blob, ShaFile

from provenance.errors import GitError, RepositoryNotFoundError
from provenance.model import Notice, Severity, Source
from provenance.source.commit import Found, Objects, Wanted, find_commit, find_ref, flatten, peel
from provenance.source.discover import Candidate
from provenance.source.evidence.attested import lost_commit, other_commit
from provenance.source.git import GitHosts, Remote
from provenance.source.hosts import lost_on
from provenance.tree import Entry, Tree


@dataclass(frozen=True)
class Checkout:
    """A Source whose Tree is known; `obtain` fetches the bytes of blobs, which `tree` then reads.

    Only blobs that were `asked` for are read, whatever else a host sent along, so that all hosts lead to one answer.
    `used` are those that were read and are not `known` from the artifacts.
    """

    source: Source
    tree: Tree
    remotes: tuple[Objects, ...]
    known: Mapping[str, bytes] = field(repr=False)
    asked: set[str] = field(default_factory=set, repr=False)
    used: set[str] = field(default_factory=set, repr=False)

    def afresh(self) -> Self:
        """Return the same commit with nothing asked for yet."""
        bare = replace(self, asked=set(), used=set())
        return replace(bare, tree=Tree(self.tree.entries, bare.load))

    def obtain(self, blobs: Iterable[str]) -> None:
        """Fetch the blobs whose bytes are not known yet, in one request for each repository that has some."""
        missing = {blob for blob in blobs if blob not in self.known}
        self.asked.update(missing)
        for remote in self.remotes:
            remote.fetch_blobs(sorted(missing & remote.blobs))

    def load(self, blob: str) -> bytes | None:
        """Return a blob's bytes, None where they were not obtained."""
        if blob in self.known:
            return self.known[blob]
        found = self.read(blob) if blob in self.asked else None
        if not isinstance(found, Blob):
            return None
        self.used.add(blob)
        return found.as_raw_string()

    def read(self, object_id: str) -> ShaFile | None:
        """Return one of git's objects, None where it is not at hand."""
        found = (remote.read(object_id) for remote in self.remotes)
        return next((each for each in found if each is not None), None)


OpenTree = Callable[[str, str], tuple[dict[str, Entry], Objects]]  # a repository and a commit's id in


def check_outs(
    candidates: Sequence[Candidate], wanted: Wanted, known: Mapping[str, bytes], hosts: GitHosts
) -> Iterator[tuple[Checkout | None, list[Notice]]]:
    """Yield what each candidate comes to, the next one asked only when it is wanted: see `check_out`.

    Raises GitError after the last where the first, which is the best, could not be asked.
    """
    failure: GitError | None = None
    for candidate in candidates:
        try:
            found = check_out(candidate, wanted, known, hosts)
        except GitError as error:
            failure = error if candidate is candidates[0] else failure
            found = None, [_notice("repository-not-asked", f"{error}, so it is not known what it holds.")]
        yield found
    if failure is not None:
        raise failure


def check_out(
    candidate: Candidate, wanted: Wanted, known: Mapping[str, bytes], hosts: GitHosts
) -> tuple[Checkout | None, list[Notice]]:
    """Return the candidate's attested or tagged commit, or None with notices that say why there is none.

    `known` gives bytes by blob id that need not be fetched: the artifacts' own files. Raises GitError where
    its host cannot be asked.
    """
    if candidate.obstacle:
        message = (
            f"The {candidate.evidence} names {candidate.repository}, but {candidate.obstacle}. If the project moved to "
            "git, name its repository with --source URL."
        )
        return None, [_notice("no-git-repository", message)]
    remote = hosts.open(candidate.repository)
    try:
        found = find_commit(remote, wanted, candidate)
    except RepositoryNotFoundError as error:
        lost = f"; {said}" if (said := lost_on(candidate.repository)) else ""
        message = f"{error} (named by the {candidate.evidence}){lost}."
        return None, [_notice("repository-not-found", message)]
    notices = _renamed(candidate, remote)
    if candidate.commit and not wanted.ref:
        found, differing = _attested(remote, candidate, found)
        notices += differing
    if isinstance(found, Notice):
        return None, [*notices, found]
    if found.others:
        best = f"{found.ref} holds most of its files, before {', '.join(found.others)}"
        several = _notice("several-tags", f"Several tags fit this version; {best}.", Severity.LOW)
        notices.append(several.model_copy(update={"is_lasting": False}))  # what tags there are may change
    return _opened(candidate, remote, found, known), notices


def fetch_tree(repository: str, commit_id: str, hosts: GitHosts) -> tuple[dict[str, Entry], Remote]:
    """Return the files of one commit, named by its id; raises GitError where the host does not give it."""
    remote = hosts.open(repository)
    found = find_ref(remote, commit_id)
    if isinstance(found, Notice):
        raise GitError(f"{repository.removeprefix('https://')} does not have the commit {commit_id}")
    return flatten(remote, found.commit.tree.decode()), remote


def _opened(candidate: Candidate, remote: Remote, found: Found, known: Mapping[str, bytes]) -> Checkout:
    tree = found.commit.tree.decode()
    source = Source(
        repository=_present_address(candidate, remote),
        ref=found.ref,
        commit=found.commit.id.decode(),
        tree=tree,
        tag=found.tag if found.tag != found.commit.id.decode() else None,
        named_by=candidate.evidence,
    )
    bare = Checkout(source, Tree({}, known.get), (remote,), known)
    return replace(bare, tree=Tree(flatten(remote, tree), bare.load))


def _attested(
    remote: Remote, candidate: Candidate, found: Found | Notice
) -> tuple[Found | Notice, list[Notice]]:
    """The attested commit instead of another that was found, and how the two differ."""
    commit = peel(remote, candidate.commit or "")
    if commit is None:
        return found, [lost_commit(candidate)]
    own = Found(commit.id.decode(), commit, commit.id.decode())
    if isinstance(found, Notice):
        return own, []
    if found.commit.id == commit.id:
        return found, []
    trees = [flatten(remote, each.commit.tree.decode()) for each in (found, own)]
    return own, [other_commit(candidate, found.ref, found.commit.id.decode(), *trees)]


def _renamed(candidate: Candidate, remote: Remote) -> list[Notice]:
    """Say that the host redirects to another address; a new owner is more to know than a new name."""
    old, new = candidate.repository, _present_address(candidate, remote)
    if old == new:
        return []
    is_own = old.rpartition("/")[0].lower() == new.rpartition("/")[0].lower()
    old, new = old.removeprefix("https://"), new.removeprefix("https://")
    message = f"{old}, which the {candidate.evidence} names, has been renamed to {new}."
    severity = Severity.INFO if is_own else Severity.LOW
    return [Notice(code="repository-renamed", severity=severity, message=message, is_lasting=False)]


def _present_address(candidate: Candidate, remote: Remote) -> str:
    """The address that a redirect led to, else the one that was asked, as it was written."""
    old, new = candidate.repository, remote.address
    is_same = old.removesuffix(".git").lower() == new.removesuffix(".git").lower()
    return new if not is_same and new.isprintable() else old


def _notice(code: str, message: str, severity: Severity = Severity.MEDIUM) -> Notice:
    return Notice(code=code, severity=severity, message=message)
