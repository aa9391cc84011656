"""A Simple API page's bytes in, the packages that it lists out (PEP 503, 691, 700, 740, 792)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urljoin

from packaging.version import Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, StrictBool

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.01"
MAJOR = 1  # of the API's versions
MOST_FILES = 100_000  # of one project, every one of which takes time
WHEEL = re.compile(r"[A-Za-z0-9](?:[\w.]*[A-Za-z0-9])?-([\w.!+]+?)(?:-\d[^-]*?)?-.+?-.+?-.+?\.whl", re.ASCII)
SDIST = re.compile(r"-([\w.!+-]+?)\.(?:tar|tar\.(?:bz2|gz|lz|lzma|xz|Z)|tbz|tgz|tlz|txz|zip)", re.ASCII)


def _in_utc(moment: datetime) -> datetime:
    """A time with its zone, which PEP 700 wants to be UTC and which some page may leave out."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Package(BaseModel):
    """One file that a page lists; `version` as its name spells it, None where that is no sdist's or wheel's."""

    filename: str
    url: str
    digests: dict[str, str] = Field(alias="hashes")
    size: int | None = None
    upload_time: Annotated[datetime, AfterValidator(_in_utc)] | None = Field(None, alias="upload-time")
    yanked: StrictBool | str = False
    provenance: HttpUrl | None = None
    version: Version | None = Field(None, init=False)

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @property
    def is_yanked(self) -> bool:
        """Whether its publishers withdrew it."""
        return self.yanked is not False

    @property
    def yanked_reason(self) -> str | None:
        """Why its publishers withdrew it, None where they did not."""
        stated = self.yanked if isinstance(self.yanked, str) else ""
        return (stated or "no reason given") if self.is_yanked else None


class _Meta(BaseModel):
    api_version: str = Field(alias="api-version")


class _Status(BaseModel):
    status: Literal["active", "archived", "quarantined", "deprecated"] | None = None
    reason: str | None = None


class _Document(BaseModel):
    name: str
    files: list[Package]
    meta: _Meta
    project_status: _Status = Field(default_factory=_Status, alias="project-status")


@dataclass(frozen=True)
class Page:
    """What an index has of a project; its status, and the version of the API, only where it states them."""

    packages: Sequence[Package]
    api_version: str | None
    status: str | None
    status_reason: str | None


def read_json(content: bytes, address: str) -> Page:
    """Return what a page in JSON lists, that was read at this address; raises ValueError where it cannot be read."""
    page = _Document.model_validate_json(content)
    if Version(page.meta.api_version).major > MAJOR:
        raise ValueError(f"it is of version {page.meta.api_version} of the Simple API")
    if len(page.files) > MOST_FILES:
        raise ValueError(f"it lists more than the limit of {MOST_FILES:,} files")
    for package in page.files:
        package.url = urljoin(address, package.url)
        package.version = _version(package.filename, page.name)
    status = page.project_status
    return Page(page.files, page.meta.api_version, status.status, status.reason)


def read_html(content: bytes, address: str, project: str) -> Page:
    """Return what a page in HTML lists; raises ValueError where it cannot be read."""
    from pypi_simple import ProjectPage, UnsupportedRepoVersionError  # slow, and hardly any index needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a newer minor version of the API stays readable by its own rules
        try:
            page = ProjectPage.from_html(project, content, base_url=address)
        except UnsupportedRepoVersionError as error:
            raise ValueError(str(error)) from error
    packages = []
    for each in page.packages:
        package = Package(
            filename=each.filename,
            url=each.url,
            hashes=each.digests,
            yanked=(each.yanked_reason or True) if each.is_yanked else False,
            provenance=each.provenance_url,
        )
        package.version = _version(each.filename, project)
        packages.append(package)
    status = page.status.value if page.status is not None else None
    return Page(packages, page.repository_version, status, page.status_reason)


def _version(filename: str, project: str) -> Version | None:
    """The version of an sdist or wheel; where names leave open what is name and what version, the project's decides."""
    if (match := WHEEL.fullmatch(filename)) is None:
        name = re.match(re.sub(r"[^A-Za-z0-9]+", "[-_.]+", project) + "(?=-)", filename, re.IGNORECASE)
        match = SDIST.fullmatch(filename, name.end() if name else max(filename.rfind("-"), 0))
    try:
        return Version(match[1]) if match else None
    except ValueError:  # not a version, or numbers too long to be read
        return None
