"""A release that has no tag, and what came before it, in; notices on what that may mean out."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.errors import LedgerError
from provenance.ledger import Ledger
from provenance.model import Notice, Release, Severity
from provenance.source.git import GitHosts
from provenance.source.tags import ranked

TAGS = "refs/tags/"


def untagged_evidence(
    repository: str, release: Release, ledger: Ledger | None, hosts: GitHosts
) -> list[Notice]:
    """Return notices where a tag for this version was seen before, or the releases before this one have tags.

    Raises GitError where the host does not list the repository's tags.
    """
    remote = hosts.open(repository)
    listed = remote.fetch_commits([TAGS], lambda refs: [])
    tags = [name.removeprefix(TAGS) for name in listed if not name.endswith("^{}")]
    return [*_removed(remote.address, release, ledger), *_no_longer_tagged(repository, release, tags)]


def _removed(repository: str, release: Release, ledger: Ledger | None) -> list[Notice]:
    """A notice where a tag for this version was seen here before."""
    try:
        seen = {row.tag: row for row in reversed(ledger.tags(repository) if ledger else ())}
    except LedgerError as error:
        message = f"{error}. Tags that were removed are not noticed."
        return [Notice(code="no-ledger", severity=Severity.LOW, message=message, is_lasting=False)]
    tag = next(iter(ranked(seen, release.name, release.version)), None)
    if tag is None:
        return []
    message = (
        f"The tag {tag} has been removed: it named the commit {seen[tag].commit} when it was first checked here, on "
        f"{seen[tag].first_seen.date()}. --source {repository}@{seen[tag].commit} compares with that."
    )
    return [Notice(code="tag-removed", severity=Severity.HIGH, message=message, is_lasting=False)]


def _no_longer_tagged(repository: str, release: Release, tags: Sequence[str]) -> list[Notice]:
    """A notice where most of the last releases have a tag."""
    earlier = len(release.earlier)
    tagged = sum(bool(ranked(tags, release.name, before.version)) for before in release.earlier)
    if tagged * 2 <= earlier:
        return []
    count = (
        f"{'All' if tagged == earlier else tagged} of the last {earlier} releases before this one have tags"
    )
    if earlier == 1:
        count = "The release before this one has a tag"
    message = (
        f"{count} in {repository.removeprefix('https://')}; this one has none. Releases made with stolen credentials "
        "look like this."
    )
    return [Notice(code="no-longer-tagged", severity=Severity.HIGH, message=message, is_lasting=False)]
