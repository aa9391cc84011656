"""Projects in, the releases of theirs that have files uploaded since a moment out: one page of the index for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from provenance.errors import NotOnIndexError, OperationError
from provenance.index.page import Package
from provenance.index.simple import project_page
from provenance.pipeline import Options

CLOCKS = (
    600.0  # seconds that an index's clock may differ from this machine's, or its copies of a page lag behind
)


@dataclass(frozen=True)
class Upload:
    """A release and the moment of its last upload, in seconds since 1970; `is_newest` as installers understand it."""

    version: str
    moment: float
    is_newest: bool = False


@dataclass(frozen=True)
class Looked:
    """What a project's page says was uploaded since a moment; `reason` is why it cannot be told, else empty."""

    project: str
    since: float
    uploads: tuple[Upload, ...] = ()
    reason: str = ""


def look(projects: Mapping[str, float], options: Options, at_once: int) -> Iterator[Looked]:
    """Yield what was uploaded of each project since the moment beside it, asking for so many pages at the same time."""
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(partial(_look, options), projects.items())


def _look(options: Options, row: tuple[str, float]) -> Looked:
    project, since = row
    try:
        page = project_page(project, options.index, options.http, options.limits)
    except NotOnIndexError:
        return Looked(project, since)  # the check of the release that was asked for says so
    except OperationError as error:
        return Looked(project, since, reason=str(error))
    packages = [(package, package.version) for package in page.packages if package.version]
    if packages and not any(package.upload_time for package, _ in packages):
        return Looked(project, since, reason="the index does not say when files were uploaded")
    newest = _newest(packages)
    uploads = {version: moment for version, moment in _last_uploads(packages).items() if moment > since}
    found = (Upload(str(version), moment, version == newest) for version, moment in sorted(uploads.items()))
    return Looked(project, since, tuple(found))


def _last_uploads(packages: list[tuple[Package, Version]]) -> dict[Version, float]:
    moments: dict[Version, float] = {}
    for package, version in packages:
        if package.upload_time:
            moments[version] = max(moments.get(version, 0.0), package.upload_time.timestamp())
    return moments


def _newest(packages: list[tuple[Package, Version]]) -> Version | None:
    versions = [version for package, version in packages if not package.is_yanked]
    return max(SpecifierSet().filter(versions), default=None)
