"""An sdist's or wheel's bytes in, a Tree out: read in memory and bounded, nothing written or executed."""

from __future__ import annotations

import hashlib
import lzma
import posixpath
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from provenance.artifacts.compressed import Decompressed
from provenance.artifacts.names import canonical, check_distinct, check_installed
from provenance.artifacts.tar_members import FILE, FOLDER, HARDLINK, LINK, read_members
from provenance.artifacts.zip_layout import AMBIGUOUS, check_end, check_layout
from provenance.errors import AmbiguousArchiveError, HostileArchiveError, UnreadableArchiveError
from provenance.model import Kind, Limits
from provenance.tree import EXECUTABLE, REGULAR, SYMLINK, Entry, Tree, blob_id

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    MemoryError,
)


def unpack(path: Path, kind: Kind, limits: Limits) -> Tree:
    """Read an artifact into a Tree; an sdist's single top folder is left out of the paths.

    Raises HostileArchiveError for members that no honest archive has, AmbiguousArchiveError where tools would
    install different files, UnreadableArchiveError for a broken archive or one that exceeds a limit.
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
    check_distinct(members.entries, members.folders)
    if kind == "wheel":
        check_installed(members.entries)
        return Tree(members.entries, members.contents.get)
    return Tree(_without_top_folder(members), members.contents.get)


@dataclass
class _Members:
    """The members read so far, counted against the limits."""

    limits: Limits
    entries: dict[str, Entry] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    count: int = 0
    total: int = 0

    def admit(self, name: str, size: int) -> str:
        """Return the canonical path of a member, before its bytes are read."""
        path = canonical(name)
        if len(path.encode(errors="surrogatepass")) > self.limits.path_bytes:
            raise UnreadableArchiveError(f"A member's path is longer than {self.limits.path_bytes:,} bytes")
        if path.count("/") >= self.limits.path_parts:
            raise UnreadableArchiveError(f"A member's path has more than {self.limits.path_parts:,} parts")
        self.count += 1
        if self.count > self.limits.members:
            raise UnreadableArchiveError(f"The archive has more than {self.limits.members:,} members")
        self.total += size
        if size > self.limits.member_bytes or self.total > self.limits.unpacked_bytes:
            raise UnreadableArchiveError(
                f"The archive unpacks to more than the limits ({self.limits.member_bytes:,} bytes for one member, "
                f"{self.limits.unpacked_bytes:,} in all)"
            )
        return path

    def add_folder(self, name: str) -> None:
        """Record a folder, which may be the archive's own."""
        if path := name.removesuffix("/").removeprefix("./").removesuffix("."):
            self.folders.add(self.admit(path, 0))

    def add(self, path: str, mode: int, content: bytes) -> None:
        """Record a member's bytes."""
        blob = blob_id(content)
        earlier = self.entries.get(path)
        if earlier is not None and (earlier.mode, earlier.blob) != (mode, blob):
            raise AmbiguousArchiveError(
                f"The archive holds {path} twice: which one is installed depends on the tool"
            )
        self.contents[blob] = content
        self.entries[path] = Entry(path, mode, blob, len(content), hashlib.sha256(content).hexdigest())


def _read_zip(file: IO[bytes], members: _Members) -> None:
    check_end(file, members.limits.members)
    with zipfile.ZipFile(file) as archive:
        check_layout(file, archive)
        for info in archive.infolist():
            if info.is_dir():
                members.add_folder(info.filename)
                if info.file_size:
                    raise AmbiguousArchiveError(f"The archive holds {info.filename} as a folder with bytes")
                continue
            path = members.admit(info.filename, info.file_size)
            unix_mode = info.external_attr >> 16
            kind = stat.S_IFMT(unix_mode)
            if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
                raise HostileArchiveError(f"The archive holds {path}, which is neither a file nor a link")
            mode = SYMLINK if kind == stat.S_IFLNK else EXECUTABLE if unix_mode & 0o111 else REGULAR
            members.add(path, mode, _content(file, info))


def _content(file: IO[bytes], info: zipfile.ZipInfo) -> bytes:
    """A member's bytes. zipfile itself ends at the size that is stated, where others go on."""
    file.seek(info.header_offset + 26)
    name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
    file.seek(name + extra, 1)
    packed = file.read(info.compress_size)
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableArchiveError(
            f"{info.filename} is encrypted, or packed in a way that wheels do not know"
        )
    content, is_whole = packed, True
    if info.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        content = inflater.decompress(packed, info.file_size + 1)
        is_whole = inflater.eof and not inflater.unused_data
    if not is_whole or len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise AmbiguousArchiveError(
            f"{info.filename} does not have the size or the checksum that the archive states: {AMBIGUOUS}"
        )
    return content


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
        raise AmbiguousArchiveError(
            "The sdist can be read as a tar and as a ZIP archive: what is installed depends on the tool"
        )
    file.seek(0)
    return is_zip


def _read_tar(file: IO[bytes], members: _Members) -> None:
    for member, content in read_members(Decompressed(file, members.limits).read):
        if member.kind == FOLDER:
            members.add_folder(member.name)
            continue
        path = members.admit(member.name, member.size)
        if member.kind == LINK:
            members.add(path, SYMLINK, member.target.encode(errors="surrogateescape"))
        elif member.kind == HARDLINK:
            _add_hardlink(path, member.target, members)
        elif member.kind == FILE:
            members.add(path, EXECUTABLE if member.mode & 0o111 else REGULAR, content())


def _add_hardlink(path: str, target: str, members: _Members) -> None:
    found = members.entries.get(canonical(target))
    if found is None or found.mode == SYMLINK:
        raise HostileArchiveError(f"The archive links {path} to {target!r}, which is no file before it")
    members.add(path, found.mode, members.contents[found.blob])


def _without_top_folder(members: _Members) -> dict[str, Entry]:
    tops = {path.partition("/")[0] for path in [*members.entries, *members.folders]}
    if len(tops) != 1 or any("/" not in path for path in members.entries):
        raise AmbiguousArchiveError("The sdist holds files outside its one top folder")
    stripped = (
        Entry(path.partition("/")[2], entry.mode, entry.blob, entry.size, entry.sha256)
        for path, entry in members.entries.items()
    )
    return {entry.path: entry for entry in stripped}
