"""A project's own statement and its release in, why the link between them proves nothing out: the link both ways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from packaging.utils import canonicalize_name

from provenance.metadata import same_version
from provenance.model import Evidence, Finding, Notice, Release, Severity, Source
from provenance.project import Project

FEW_FILES = 5  # too few to tell a wrong link from a changed package
FOREIGN_SHARE = 0.1  # of the files; the right repository holds nearly all


def refuted_link(project: Project, release: Release, source: Source, *, is_chosen: bool) -> Notice | None:
    """Return why this commit is not the release's: it names another distribution, or is another one's release.

    `is_chosen` says that the user named the commit; its version is then not questioned.
    """
    if project.name is None:
        return None
    where = f"{_shown(source)}{f'/{project.folder}' if project.folder else ''}"
    if canonicalize_name(project.name) != release.name:
        message = (
            f"{where} calls its own package {project.name}, not {release.name}: the link to it proves nothing. "
            "Anyone can link to a popular repository."
        )
        return Notice(code="other-project", severity=Severity.HIGH, message=message)
    version = project.stated.get("version")
    is_nameless = re.match(r"[vV]?\d", source.ref)
    if is_chosen or not project.folder or not is_nameless or not isinstance(version, str):
        return None
    if same_version(version, release.version):
        return None
    message = (
        f"The tag {source.ref} is another package's in this repository: there, {where} is "
        f"at version {version}. Nothing says which commit {release.name} {release.version} was made from."
    )
    return Notice(code="tag-of-another-package", severity=Severity.HIGH, message=message)


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


def _shown(source: Source) -> str:
    return source.repository.removeprefix("https://")
