"""Any bytes in, nothing out: each target gives them to one reader, which may refuse them in its own words only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from provenance.artifacts import unpack
from provenance.compare import Context, Subject, judge
from provenance.errors import ProvenanceError
from provenance.log.checkpoint import claimed_head
from provenance.log.entry import read_entry
from provenance.metadata import parse
from provenance.model import Kind, Limits, Source
from provenance.project import read_project
from provenance.report.statement import predicate_digest, read_statement
from provenance.report.text_format import shown_text
from provenance.requirements import read_constraints, read_requirements
from provenance.signing.envelope import open_envelope
from provenance.source.bundle import read_bundle
from provenance.source.git.unpacked import check_unpacked
from provenance.source.hosts import no_git, own_repository_of, repository_of, submodule_address
from provenance.source.tags import ranked
from provenance.tree import REGULAR, Entry, Tree, blob_id

SMALL = Limits(member_bytes=1 << 20, unpacked_bytes=4 << 20, members=1000, git_unpacked_bytes=1 << 20)
SOURCE = Source(repository="https://git.example/o/plume", ref="v1.0.0", commit="1" * 40, tree="2" * 40)
LOCKS = (
    "requirements.txt",
    "pyproject.toml",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.toml",
)
PROJECT = ("setup.py", "setup.cfg", "pyproject.toml")
INFO = "plume-1.0.0.dist-info"
JUDGED = (
    f"{INFO}/METADATA", f"{INFO}/WHEEL", f"{INFO}/RECORD", f"{INFO}/entry_points.txt", f"{INFO}/top_level.txt",
    "plume/_version.py", "plume/__init__.py", "plume.pth", "plume.egg-info/requires.txt", "setup.cfg", "setup.py",
    "pyproject.toml", "PKG-INFO", "Cargo.lock", "Cargo.toml", ".gitattributes", ".gitmodules", "plume/a.js",
    "plume/parser.out", "plume/x_pb2.py", "plume/a.mo", "plume/a.c", "ChangeLog", "plume/zone/Paris",
)  # fmt: skip


def _tree(files: dict[str, bytes]) -> Tree:
    contents = {blob_id(content): content for content in files.values()}
    entries = {path: Entry(path, REGULAR, blob_id(files[path]), len(files[path]), "0" * 64) for path in files}
    return Tree(entries, contents.get)


def _as_file(name: str, content: bytes, read: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read(path)


def _unpack(kind: Kind) -> Callable[[bytes], None]:
    return lambda content: _as_file("plume", content, lambda path: unpack(path, kind, SMALL))


def read_projects(content: bytes) -> None:
    """Every packaging file of a project, one of them with these bytes."""
    for name in PROJECT:
        read_project(_tree({name: content, "plume/__init__.py": b""}), "")


def read_locks(content: bytes) -> None:
    """Requirements and lock files of every kind."""
    for name in LOCKS:
        try:
            _as_file(name, content, read_requirements)
        except ProvenanceError:
            continue
    _as_file("constraints.txt", content, read_constraints)


def judge_files(content: bytes) -> None:
    """Every rule, on files that it knows; the source has the first half of the bytes where the package has all."""
    half = content[: len(content) // 2]
    source = _tree(dict.fromkeys(JUDGED, half))
    for kind, name in (("wheel", "plume-1.0.0-py3-none-any.whl"), ("sdist", "plume-1.0.0.tar.gz")):
        subject = Subject(
            name, "wheel" if kind == "wheel" else "sdist", _tree(dict.fromkeys(JUDGED, content))
        )
        judge(Context("plume", "1.0.0", subject, source, SOURCE, read_project(source, "")))


def read_addresses(content: bytes) -> None:
    """What metadata and .gitmodules name as a repository."""
    text = content.decode(errors="replace")
    for read in (repository_of, own_repository_of, submodule_address, no_git):
        read(text)


def rank_tags(content: bytes) -> None:
    """A host's tags."""
    ranked(content.decode(errors="replace").split("\n"), "plume", "1.0.0")


def show(content: bytes) -> None:
    """Text for people: whatever it is, nothing that a terminal acts on is left."""
    assert shown_text(content.decode(errors="surrogateescape")).isprintable()


def unpack_pack(content: bytes) -> None:
    """A host's pack."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        check_unpacked(file, SMALL, "git.example")


TARGETS: dict[str, Callable[[bytes], object]] = {
    "wheel": _unpack("wheel"),
    "sdist": _unpack("sdist"),
    "metadata": parse,
    "project": read_projects,
    "locks": read_locks,
    "judge": judge_files,
    "addresses": read_addresses,
    "tags": rank_tags,
    "text": show,
    "pack": unpack_pack,
    "bundle": lambda content: read_bundle(content, 1 << 20),
    "envelope": open_envelope,
    "statement": read_statement,
    "predicate": predicate_digest,
    "entry": read_entry,
    "checkpoint": claimed_head,
}


def give(target: str, content: bytes) -> None:
    """Let a target read the bytes; raises whatever is not the tool's own refusal."""
    try:
        TARGETS[target](content)
    except ProvenanceError:
        return
