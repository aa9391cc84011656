"""A Reference and an index address in, the Release that the Simple API describes out (PEP 503, 691, 700)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from provenance.errors import NetworkError, NotOnIndexError
from provenance.index.links import check_links
from provenance.index.page import ACCEPT, Package, Page, read_html, read_json
from provenance.index.reference import artifact_kind, parse_version
from provenance.model import Artifact, Earlier, Limits, Notice, Reference, Release, Severity
from provenance.net import Http, Response, shown

MOST_EARLIER = 10
LATE, VERY_LATE = (
    timedelta(days=1),
    timedelta(days=30),
)  # of 245 releases looked at, five and two had such files
DAY = 86_400.0  # seconds
ACCEPT_PROVENANCE = "application/vnd.pypi.integrity.v1+json, application/json;q=0.9"


def find_release(reference: Reference, index: str, http: Http, limits: Limits) -> Release:
    """Ask the index at `index` (its Simple API address) for the release that reference names.

    Raises NotOnIndexError where it has none, NetworkError where it cannot be asked.
    """
    name = canonicalize_name(reference.name)
    page = project_page(name, index, http, limits)
    packages = [(package, package.version) for package in page.packages if package.version]
    wanted = (
        parse_version(reference.version)
        if reference.version
        else _newest(name, packages, SpecifierSet(reference.specifier))
    )
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
    if not http.is_offline:
        check_links(artifacts, index)
    earlier = _earlier(packages, wanted)
    notices = [*_notices(page, artifacts), *_late(artifacts), *_no_longer_attested(artifacts, earlier)]
    return Release(
        name=name, version=str(wanted), artifacts=artifacts, earlier=earlier, notices=tuple(notices)
    )


def fetch_provenance(
    artifact: Artifact, http: Http, limits: Limits
) -> tuple[tuple[bytes, ...], list[Notice]]:
    """Return the provenance object that the index names for an artifact (PEP 740), or a notice that it gives none."""
    url = artifact.provenance_url or ""
    try:
        answer = http.get(url, accept=ACCEPT_PROVENANCE, limit=limits.index_bytes, lasting=DAY)
        problem = f"{shown(url)} answered {answer.status}" if answer.status != 200 else ""
    except NetworkError as error:
        problem = str(error)
    if not problem:
        return (answer.content,), []
    message = f"The index names an attestation of {artifact.filename} and does not give it: {problem}."
    code = "attestation-missing"
    return (), [Notice(code=code, severity=Severity.MEDIUM, message=message, is_lasting=False)]


def project_page(name: str, index: str, http: Http, limits: Limits) -> Page:
    """Return what the index has of a project; raises NotOnIndexError, or NetworkError where it cannot be asked."""
    answer = http.get(urljoin(index.rstrip("/") + "/", f"{name}/"), accept=ACCEPT, limit=limits.index_bytes)
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
    if answer.media_type.endswith("html") and len(answer.content) > limits.index_html_bytes:
        raise NetworkError(f"The index sent more HTML than the limit of {limits.index_html_bytes:,} bytes")
    return _parse(name, answer)


def _parse(name: str, answer: Response) -> Page:
    try:
        if answer.media_type.endswith("json"):
            return read_json(answer.content, answer.url)
        if answer.media_type.endswith("html"):
            return read_html(answer.content, answer.url, name)
    except (ValueError, RecursionError) as error:
        raise NetworkError(f"The index's page at {shown(answer.url)} cannot be read: {error}") from error
    raise NetworkError(
        f"{shown(answer.url)} answered with {answer.media_type or 'no media type'}, which is no Simple API page",
        hint="the address must be that of a Simple API, as pip's index-url",
    )


def _newest(name: str, packages: list[tuple[Package, Version]], specifier: SpecifierSet) -> Version:
    kept = [version for package, version in packages if not package.is_yanked]
    versions = list(specifier.filter(kept))  # final releases, unless there are none or it asks for others
    if not versions:
        fitting = f" that {specifier} allows and" if specifier else ""
        raise NotOnIndexError(f"The index lists no release of {name}{fitting} that can be installed")
    return max(versions)


def _artifact(package: Package) -> Artifact:
    kind = artifact_kind(package.filename)
    sha256 = package.digests.get("sha256", "").lower()
    return Artifact(
        filename=package.filename,
        kind=kind or "sdist",
        url=package.url,
        sha256=sha256 or None,
        size=package.size,
        uploaded=package.upload_time,
        yanked=package.yanked_reason,
        provenance_url=str(package.provenance) if package.provenance else None,
    )


def _notices(page: Page, artifacts: tuple[Artifact, ...]) -> list[Notice]:
    notices = []
    if any(artifact.sha256 is None for artifact in artifacts):
        message = (
            "This index gives no sha256 for its files, so a changed download cannot be noticed. Simplest: use an index "
            "that gives hashes. Stronger: install with pip's --require-hashes and hashes you know. Strongest: compare "
            "the sha256 printed here with one that the project publishes elsewhere."
        )
        notices.append(_notice("index-without-hashes", Severity.MEDIUM, message))
    if missing := [artifact.filename for artifact in artifacts if artifact.provenance_url is None]:
        notices += _unattested(missing, len(artifacts))
    if yanked := next((artifact.yanked for artifact in artifacts if artifact.yanked), None):
        message = f"This release was withdrawn (yanked) by its publishers: {yanked}"
        notices.append(_notice("yanked", Severity.MEDIUM, message))
    if page.status not in (None, "active"):
        message = f"The index marks this project as {page.status}: {page.status_reason or 'no reason given'}"
        severity = Severity.HIGH if page.status == "quarantined" else Severity.LOW
        notices.append(_notice(f"project-{page.status}", severity, message))
    return notices


def _unattested(missing: list[str], count: int) -> list[Notice]:
    """A notice where some of a release's artifacts have attestations and others have none."""
    if len(missing) == count:
        return []
    message = (
        f"{count - len(missing)} of {count} artifacts of this release have attestations, and {missing[0]} has none"
        f"{f', like {len(missing) - 1} more' if len(missing) > 1 else ''}."
    )
    return [_notice("some-unattested", Severity.LOW, message)]


