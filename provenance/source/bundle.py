"""A checkout in, the evidence bundle that a stranger needs to judge again out; a bundle in, the same checkout out.

The form is docs/predicate/bundle-v1.md. Every object is known by the id that its bytes have, so a bundle proves itself
as far as the ids are known from elsewhere, and nobody needs to trust who made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dulwich.objects import Blob, Commit, ShaFile, Tag
from dulwich.objects import Tree as GitTree

from provenance.errors import GitError, ReportError
from provenance.model import Limits, Source
from provenance.source.checkout import Checkout
from provenance.source.commit import Objects, flatten, peel
from provenance.source.pack import read_pack, write_pack
from provenance.tree import Entry, Tree

FOLDER = 0o040000
Kind = TypeVar("Kind", bound=ShaFile)


def write_bundle(checkout: Checkout, blobs: Iterable[str]) -> bytes:
    """Return the commit, its tag, all of its trees, those of its mounted submodules, and these blobs, as a pack."""
    source = checkout.source
    found = [*tag_objects(checkout, source.tag)]
    for commit in (source.commit, *(submodule.commit for submodule in source.submodules)):
        found += commit_objects(checkout, commit)
    found += [_required(checkout, blob, Blob) for blob in sorted(blobs)]
    return write_pack(found)


def read_bundle(content: bytes, limit: int) -> Bundle:
    """Return the bundle in a file; raises ReportError where it is none or unpacks to more than `limit` bytes."""
    return Bundle(read_pack(content, limit))


@dataclass(frozen=True)
class Bundle:
    """Git objects by their ids, in the place of a git host: what it does not hold cannot be had."""

    objects: Mapping[str, ShaFile] = field(repr=False)
    blobs: set[str] = field(default_factory=set, repr=False)
    repository: str = "The bundle"
    limits: Limits = field(default_factory=Limits)

    def read(self, object_id: str) -> ShaFile:
        """Return an object; raises GitError where the bundle does not hold it."""
        if object_id not in self.objects:
            raise GitError(f"The bundle does not hold the object {object_id}")
        return self.objects[object_id]

    def fetch_blobs(self, blobs: Iterable[str]) -> None:
        """Do nothing: all that there is is here."""

    def check_out(self, source: Source, known: Mapping[str, bytes]) -> Checkout:
        """Return the source's commit as it was when it was checked; its submodules are not mounted yet.

        Raises ReportError where the tag does not lead to the commit or the commit does not have the tree that the
        source states, GitError where the bundle lacks an object.
        """
        bare_source = source.model_copy(update={"submodules": ()})
        tagged = peel(self, source.tag or source.commit)
        if tagged is None or tagged.id.decode() != source.commit:
            raise ReportError(f"The tag object {source.tag} does not lead to the commit {source.commit}")
        entries, tree = self._commit(source.commit)
        if tree != source.tree:
            raise ReportError(f"The commit {source.commit} has the tree {tree}, not {source.tree}")
        bare = Checkout(bare_source, Tree({}, known.get), (self,), known)
        return replace(bare, tree=Tree(entries, bare.load))

    def open_tree(self, repository: str, commit_id: str) -> tuple[dict[str, Entry], Objects]:
        """Return the files of a submodule's commit; raises GitError where the bundle does not hold it."""
        return self._commit(commit_id)[0], self

    def _commit(self, commit_id: str) -> tuple[dict[str, Entry], str]:
        commit = self.read(commit_id)
        if not isinstance(commit, Commit):
            raise ReportError(f"The object {commit_id} in the bundle is no commit")
        return flatten(self, commit.tree.decode()), commit.tree.decode()


def tag_objects(checkout: Checkout, tag_id: str | None) -> Iterator[ShaFile]:
    """The tag object, and those that it is a tag of."""
    while tag_id is not None:
        found = checkout.read(tag_id)
        if not isinstance(found, Tag):
            return
        yield found
        tag_id = found.object[1].decode()


def commit_objects(checkout: Checkout, commit_id: str) -> Iterator[ShaFile]:
    """A commit and every tree below it."""
    commit = _required(checkout, commit_id, Commit)
    yield commit
    folders = [commit.tree.decode()]
    seen: set[str] = set()
    while folders:
        tree_id = folders.pop()
        if tree_id in seen:
            continue
        seen.add(tree_id)
        tree = _required(checkout, tree_id, GitTree)
        yield tree
        folders += [item.sha.decode() for item in tree.iteritems() if item.mode == FOLDER]


def _required(checkout: Checkout, object_id: str, kind: type[Kind]) -> Kind:
    found = checkout.read(object_id)
    if not isinstance(found, kind):
        raise GitError(f"The object {object_id} is no longer at hand, so there is no whole bundle")
    return found
