"""Bytes of archives in; what is read of one is what Python's own readers see, or it is refused."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from provenance.artifacts import unpack
from provenance.artifacts.names import canonical
from provenance.model import Kind, Limits
from provenance.tree import Tree, blob_id
from tests.fuzz.target import Target, as_file
from tests.hostile import sdists, wheels

SMALL = Limits(member_bytes=1 << 20, unpacked_bytes=4 << 20, members=1000)
BLOCK = 512
Files = dict[str, bytes]


def read_wheel(content: bytes) -> None:
    """A wheel; `zipfile` reads the same files."""
    _compared(content, "wheel", lambda: _zipped(content))


def read_sdist(content: bytes) -> None:
    """A tar archive, compressed or not, or a ZIP archive; `tarfile` and `zipfile` read the same files."""
    _compared(content, "sdist", lambda: _zipped(content) if content.startswith(b"PK") else _tarred(content))


def read_repaired_sdist(content: bytes) -> None:
    """A tar archive whose headers' checksums are made to hold, so that what they state is looked at."""
    read_sdist(_repaired(content))


def read_name(content: bytes) -> None:
    """A member's name; what comes of it stays in the archive's folder, on any system."""
    path = canonical(content.decode(errors="surrogateescape"))
    parts = path.split("/")
    assert path
    assert not {"", ".", ".."} & {*parts}
    assert not re.match(r"[A-Za-z]:|/", path)
    assert "\\" not in path
    assert canonical(path) == path


def _compared(content: bytes, kind: Kind, read_otherwise: Callable[[], Files]) -> None:
    def read(path: Path) -> None:
        tree = unpack(path, kind, SMALL)
        files = {entry.path: tree.load(entry.blob) for entry in tree}
        assert all(
            found is not None and blob_id(found) == tree.entries[name].blob for name, found in files.items()
        )
        assert all(tree.entries[name].size == len(found or b"") for name, found in files.items())
        try:
            others = read_otherwise()
        except tarfile.ReadError:  # who installs with it hears of that
            return
        assert files == _below(others, tree, kind), "another reader sees other files"

    as_file("plume", content, read)


def _below(files: Files, tree: Tree, kind: Kind) -> Files:
    plain = {path.removeprefix("./"): content for path, content in files.items()}
    return plain if kind == "wheel" else {path.partition("/")[2]: content for path, content in plain.items()}


def _zipped(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def _tarred(content: bytes) -> Files:
    files: Files = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if member.issym():
                files[member.name] = member.linkname.encode(errors="surrogateescape")
            elif not member.isdir():
                file = archive.extractfile(member)
                assert file is not None
                files[member.name] = file.read()
    return files


def _repaired(content: bytes) -> bytes:
    """The archive with checksums that hold, header after header, as far as the sizes in them lead."""
    archive, place = bytearray(content), 0
    while place + BLOCK <= len(archive) and any(archive[place : place + BLOCK]):
        archive[place + 148 : place + 156] = b" " * 8
        archive[place + 148 : place + 156] = b"%06o\0 " % sum(archive[place : place + BLOCK])
        digits = bytes(archive[place + 124 : place + 135]).strip(b" \0")
        size = int(digits, 8) if re.fullmatch(rb"[0-7]+", digits) else 0
        place += BLOCK + size + -size % BLOCK
    return bytes(archive)


def _sdists() -> Iterator[bytes]:
    for each in sdists.crafted():
        if len(each.content) < 1 << 15:
            yield each.content


def _tars() -> Iterator[bytes]:
    for content in _sdists():
        try:
            plain = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        except (OSError, EOFError):
            continue
        if len(plain) < 1 << 15:
            yield plain


TARGETS = {
    "wheel": Target(
        read_wheel, lambda: [each.content for each in wheels.crafted() if len(each.content) < 1 << 15]
    ),
    "sdist": Target(read_sdist, _sdists),
    "repaired-sdist": Target(read_repaired_sdist, _tars),
    "member-name": Target(
        read_name,
        lambda: [b"plume/__init__.py", b"./a", b"../a", b"C:/a", b"a//b", b"a\\b", "é\u202e".encode()],
    ),
}
