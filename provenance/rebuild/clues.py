"""A source's configuration and the published artifacts in, what they say of how they were built out."""

from __future__ import annotations

import calendar
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from provenance.metadata import parse
from provenance.model import Release, Source
from provenance.rebuild.attempts import Published
from provenance.tree import Tree, join

SLACK = timedelta(days=1)  # where nothing says when a release was uploaded


@dataclass(frozen=True)
class Clues:
    """What says how a release was built; times are UTC, `moment` is the time that all members of an archive share.

    `configuration` is pyproject.toml, `texts` all packaging files; `metadata` the text of METADATA or PKG-INFO,
    `names` the names of all published files; `has_crlf` says that most modules have the line endings of Windows.
    """

    name: str
    version: str
    source: Source
    committed: int
    uploaded: datetime
    configuration: Mapping[str, Any] = field(default_factory=dict)
    texts: str = ""
    generator: str = ""
    tag: str = ""
    requires_python: str = ""
    metadata: str = ""
    moment: int | None = None
    names: frozenset[str] = frozenset()
    has_crlf: bool = False


def read_clues(
    release: Release, source: Source, tree: Tree, texts: str, committed: int, published: Sequence[Published]
) -> Clues:
    """Read a release's clues; `committed` is the commit's time (seconds since 1970), `texts` its packaging files."""
    ordered = sorted(published, key=lambda each: each.kind, reverse=True)  # wheels say more than sdists
    fields = next((found for each in ordered if (found := _wheel_fields(each.tree))), {})
    metadata = next((text for each in ordered if (text := _metadata(each.tree))), "")
    uploaded = max((each.uploaded for each in release.artifacts if each.uploaded), default=None)
    return Clues(
        name=release.name,
        version=release.version,
        source=source,
        committed=committed,
        uploaded=uploaded or datetime.fromtimestamp(committed, UTC) + SLACK,
        configuration=_toml(tree.text(join(source.subdirectory, "pyproject.toml"))),
        texts=texts,
        generator=fields.get("Generator", ""),
        tag=fields.get("Tag", ""),
        requires_python=parse(metadata.encode()).get("requires_python") or "",
        metadata=metadata,
        moment=_moment(published, committed),
        names=frozenset(entry.name for each in published for entry in each.tree),
        has_crlf=_has_crlf(published),
    )


def archive_time(path: Path) -> int | None:
    """Return the one time that all members of an archive have (seconds since 1970), None where they do not agree."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                times = {calendar.timegm(info.date_time) for info in archive.infolist()}
        else:
            with tarfile.open(path) as tar:
                times = {int(member.mtime) for member in tar if not member.isdir()}
    except (tarfile.TarError, zipfile.BadZipFile, OSError, ValueError, EOFError):
        return None
    return times.pop() if len(times) == 1 else None


def _moment(published: Sequence[Published], committed: int) -> int | None:
    """What all members of an artifact have as their time; ZIP archives keep every second second only."""
    found = next((time for each in published if each.path and (time := archive_time(each.path))), None)
    return committed if found is not None and abs(found - committed) <= 1 else found


def _has_crlf(published: Sequence[Published]) -> bool:
    """Whether most of the modules with any lines have line endings of Windows."""
    texts = [
        each.tree.read(entry.path) for each in published for entry in each.tree if entry.name.endswith(".py")
    ]
    lines = [b"\r\n" in text for text in texts if text and b"\n" in text]
    return 2 * sum(lines) > len(lines)


def _wheel_fields(tree: Tree) -> dict[str, str]:
    """The fields of WHEEL, of repeated ones the first."""
    path = next((path for path in tree.entries if path.endswith(".dist-info/WHEEL")), "")
    rows = [line.partition(":") for line in reversed((tree.text(path) or "").splitlines())]
    return {name.strip(): value.strip() for name, _, value in rows if value}


def _metadata(tree: Tree) -> str:
    path = next((path for path in tree.entries if path.endswith(".dist-info/METADATA")), "PKG-INFO")
    return tree.text(path) or ""


def _toml(text: str | None) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
