"""A project's own statement and its release in, why the link between them proves nothing out: the link both ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from packaging.utils import canonicalize_name

from provenance.errors import GitError
from provenance.metadata import same_version
from provenance.model import Evidence, Finding, Notice, Release, Severity, Source
from provenance.project import Project
from provenance.source.checkout import check_out
from provenance.source.commit import Wanted
from provenance.source.discover import Candidate
from provenance.source.evidence.attested import same_repository
from provenance.source.git import GitHosts
from provenance.source.tags import names_project

FEW_FILES = 5  # too few to tell a wrong link from a changed package
FOREIGN_SHARE = 0.1  # of the files; the right repository holds nearly all


def refuted_link(
    project: Project, release: Release, source: Source, *, is_chosen: bool, is_alone: bool
) -> Notice | None:
    """Return why this commit is not the release's: it names another distribution, or is another one's release.

    `is_chosen` says that the user or an attestation named the commit, `is_alone` that the repository has no other
    project: the commit's version is then not taken for another package's.
    """
    if project.name is None:
        return None
    if canonicalize_name(project.name) != release.name:
        message = (
            f"{_place(project, source)} calls its own package {project.name}, not {release.name}: the link to it "
            "proves nothing. Anyone can link to a popular repository."
        )
        return Notice(code="other-project", severity=Severity.HIGH, message=message)
    version = _other_version(project, release)
    if version is None or is_chosen or is_alone or names_project(source.ref, release.name, release.version):
        return None
    message = (
        f"The tag {source.ref} is another package's in this repository: there, {_place(project, source)} is "
        f"at version {version}. Nothing says which commit {release.name} {release.version} was made from."
    )
    return Notice(code="tag-of-another-package", severity=Severity.HIGH, message=message)


def other_version(project: Project, release: Release, source: Source) -> Notice | None:
    """Return a notice where the commit's packaging files state a version other than the release's."""
    version = _other_version(project, release)
    if version is None:
        return None
    message = (
        f"{_place(project, source)} is at version {version} by its own packaging files at {source.ref}, not at "
        f"{release.version}: the tag stands on another commit than the release was made from, or the files were "
        "changed for the release."
    )
    return Notice(code="other-version", severity=Severity.MEDIUM, message=message)


def foreign_source(
    project: Project, release: Release, source: Source, findings: Sequence[Finding]
) -> Notice | None:
    """Return a notice where a repository that does not name this project holds hardly any of its files.

    That is a wrong link rather than a changed package.
    """
    held = sum(finding.evidence in (Evidence.IDENTICAL, Evidence.NORMALIZED) for finding in findings)
    if project.name is not None or len(findings) < FEW_FILES or held > FOREIGN_SHARE * len(findings):
        return None
    message = (
        f"Only {held} of {len(findings)} files of {release.name} {release.version} stand in {_shown(source)} at "
        f"{source.ref}: this looks like the wrong repository rather than a changed "
        "package. Name the right one with --source URL."
    )
    return Notice(code="wrong-repository", severity=Severity.HIGH, message=message)


def foreign_attestation(candidates: Sequence[Candidate], wanted: Wanted, hosts: GitHosts) -> Notice | None:
    """Return a notice where the attested repository is none of those that the metadata names.

    It is severe unless something connects them: one owner, or a tag for this version that is the attested commit,
    as after a move. A common package name connects nothing, since a fork has it too; which of the two is the source
    is then for the user to say.
    """
    attested, *named = candidates
    if (
        attested.commit is None
        or not named
        or any(same_repository(attested, candidate) for candidate in named)
    ):
        return None
    owner = attested.repository.rpartition("/")[0].lower()
    is_near = any(candidate.repository.rpartition("/")[0].lower() == owner for candidate in named)
    if is_near or _tags_commit(named[0], attested.commit, replace(wanted, ref=None), hosts):
        severity, said = (
            Severity.LOW,
            "The two belong together: they have an owner or the tagged commit in common",
        )
    else:
        severity, said = Severity.HIGH, "Nothing connects the two; name the right one with --source URL"
    message = (
        f"It is attested that this release was made from {attested.repository.removeprefix('https://')}, but its "
        f"metadata names {named[0].repository.removeprefix('https://')}. {said}."
    )
    return Notice(code="attested-repository", severity=severity, message=message, is_lasting=False)


def passed_over(notices: Iterable[Notice]) -> list[Notice]:
    """Return what was said of repositories that turned out not to be the source, once another one did: no alarm.

    It does not follow from the source, so it does not last.
    """
    return [
        notice.model_copy(
            update={
                "severity": max(notice.severity, Severity.MEDIUM, key=lambda severity: severity.rank),
                "is_lasting": False,
            }
        )
        for notice in notices
    ]


def _tags_commit(candidate: Candidate, commit: str | None, wanted: Wanted, hosts: GitHosts) -> bool:
    try:
        checkout, _ = check_out(candidate, wanted, {}, hosts)
    except GitError:
        return False
    return checkout is not None and checkout.source.commit == commit


def _other_version(project: Project, release: Release) -> str | None:
    version = project.stated.get("version")
    return version if isinstance(version, str) and not same_version(version, release.version) else None


def _place(project: Project, source: Source) -> str:
    return f"{_shown(source)}{f'/{project.folder}' if project.folder else ''}"


def _shown(source: Source) -> str:
    return source.repository.removeprefix("https://")
