"""A checkout in, all of git's objects that a version tool may look at out: the commit whole, its tag, its history."""

from __future__ import annotations

from collections.abc import Iterator

from dulwich.objects import Blob, Commit, ShaFile, Tag

from provenance.source.bundle import commit_objects, tag_objects
from provenance.source.checkout import Checkout
from provenance.source.commit import TAGS, peel
from provenance.source.git import NO_REF, GitHosts, Remote
from provenance.tree import GITLINK


def clone_objects(
    checkout: Checkout, hosts: GitHosts, *, with_history: bool
) -> tuple[tuple[ShaFile, ...], dict[str, str]]:
    """Return objects, and refs by name: the release's own tag, with the history every tag that it holds.

    Raises GitError where the host does not give them.
    """
    source = checkout.source
    tags = {TAGS + source.ref: source.tag or source.commit} if _is_tag(source.ref, source.commit) else {}
    objects = [
        *tag_objects(checkout, source.tag),
        *commit_objects(checkout, source.commit),
        *_blobs(checkout),
    ]
    if with_history:
        remote = hosts.open(source.repository)
        older, found = _history(remote, source.commit)
        return (*objects, *older), {**found, **tags}
    return tuple(objects), tags


def submodule_objects(checkout: Checkout, commit: str) -> tuple[ShaFile, ...]:
    """Return a mounted submodule's commit and its trees. Raises GitError where they are no longer at hand."""
    return tuple(commit_objects(checkout, commit))


def _is_tag(ref: str, commit: str) -> bool:
    return ref != commit and not ref.startswith("refs/") and ref != "HEAD"


def _blobs(checkout: Checkout) -> Iterator[ShaFile]:
    wanted = {entry.blob for entry in checkout.tree if entry.mode != GITLINK}
    checkout.obtain(wanted)
    for blob in sorted(wanted):
        content = checkout.load(blob)
        if content is not None:
            yield Blob.from_string(content)


def _history(remote: Remote, commit: str) -> tuple[list[ShaFile], dict[str, str]]:
    """The commits before one, and the tags on them; no trees and no files."""
    remote.fetch_log([NO_REF.decode()], lambda _: [commit])
    behind = set(remote.store)
    listed = remote.fetch_log([TAGS], lambda refs: list(refs.values()) or [commit], depth=1)
    tags = {
        name: target
        for name, target in listed.items()
        if not name.endswith("^{}") and (found := peel(remote, target)) and found.id in behind
    }
    commits = [each for object_id in behind if isinstance(each := remote.store[object_id], Commit)]
    objects = (remote.read(target) for target in tags.values())
    return [*commits, *(each for each in objects if isinstance(each, Tag))], tags
