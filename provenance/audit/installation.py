"""An installed release in, its files that are not those of RECORD or of the index's wheel out.

What an installer makes itself is left aside: compiled bytecode, and the scripts that it writes for entry points beyond
what RECORD says of them.
"""

from __future__ import annotations

import base64
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from functools import lru_cache
from pathlib import Path

from packaging.tags import Tag, parse_tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from provenance import artifacts
from provenance.cache import file_sha256
from provenance.compare.classify import severity_of
from provenance.index import find_release
from provenance.model import Artifact, Evidence, Finding, Reference
from provenance.pipeline import Options
from provenance.tree import REGULAR, Entry, Tree

BY_INSTALLER = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json", "uv_build.json"}
MOVED = re.compile(r"[^/]+\.data/(purelib|platlib)/")
ELSEWHERE = re.compile(r"[^/]+\.data/")


@dataclass(frozen=True)
class Installed:
    """The files of an installed release: path from the folder of packages -> sha256 by RECORD, "" where it has none."""

    folder: Path
    metadata: str
    recorded: Mapping[str, str]


def alterations(dist_info: Path, reference: Reference, options: Options) -> tuple[tuple[Finding, ...], str]:
    """Return what differs, and "" or the reason why the files could be compared with RECORD alone.

    `dist_info` is the folder of an installed release's metadata, `reference` names that release.
    """
    installed = read_record(dist_info)
    if not installed.recorded:
        return (), "its list of files (RECORD) is missing or cannot be read, so its files were not compared"
    contents = _contents(installed)
    findings = dict(_against_record(installed, contents))
    findings |= dict(_unlisted(installed))
    tags = _tags(dist_info)
    wheel = _wheel(tags, reference, options)
    if wheel is None:
        doubt = (
            "no wheel of the index is for the kind of machine that it was installed for, so it may have been built "
            "here; its files were compared with its own list of them (RECORD) alone"
        )
    else:
        doubt = ""
        findings = dict(_against_wheel(installed, contents, wheel)) | findings
    tree = Tree({path: Entry(path, REGULAR, "") for path in {*contents, *findings}}, lambda _: None)
    return tuple(_finding(path, *findings[path], tree) for path in sorted(findings)), doubt


def read_record(dist_info: Path) -> Installed:
    """Read the list of files that an installer left behind; empty where there is none that can be read."""
    recorded: dict[str, str] = {}
    try:
        with (dist_info / "RECORD").open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                if row:
                    recorded[row[0].replace("\\", "/")] = _hex(row[1] if len(row) > 1 else "")
    except (OSError, UnicodeDecodeError, csv.Error):
        recorded = {}
    return Installed(dist_info.parent, dist_info.name, recorded)


def _hex(text: str) -> str:
    """The digest of a RECORD row as hex, "" where it has none or one of another kind."""
    name, _, value = text.partition("=")
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex() if name == "sha256" else ""
    except ValueError:
        return "unreadable"


def _contents(installed: Installed) -> dict[str, str]:
    """The sha256 of every listed file that is there; "" for one that cannot be read."""
    found = {}
    for path in installed.recorded:
        file = installed.folder / path
        if file.is_file():
            try:
                found[path] = file_sha256(file)
            except OSError:
                found[path] = ""
    return found


Row = tuple[str, tuple[Evidence, str]]


def _against_record(installed: Installed, contents: Mapping[str, str]) -> Iterator[Row]:
    for path, expected in installed.recorded.items():
        if _is_bytecode(path) or path == f"{installed.metadata}/RECORD":
            continue
        if path not in contents:
            yield path, (Evidence.MODIFIED, "was installed, and is gone")
        elif expected and contents[path] != expected:
            reason = (
                f"was changed after it was installed: RECORD says sha256 {expected}, it has {contents[path]}"
            )
            yield path, (Evidence.MODIFIED, reason)


def _unlisted(installed: Installed) -> Iterator[Row]:
    """Files right in or below folders that this release has files in, and that no release lists."""
    owners, listed = _environment(installed.folder)
    for folder in sorted(folder for folder, names in owners.items() if installed.metadata in names):
        for file in sorted((installed.folder / folder).rglob("*")):
            path = file.relative_to(installed.folder).as_posix()
            nearest = next((each for each in _parents(path) if each in owners), "")
            if path in listed or nearest != folder or _is_bytecode(path) or file.is_dir():
                continue
            if not _by_installer(path, installed):
                yield path, (Evidence.ADDED, "stands among its files, and was not installed with them")


@lru_cache(maxsize=4)
def _environment(folder: Path) -> tuple[Mapping[str, set[str]], set[str]]:
    """Every folder below the folder of packages with the releases that have files right in it; every listed file."""
    owners: dict[str, set[str]] = {}
    listed: set[str] = set()
    for dist_info in folder.glob("*.dist-info"):
        for path in read_record(dist_info).recorded:
            listed.add(path)
            parent = path.rpartition("/")[0]
            if parent and not path.startswith(("..", "/")) and "__pycache__" not in path:
                owners.setdefault(parent, set()).add(dist_info.name)
    return owners, listed


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _against_wheel(
    installed: Installed, contents: Mapping[str, str], wheel: tuple[str, Tree]
) -> Iterator[Row]:
    filename, tree = wheel
    shipped = {
        MOVED.sub("", entry.path, count=1): entry.sha256
        for entry in tree
        if MOVED.match(entry.path) or not ELSEWHERE.match(entry.path)
    }
    for path, sha256 in contents.items():
        if path.startswith("..") or _is_bytecode(path) or _by_installer(path, installed):
            continue
        if path not in shipped:
            yield path, (Evidence.ADDED, f"is not in {filename} on the index")
        elif shipped[path] != sha256:
            yield path, (Evidence.MODIFIED, f"is not the file in {filename} on the index")
    for path in shipped.keys() - installed.recorded.keys():
        if not _by_installer(path, installed) and not _is_bytecode(path):
            yield path, (Evidence.MODIFIED, f"is in {filename} on the index, and was not installed")


def _by_installer(path: str, installed: Installed) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == installed.metadata and name in BY_INSTALLER


def _is_bytecode(path: str) -> bool:
    return "__pycache__/" in path and path.endswith((".pyc", ".pyo"))


def _tags(dist_info: Path) -> frozenset[Tag]:
    """The tags that the installed wheel said it had (PEP 425)."""
    try:
        fields = HeaderParser().parsestr((dist_info / "WHEEL").read_text("utf-8"))
        return frozenset(tag for text in fields.get_all("Tag", []) for tag in parse_tag(text.strip()))
    except (OSError, ValueError):
        return frozenset()


def _wheel(tags: frozenset[Tag], reference: Reference, options: Options) -> tuple[str, Tree] | None:
    """The name and Tree of the index's wheel that has these tags; None where it has none."""
    release = find_release(reference, options.index, options.http, options.limits)
    wheels = [artifact for artifact in release.artifacts if tags and tags <= _tags_of(artifact)]
    if not wheels:
        return None
    stored = artifacts.obtain(wheels[0], options.cache, options.http, options.limits)
    return wheels[0].filename, artifacts.unpack(stored.path, "wheel", options.limits)


def _tags_of(artifact: Artifact) -> frozenset[Tag]:
    try:
        return parse_wheel_filename(artifact.filename)[3]
    except InvalidWheelFilename:
        return frozenset()


def _finding(path: str, evidence: Evidence, reason: str, tree: Tree) -> Finding:
    return Finding(
        path=path,
        evidence=evidence,
        rule="installed",
        severity=severity_of(tree.entries[path], "wheel", tree),
        source_path=None,
        reason=reason,
        contradicts=True,
    )
