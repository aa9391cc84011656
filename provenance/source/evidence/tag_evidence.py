"""The Source that was chosen in, what speaks for and against its tag out: its kind, signature, dates, past and branch.

None of it changes the answer. Everything but the branch is known without asking the host once more. Whether a branch
leads to the commit takes the history, so it is looked up where a commit was named by its id (the object store that a
host keeps for a repository holds the commits of all its forks too), where something else about the tag is odd, and
where the user asks for a search.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dulwich.objects import Commit, Tag

from provenance.errors import GitError, LedgerError
from provenance.ledger import Ledger
from provenance.model import Notice, Release, Severity, Source
from provenance.source.checkout import Checkout
from provenance.source.evidence.history import read_history
from provenance.source.evidence.signatures import Signature, Standing, TrustedKeys, signature_of
from provenance.source.git import GitHosts

TOLERATED = timedelta(days=1)  # tags are often made, and merges done, right after the upload
DAYS_BEFORE = 30  # clocks of contributors are not to be relied on


def tag_evidence(
    checkout: Checkout,
    release: Release,
    keys: TrustedKeys,
    ledger: Ledger | None,
    hosts: GitHosts,
    *,
    is_chosen: bool,
    is_searched: bool,
) -> list[Notice]:
    """Return notices about the tag or commit; INFO where all is as one would expect.

    `is_chosen` says that the user named the ref, which then may be a branch; `is_searched` that the user asked for
    a search of the history.
    """
    source = checkout.source
    commit = checkout.remotes[0].read(source.commit)
    tag = checkout.remotes[0].read(source.tag) if source.tag else None
    if not isinstance(commit, Commit):
        return []
    is_tag = isinstance(tag, Tag) or not (is_chosen or source.ref == source.commit)
    signed, what = (
        (tag, f"tag {source.ref}") if isinstance(tag, Tag) else (commit, f"commit {source.commit[:12]}")
    )
    notices = [_kind(source.ref, tag)] if is_tag else []
    if (signature := signature_of(signed, keys)) is not None:
        notices.append(_signature(signature, what, has_keys=keys != TrustedKeys()))
    notices += _dates(commit, tag if isinstance(tag, Tag) else None, release)
    notices += _moved(source, ledger) if is_tag else []
    is_odd = any(notice.severity.rank <= Severity.MEDIUM.rank for notice in notices)
    if is_searched or is_odd or source.ref == source.commit:
        notices.append(_branch(source, commit, hosts))
    return notices


def _kind(ref: str, tag: object) -> Notice:
    if not isinstance(tag, Tag):
        message = f"The tag {ref} is a bare name: it does not say who made it, nor when."
        return _notice("lightweight-tag", message)
    own = tag.name.decode(errors="replace")
    if own != ref.removeprefix("refs/tags/"):
        message = (
            f"The tag {ref} calls itself {own}: one was put in the other's place, and its signature with it."
        )
        return _notice("renamed-tag", message, Severity.MEDIUM)
    return _notice("annotated-tag", f"The tag {ref} is an object of its own: it says who made it, and when.")


def _signature(signature: Signature, what: str, *, has_keys: bool) -> Notice:
    kind, signer = signature.kind, signature.signer
    match signature.standing:
        case Standing.TRUSTED:
            return _notice("signed", f"The {what} is signed by {signer}, whose key you trust.")
        case Standing.EXPIRED:
            return _notice(
                "signed-expired", f"The {what} is signed by {signer}, whose key has expired since."
            )
        case Standing.UNKNOWN:
            key = f" ({signer})" if signer else ""
            message = (
                f"The {what} is signed with an {kind} key{key} that you have not named with --trusted-keys."
            )
            return _notice("signed-unknown", message)
        case Standing.REVOKED:
            message = f"The {what} is signed by {signer}, who has withdrawn that key."
            return _notice("signed-revoked", message, Severity.MEDIUM)
        case Standing.BAD:
            message = (
                f"The {kind} signature of the {what} is not one of its content: it was changed or made up."
            )
            return _notice("signature-bad", message, Severity.HIGH)
        case Standing.UNCHECKED:
            message = f"The {what} has an {kind} signature that was not checked: {signature.obstacle}."
            return _notice("signature-unchecked", message, Severity.LOW if has_keys else Severity.INFO)


def _dates(commit: Commit, tag: Tag | None, release: Release) -> list[Notice]:
    """A notice where the commit, or the tag object alone, was made after the release's first upload."""
    if release.uploaded is None:
        return []
    late = datetime.fromtimestamp(commit.commit_time, UTC) - release.uploaded
    if late > TOLERATED:
        message = (
            f"The commit was made {_days(late)} after the upload, so the release was not built from it as it stands: "
            "the tag may have been moved, or put on another commit."
        )
        return [_notice("commit-after-upload", message, Severity.MEDIUM)]
    if tag is None or tag.tag_time is None:
        return []
    late = datetime.fromtimestamp(tag.tag_time, UTC) - release.uploaded
    if late <= TOLERATED:
        return []
    message = (
        f"The tag was made {_days(late)} after the upload, so the release was not built from the tag; its commit is "
        "older than the upload."
    )
    return [_notice("tag-after-upload", message, Severity.MEDIUM)]


def _moved(source: Source, ledger: Ledger | None) -> list[Notice]:
    """Remember what the tag names; a notice where it was seen to name something else."""
    if ledger is None:
        return []
    try:
        seen = [row for row in ledger.tags(source.repository) if row.tag == source.ref]
        ledger.remember(source.repository, source.ref, source.commit, datetime.now(UTC))
    except LedgerError as error:
        return [_notice("no-ledger", f"{error}. Tags that have moved are not noticed.", Severity.LOW)]
    other = next((row for row in seen if row.commit != source.commit), None)
    if other is None:
        return []
    message = (
        f"The tag {source.ref} has moved: it named the commit {other.commit} when it was first checked here, on "
        f"{other.first_seen.date()}, and names {source.commit} now. Ask the maintainers why."
    )
    return [_notice("tag-moved", message, Severity.HIGH)]


def _branch(source: Source, commit: Commit, hosts: GitHosts) -> Notice:
    """Say which branch leads to the commit; before none is said to, the whole history was looked at."""
    shown = f"The commit {source.commit[:12]}"
    try:
        history = read_history(source.repository, hosts, since=commit.commit_time - DAYS_BEFORE * 86_400)
        branch = history.branch_of(source.commit)
        if branch is None:
            history = read_history(source.repository, hosts, since=None)
            branch = history.branch_of(source.commit)
    except GitError as error:
        message = f"Whether a branch leads to the commit could not be found out: {error}."
        return _notice("branch-unknown", message, Severity.LOW)
    if branch is not None:
        return _notice("on-branch", f"{shown} is on the branch {branch}.")
    tag = history.tag_of(source.commit)
    held = f"only the tag {tag} leads to it" if tag else "no tag leads to it either, so it may be a fork's"
    return _notice("on-no-branch", f"{shown} is on no branch of this repository; {held}.", Severity.MEDIUM)


def _days(span: timedelta) -> str:
    return f"{span.days} day{'s' if span.days != 1 else ''}"


def _notice(code: str, message: str, severity: Severity = Severity.INFO) -> Notice:
    """What a host, a clock or this user's own records say today."""
    return Notice(code=code, severity=severity, message=message, is_lasting=False)
