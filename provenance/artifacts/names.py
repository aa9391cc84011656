"""Names of an archive's members in, nothing out: raises where one leads elsewhere than it says, on any system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from provenance.errors import AmbiguousArchiveError, HostileArchiveError
from provenance.tree import SYMLINK, Entry

# what makes people read another name than tools do: controls, and marks that turn the direction of writing
MISLEADING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SCHEMES = frozenset({"purelib", "platlib", "headers", "scripts", "data"})


def canonical(name: str) -> str:
    """Return the member's name as a path below the archive's folder; raises where it would leave that folder."""
    while name.startswith("./"):
        name = name[2:]
    parts = name.split("/")
    drive = len(name) > 1 and name[1] == ":"
    if name.startswith("/") or drive or "\\" in name or "\0" in name or not {"", ".", ".."}.isdisjoint(parts):
        raise HostileArchiveError(f"The archive holds a member named {name!r}, which would leave its folder")
    if MISLEADING.search(name):
        raise AmbiguousArchiveError(
            f"The archive holds a member named {name!a}, which people would read as another name"
        )
    return name


def check_distinct(entries: Mapping[str, Entry], folders: Collection[str]) -> None:
    """Refuse different files that are one on systems without letter case, or with one spelling of accents."""
    seen: dict[str, str] = {}
    for path in entries:
        other = seen.setdefault(_folded(path), path)
        if entries[other].blob != entries[path].blob:
            raise AmbiguousArchiveError(
                f"The archive holds {other} and {path}, which are one file on some systems: which one is installed "
                "depends on the system"
            )
    for folder in {*folders, *(path.rpartition("/")[0] for path in entries)}:
        if seen.get(_folded(folder)):
            raise AmbiguousArchiveError(
                f"The archive holds {seen[_folded(folder)]} as a file and as a folder"
            )


def check_installed(entries: Mapping[str, Entry]) -> None:
    """Refuse a wheel whose files installers would put in different places, or two of them in one place.

    Raises AmbiguousArchiveError. Follows the binary distribution format, "The .data directory".
    """
    if links := [path for path, entry in entries.items() if entry.mode == SYMLINK]:
        raise AmbiguousArchiveError(f"The wheel holds {links[0]} as a link, which installers write as a file")
    tops = {path.partition("/")[0] for path in entries if "/" in path}
    infos = {top for top in tops if top.endswith(".dist-info")}
    stems = {info.removesuffix(".dist-info") for info in infos}
    if len(infos) > 1:
        raise AmbiguousArchiveError(f"The wheel has several folders of metadata: {', '.join(sorted(infos))}")
    for top in tops:
        if top.endswith(".data") and top.removesuffix(".data") not in stems:
            raise AmbiguousArchiveError(
                f"The wheel holds {top}, which some tools install as a folder and others spread over the environment"
            )
    places: dict[str, str] = {}
    for path in entries:
        top, _, rest = path.partition("/")
        scheme, _, inner = rest.partition("/")
        if not top.endswith(".data"):
            scheme, inner = "purelib", path
        elif scheme not in SCHEMES or not inner:
            raise AmbiguousArchiveError(f"The wheel holds {path}, and no installer knows where that belongs")
        root = "" if scheme in ("purelib", "platlib") else f"{scheme}:"
        other = places.setdefault(_folded(root + inner), path)
        if other != path:
            raise AmbiguousArchiveError(f"The wheel installs {other} and {path} to one place")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
