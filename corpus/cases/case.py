"""A small artifact and a small source in, the finding for one of its files out: how a rule's cases are written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from provenance.compare import Context, Subject, judge
from provenance.model import Evidence, Finding, Kind, Source
from provenance.project import read_project
from provenance.tree import EXECUTABLE, GITLINK, REGULAR, SYMLINK, Entry, Tree, blob_id

COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True)
class Link:
    """A symbolic link and its target."""

    target: str


@dataclass(frozen=True)
class Program:
    """A file with its executable bit set."""

    content: str | bytes


@dataclass(frozen=True)
class Pin:
    """A submodule pinned to a commit."""

    commit: str


File = str | bytes | Link | Program | Pin
Files = Mapping[str, File]


@dataclass(frozen=True)
class Case:
    """One file of an artifact, and what must be said of it: `evidence` if explained, None for a near miss."""

    title: str
    path: str
    artifact: Files
    source: Files
    evidence: Evidence | None
    kind: Kind = "sdist"
    name: str = "example"
    version: str = "1.0"
    filename: str = ""
    folder: str = ""
    siblings: tuple[tuple[Kind, Files], ...] = field(default=())


def tree(files: Files) -> Tree:
    """Return the Tree of these files."""
    contents: dict[str, bytes] = {}
    entries: dict[str, Entry] = {}
    for path, file in sorted(files.items()):
        mode, content = _mode_and_bytes(file)
        blob = file.commit if isinstance(file, Pin) else blob_id(content)
        contents[blob] = content
        entries[path] = Entry(path, mode, blob, len(content), hashlib.sha256(content).hexdigest())
    return Tree(entries, contents.get)


def finding(case: Case) -> Finding:
    """Judge the case's artifact and return the finding for its file."""
    return next(found for found in judge(context_of(case)) if found.path == case.path)


def context_of(case: Case) -> Context:
    """Return all that rules may look at of a case."""
    filename = case.filename or _filename(case.kind, case.name, case.version)
    source_tree = tree(case.source)
    return Context(
        name=case.name,
        version=case.version,
        subject=Subject(filename, case.kind, tree(case.artifact)),
        source_tree=source_tree,
        source=Source(
            repository="https://git.example/o/example", ref="refs/tags/v1.0", commit=COMMIT, tree=COMMIT
        ),
        project=read_project(source_tree, case.folder),
        siblings=tuple(
            Subject(_filename(kind, case.name, case.version), kind, tree(files))
            for kind, files in case.siblings
        ),
    )


def _filename(kind: Kind, name: str, version: str) -> str:
    return f"{name}-{version}-py3-none-any.whl" if kind == "wheel" else f"{name}-{version}.tar.gz"


def _mode_and_bytes(file: File) -> tuple[int, bytes]:
    match file:
        case Link(target):
            return SYMLINK, target.encode()
        case Program(content):
            return EXECUTABLE, content.encode() if isinstance(content, str) else content
        case Pin():
            return GITLINK, b""
        case str():
            return REGULAR, file.encode()
    return REGULAR, file
