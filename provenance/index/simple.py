"""A Reference and an index address in, the Release that the Simple API describes out (PEP 503, 691, 700)."""

from __future__ import annotations

import json
import warnings
from urllib.parse import urljoin

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import ValidationError
from pypi_simple import ACCEPT_JSON_PREFERRED, DistributionPackage, ProjectPage, UnsupportedRepoVersionError

from provenance.errors import NetworkError, NotOnIndexError
from provenance.index.reference import artifact_kind, parse_version
from provenance.model import Artifact, Limits, Notice, Reference, Release, Severity
from provenance.net import Http, Response, shown


def find_release(reference: Reference, index: str, http: Http, limits: Limits) -> Release:
    """Ask the index at `index` (its Simple API address) for the release that reference names.

    Raises NotOnIndexError where it has none, NetworkError where it cannot be asked.
    """
    name = canonicalize_name(reference.name)
    page = _project_page(name, index, http, limits)
    packages = [(package, version) for package in page.packages if (version := _version(package))]
    wanted = parse_version(reference.version) if reference.version else _newest(name, packages)
    artifacts = tuple(
        sorted(
            (_artifact(package) for package, version in packages if version == wanted),
            key=lambda a: a.filename,
        )
    )
    if not artifacts:
        raise NotOnIndexError(
            f"The index has no sdist or wheel of {name} {wanted}",
            hint="check the spelling of name and version, or give another index with --index",
        )
    return Release(
        name=name, version=str(wanted), artifacts=artifacts, notices=tuple(_notices(page, artifacts))
    )


def _project_page(name: str, index: str, http: Http, limits: Limits) -> ProjectPage:
    answer = http.get(
        urljoin(index.rstrip("/") + "/", f"{name}/"), accept=ACCEPT_JSON_PREFERRED, limit=limits.index_bytes
    )
    if answer.status == 404:
        raise NotOnIndexError(
            f"The index has no project named {name}",
            hint="check the spelling; a name that does not exist may be one that someone else registers tomorrow",
        )
    if answer.status in (401, 403):
        raise NetworkError(
            f"The index refused access to {name} (status {answer.status})",
            hint="an index that needs credentials takes them in its address, as pip does",
        )
    if answer.status != 200:
        raise NetworkError(f"The index answered {answer.status} when asked for {name}")
    return _parse(name, answer)


def _parse(name: str, answer: Response) -> ProjectPage:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # a newer minor version of the API stays readable by its own rules
            if answer.media_type.endswith("json"):
                return ProjectPage.from_json_data(json.loads(answer.content), base_url=answer.url)
            if answer.media_type.endswith("html"):
                return ProjectPage.from_html(name, answer.content, base_url=answer.url)
    except (ValueError, ValidationError, UnsupportedRepoVersionError) as error:
        raise NetworkError(f"The index's page at {shown(answer.url)} cannot be read: {error}") from error
    raise NetworkError(
        f"{shown(answer.url)} answered with {answer.media_type or 'no media type'}, which is no Simple API page",
        hint="the address must be that of a Simple API, as pip's index-url",
    )


def _version(package: DistributionPackage) -> Version | None:
    if package.package_type not in ("sdist", "wheel") or package.version is None:
        return None
    try:
        return Version(package.version)
    except InvalidVersion:
        return None


def _newest(name: str, packages: list[tuple[DistributionPackage, Version]]) -> Version:
    kept = [version for package, version in packages if not package.is_yanked]
    versions = [version for version in kept if not version.is_prerelease] or kept
    if not versions:
        raise NotOnIndexError(f"The index lists no release of {name} that can be installed")
    return max(versions)


def _artifact(package: DistributionPackage) -> Artifact:
    kind = artifact_kind(package.filename)
    sha256 = package.digests.get("sha256", "").lower()
    return Artifact(
        filename=package.filename,
        kind=kind or "sdist",
        url=package.url,
        sha256=sha256 or None,
        size=package.size,
        uploaded=package.upload_time,
        yanked=(package.yanked_reason or "no reason given") if package.is_yanked else None,
    )


def _notices(page: ProjectPage, artifacts: tuple[Artifact, ...]) -> list[Notice]:
    notices = []
    if any(artifact.sha256 is None for artifact in artifacts):
        message = (
            "This index gives no sha256 for its files, so a changed download cannot be noticed. Simplest: use an index "
            "that gives hashes. Stronger: install with pip's --require-hashes and hashes you know. Strongest: compare "
            "the sha256 printed here with one that the project publishes elsewhere."
        )
        notices.append(Notice(code="index-without-hashes", severity=Severity.MEDIUM, message=message))
    if yanked := next((artifact.yanked for artifact in artifacts if artifact.yanked), None):
        message = f"This release was withdrawn (yanked) by its publishers: {yanked}"
        notices.append(Notice(code="yanked", severity=Severity.MEDIUM, message=message))
    if page.status is not None and page.status.value != "active":
        message = (
            f"The index marks this project as {page.status.value}: {page.status_reason or 'no reason given'}"
        )
        severity = Severity.HIGH if page.status.value == "quarantined" else Severity.LOW
        notices.append(Notice(code=f"project-{page.status.value}", severity=severity, message=message))
    return notices
