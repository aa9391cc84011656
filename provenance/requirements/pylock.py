"""pylock.toml (PEP 751) in, the releases and files that it locks out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from packaging.pylock import Package, Pylock, PylockValidationError
from packaging.utils import parse_sdist_filename, parse_wheel_filename

from provenance.errors import UsageError
from provenance.model import LockedFile
from provenance.requirements.reading import places, read_toml
from provenance.requirements.required import FROM_FOLDER, FROM_GIT, FROM_URL, Required


def read(path: Path) -> list[Required]:
    """Return every package but the project itself. Raises UsageError where the specification is not kept."""
    try:
        lock = Pylock.from_dict(read_toml(path))
    except PylockValidationError as error:
        raise UsageError(f"{path} is not a pylock.toml: {error}") from error
    rows = zip(lock.packages, places(path, len(lock.packages)), strict=True)
    return [_required(package, where) for package, where in rows if not _is_project(package)]


def _required(package: Package, where: str) -> Required:
    obstacles = ((package.vcs, FROM_GIT), (package.directory, FROM_FOLDER), (package.archive, FROM_URL))
    obstacle = next((obstacle for kind, obstacle in obstacles if kind), "")
    version = str(package.version) if package.version else _version(package)
    return Required(
        name=package.name,
        where=where,
        text=f"{package.name}=={version}" if version else package.name,
        version=None if obstacle else version,
        files=tuple(_files(package)),
        index=package.index,
        obstacle=obstacle,
    )


def _files(package: Package) -> Iterator[LockedFile]:
    for file in (*((package.sdist,) if package.sdist else ()), *(package.wheels or ())):
        if sha256 := file.hashes.get("sha256"):
            yield LockedFile(sha256=sha256.lower(), filename=file.filename)


def _version(package: Package) -> str | None:
    """The version that the files' names carry, where the entry leaves it out."""
    if package.sdist:
        return str(parse_sdist_filename(package.sdist.filename)[1])
    return next((str(parse_wheel_filename(wheel.filename)[1]) for wheel in package.wheels or ()), None)


def _is_project(package: Package) -> bool:
    return package.directory is not None and package.directory.path in (".", "./")
