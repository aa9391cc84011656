"""What one entry of a requirements file asks for, in one form for every format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from provenance.model import LockedFile, Value

SHA256 = re.compile(r"sha256[:=]([0-9a-fA-F]{64})")
FROM_GIT = "it comes from a repository, not from the index"
FROM_URL = "it comes from an address of its own, not from the index"
FROM_FOLDER = "it comes from a folder of yours, not from the index"
FROM_FILE = "it comes from a file of yours, not from the index"


class Required(Value):
    """One release that is asked for; `where` is `file:line`, `text` what stands there.

    `version` is None where the entry leaves it open: then either `specifier` says which versions will do, or
    `obstacle` says why the index is not where it comes from. `files` are those that a lock file allows, `index` is
    the address of the index that the file names. `installed` is the folder of an installed release's metadata.
    """

    name: str
    where: str
    text: str
    version: str | None = None
    specifier: str = ""
    files: tuple[LockedFile, ...] = ()
    index: str | None = None
    obstacle: str = ""
    installed: str | None = None


def from_requirement(
    requirement: Requirement, where: str, files: tuple[LockedFile, ...] = (), index: str | None = None
) -> Required:
    """Return what a requirement (PEP 508) asks for. Its marker is left aside: the file serves other machines too."""
    return Required(
        name=canonicalize_name(requirement.name),
        where=where,
        text=str(requirement),
        version=None if requirement.url else pinned(requirement.specifier),
        specifier=str(requirement.specifier),
        files=files,
        index=index,
        obstacle=address_obstacle(requirement.url) if requirement.url else "",
    )


def pinned(specifier: SpecifierSet) -> str | None:
    """Return the one version that a specifier allows, None where it leaves a choice."""
    exact = [each.version for each in specifier if each.operator in ("==", "===") and "*" not in each.version]
    return exact[0] if exact else None


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address; what is none is a path as a whole."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", address, "", "")


def address_obstacle(address: str) -> str:
    """Say where something comes from that is named by its address."""
    scheme = parts_of(address).scheme
    if "+" in scheme:
        return FROM_GIT
    return FROM_FILE if scheme in ("", "file") else FROM_URL


def locked_file(hash_text: str, filename: str | None = None) -> Iterable[LockedFile]:
    """Yield the file that `sha256:…` stands for, nothing for a digest of another kind."""
    if match := SHA256.fullmatch(hash_text.strip()):
        yield LockedFile(sha256=match[1].lower(), filename=filename)


def file_name(address: str) -> str:
    """Return the file's name at the end of an address or path."""
    return unquote(parts_of(address).path.replace("\\", "/").rpartition("/")[2])
