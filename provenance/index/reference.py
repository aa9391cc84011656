"""What a person typed in, a Reference out: `name`, `name==version`, a purl, or a local artifact's path."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from packaging.requirements import InvalidRequirement
from packaging.utils import (
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from provenance.errors import UsageError
from provenance.metadata import parse_requirement
from provenance.model import Artifact, Kind, Reference

SDIST_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz")


def parse_reference(text: str) -> Reference:
    """Parse what a person typed; raises UsageError with the accepted forms."""
    text = text.strip()
    if text.startswith("pkg:"):
        return _from_purl(text)
    if text.endswith((".whl", *SDIST_SUFFIXES)) or "/" in text:
        return _from_path(Path(text))
    try:
        requirement = parse_requirement(text)
    except InvalidRequirement as error:
        raise _unreadable(text) from error
    versions = list(requirement.specifier)
    if requirement.url or requirement.marker or len(versions) > 1:
        raise _unreadable(text)
    if not versions:
        return Reference(name=requirement.name)
    if versions[0].operator not in ("==", "===") or "*" in versions[0].version:
        raise _unreadable(text)
    return Reference(name=requirement.name, version=versions[0].version)


def artifact_kind(filename: str) -> Kind | None:
    """Tell an sdist from a wheel by its file name; None for anything else."""
    if filename.endswith(".whl"):
        return "wheel"
    return "sdist" if filename.endswith(SDIST_SUFFIXES) else None


def local_artifact(path: str) -> Artifact:
    """Describe a local file as an artifact without a promised digest."""
    file = Path(path)
    kind = artifact_kind(file.name)
    if kind is None or not file.is_file():
        raise UsageError(f"{path} is not a file that is an sdist or a wheel")
    return Artifact(filename=file.name, kind=kind, url="", size=file.stat().st_size)


def _from_purl(text: str) -> Reference:
    path = text.removeprefix("pkg:").partition("?")[0].partition("#")[0].lstrip("/")
    kind, _, rest = path.partition("/")
    name, _, version = rest.partition("@")
    if kind.lower() != "pypi" or not name or "/" in name:
        raise _unreadable(text)
    return parse_reference(f"{unquote(name)}=={unquote(version)}" if version else unquote(name))


def _from_path(path: Path) -> Reference:
    try:
        is_there = path.is_file()
    except OSError:  # a name that is too long for any file
        is_there = False
    if not is_there:
        raise UsageError(f"There is no file {path}")
    name, version = split_filename(path.name)
    return Reference(name=name, version=version, path=str(path))


def split_filename(filename: str) -> tuple[str, str]:
    """Return name and version that an artifact's file name carries; raises UsageError where it has none."""
    stem = filename
    for suffix in SDIST_SUFFIXES:
        stem = stem.removesuffix(suffix)
    try:
        if filename.endswith(".whl"):
            wheel_name, wheel_version, _, _ = parse_wheel_filename(filename)
            return wheel_name, str(wheel_version)
        sdist_name, sdist_version = parse_sdist_filename(f"{stem}.tar.gz")
    except ValueError as error:  # no such name, or numbers too long to be read
        raise UsageError(f"{filename} is not named like an sdist or a wheel") from error
    return sdist_name, str(sdist_version)


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"`{text}` does not name one release",
        hint="write name==1.2.3, name (its newest version), pkg:pypi/name@1.2.3, or the path of a wheel or sdist",
    )


def parse_version(text: str) -> Version:
    """Parse a version, raising UsageError where it is none under PEP 440."""
    try:
        return Version(text)
    except ValueError as error:  # not a version, or numbers too long to be read
        raise UsageError(f"`{text}` is not a version") from error