def _late(artifacts: Sequence[Artifact]) -> list[Notice]:
    """A notice where artifacts joined a release long after its first one."""
    uploads = {artifact.filename: artifact.uploaded for artifact in artifacts if artifact.uploaded}
    first = min(uploads.values(), default=datetime.max.replace(tzinfo=UTC))
    late = {name: uploaded - first for name, uploaded in uploads.items() if uploaded - first > LATE}
    if not late:
        return []
    latest = max(late, key=lambda name: late[name])
    message = (
        f"{latest} was uploaded {late[latest].days} days after the first file of this release"
        f"{f', and {len(late) - 1} more came late' if len(late) > 1 else ''}. Whoever holds a project's credentials "
        "can add files to an old release."
    )
    severity = Severity.MEDIUM if late[latest] > VERY_LATE else Severity.LOW
    return [_notice("late-artifact", severity, message)]


def _earlier(packages: list[tuple[Package, Version]], wanted: Version) -> tuple[Earlier, ...]:
    """The last final releases before this one, by upload where the index says it, else by version; newest first."""
    files: defaultdict[Version, list[Package]] = defaultdict(list)
    for package, version in packages:
        files[version].append(package)

    def place(version: Version) -> tuple[datetime, Version]:
        uploads = [package.upload_time for package in files[version] if package.upload_time]
        return min(uploads, default=datetime.min.replace(tzinfo=UTC)), version

    before = [
        version
        for version, found in files.items()
        if not version.is_prerelease
        and not any(package.is_yanked for package in found)
        and place(version) < place(wanted)
    ]
    return tuple(
        Earlier(version=str(version), is_attested=any(package.provenance for package in files[version]))
        for version in sorted(before, key=place, reverse=True)[:MOST_EARLIER]
    )


def _no_longer_attested(artifacts: Sequence[Artifact], earlier: Sequence[Earlier]) -> list[Notice]:
    """A notice where most of the last releases have attestations (PEP 740) and this one has none at all."""
    attested = sum(release.is_attested for release in earlier)
    if any(artifact.provenance_url for artifact in artifacts) or attested * 2 <= len(earlier):
        return []
    message = (
        f"{attested} of the last {len(earlier)} releases before this one have attestations; this one has none, so it "
        "was not published the usual way. Releases made with stolen credentials look like this."
    )
    return [_notice("no-longer-attested", Severity.MEDIUM, message)]


def _notice(code: str, severity: Severity, message: str) -> Notice:
    """What the index says today, and may not say tomorrow."""
    return Notice(code=code, severity=severity, message=message, is_lasting=False)
