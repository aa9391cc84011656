"""An sdist's or wheel's bytes in, a Tree out: read in memory and bounded, nothing written or executed."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import posixpath
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from provenance.artifacts.zip_layout import check_layout
from provenance.errors import HostileArchiveError, UnreadableArchiveError
from provenance.model import Kind, Limits
from provenance.tree import EXECUTABLE, REGULAR, SYMLINK, Entry, Tree, blob_id

BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
ALLOWED_TAR = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)


def unpack(path: Path, kind: Kind, limits: Limits) -> Tree:
    """Read an artifact into a Tree; an sdist's single top folder is left out of the paths.

    Raises HostileArchiveError for members that no honest archive has, UnreadableArchiveError for a
    broken archive or one that exceeds a limit.
    """
    members = _Members(limits)
    try:
        with path.open("rb") as file:
            if kind == "wheel" or _begins_as_zip(file):
                _read_zip(file, members)
            else:
                _read_tar(file, members)
    except BROKEN as error:
        raise UnreadableArchiveError(f"The archive is broken: {error}") from error
    _check_links(members)
    entries = members.entries
    if kind == "sdist":
        entries = _without_top_folder(entries)
    return Tree(entries, members.contents.get)


@dataclass
class _Members:
    """The members read so far, counted against the limits."""

    limits: Limits
    entries: dict[str, Entry] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    total: int = 0

    def admit(self, name: str, size: int) -> str:
        """Return the canonical path of a member, before its bytes are read."""
        path = _canonical(name)
        if len(path.encode(errors="surrogatepass")) > self.limits.path_bytes:
            raise UnreadableArchiveError(f"A member's path is longer than {self.limits.path_bytes:,} bytes")
        if len(self.entries) >= self.limits.members:
            raise UnreadableArchiveError(f"The archive has more than {self.limits.members:,} members")
        self.total += size
        if size > self.limits.member_bytes or self.total > self.limits.unpacked_bytes:
            raise UnreadableArchiveError(
                f"The archive unpacks to more than the limits ({self.limits.member_bytes:,} bytes for one member, "
                f"{self.limits.unpacked_bytes:,} in all)"
            )
        return path

    def add(self, path: str, mode: int, content: bytes) -> None:
        """Record a member's bytes."""
        blob = blob_id(content)
        earlier = self.entries.get(path)
        if earlier is not None and (earlier.mode, earlier.blob) != (mode, blob):
            raise HostileArchiveError(
                f"The archive holds {path} twice: which one is installed depends on the tool"
            )
        self.contents[blob] = content
        self.entries[path] = Entry(path, mode, blob, len(content), hashlib.sha256(content).hexdigest())


def _canonical(name: str) -> str:
    """The member's name as a path below the archive's folder; raises where it would leave that folder."""
    while name.startswith("./"):
        name = name[2:]
    parts = name.split("/")
    drive = len(name) > 1 and name[1] == ":"
    if name.startswith("/") or drive or "\\" in name or "\0" in name or not {"", ".", ".."}.isdisjoint(parts):
        raise HostileArchiveError(f"The archive holds a member named {name!r}, which would leave its folder")
    return name


def _read_zip(file: IO[bytes], members: _Members) -> None:
    with zipfile.ZipFile(file) as archive:
        check_layout(file, archive)
        for info in archive.infolist():
            if info.is_dir():
                continue
            path = members.admit(info.filename, info.file_size)
            unix_mode = info.external_attr >> 16
            kind = stat.S_IFMT(unix_mode)
            if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
                raise HostileArchiveError(f"The archive holds {path}, which is neither a file nor a link")
            mode = SYMLINK if kind == stat.S_IFLNK else EXECUTABLE if unix_mode & 0o111 else REGULAR
            members.add(path, mode, archive.read(info))


def _check_links(members: _Members) -> None:
    """Refuse links that leave the archive, and members that would be written through a link."""
    for path, entry in members.entries.items():
        if entry.mode == SYMLINK:
            target = members.contents[entry.blob].decode(errors="surrogateescape")
            reached = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if target.startswith("/") or reached.startswith(".."):
                raise HostileArchiveError(f"The archive links {path} to {target!r}, outside its folder")
        folder = posixpath.dirname(path)
        while folder:
            if folder in members.entries:
                raise HostileArchiveError(f"The archive holds {path} below {folder}, which is no folder")
            folder = posixpath.dirname(folder)


def _begins_as_zip(file: IO[bytes]) -> bool:
    """Whether the file begins as a ZIP archive does: some sdists are `.zip`, whatever stands at their end."""
    is_zip = file.read(4).startswith(b"PK")
    if not is_zip and zipfile.is_zipfile(file):
        raise HostileArchiveError(
            "The sdist can be read as a tar and as a ZIP archive: what is installed depends on the tool"
        )
    file.seek(0)
    return is_zip


def _read_tar(file: IO[bytes], members: _Members) -> None:
    stream = _Bounded(_decompressed(file), members.limits.unpacked_bytes)
    with tarfile.open(fileobj=cast(Any, stream), mode="r|") as archive:
        for member in archive:
            if member.isdir():
                continue
            path = members.admit(member.name, member.size)
            if member.issym():
                members.add(path, SYMLINK, member.linkname.encode(errors="surrogateescape"))
            elif member.islnk():
                _add_hardlink(path, member, members)
            elif member.type in ALLOWED_TAR and not member.issparse():
                content = cast(IO[bytes], archive.extractfile(member)).read()
                members.add(path, EXECUTABLE if member.mode & 0o111 else REGULAR, content)
            else:
                raise HostileArchiveError(f"The archive holds {path}, which is neither a file nor a link")


def _add_hardlink(path: str, member: tarfile.TarInfo, members: _Members) -> None:
    target = members.entries.get(_canonical(member.linkname))
    if target is None or target.mode == SYMLINK:
        raise HostileArchiveError(
            f"The archive links {path} to {member.linkname!r}, which is no file before it"
        )
    members.add(path, target.mode, members.contents[target.blob])


def _decompressed(file: IO[bytes]) -> IO[bytes]:
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if magic.startswith(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(file))
    if magic.startswith(b"\xfd7zXZ\0"):
        return cast(IO[bytes], lzma.LZMAFile(file))
    return file


class _Bounded:
    """A reader that refuses to give more than `limit` bytes."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream, self._left = stream, limit

    def read(self, size: int) -> bytes:
        """Read at most size bytes."""
        content = self._stream.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise UnreadableArchiveError("The archive unpacks to more than the limit")
        return content


def _without_top_folder(entries: dict[str, Entry]) -> dict[str, Entry]:
    tops = {path.partition("/")[0] for path in entries}
    if len(tops) != 1 or any("/" not in path for path in entries):
        raise HostileArchiveError("The sdist holds files outside its one top folder")
    return {entry.path: entry for entry in _stripped(entries)}


def _stripped(entries: dict[str, Entry]) -> Iterator[Entry]:
    for path, entry in entries.items():
        yield Entry(path.partition("/")[2], entry.mode, entry.blob, entry.size, entry.sha256)
