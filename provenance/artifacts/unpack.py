"""An sdist's or wheel's bytes in, a Tree out: read in memory and bounded, nothing written or executed."""

from __future__ import annotations

import functools
import posixpath
import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from provenance.artifacts.compressed import CHUNK, Decompressed
from provenance.artifacts.contents import BROKEN, Contents, tar_parts, zip_parts
from provenance.artifacts.names import canonical, check_distinct, check_installed
from provenance.artifacts.tar_members import FILE, FOLDER, HARDLINK, LINK, read_members
from provenance.artifacts.zip_layout import check_end, check_layout
from provenance.errors import AmbiguousArchiveError, HostileArchiveError, UnreadableArchiveError
from provenance.model import Kind, Limits
from provenance.tree import EXECUTABLE, REGULAR, SYMLINK, Entry, Tree, digests, parent


def unpack(path: Path, kind: Kind, limits: Limits) -> Tree:
    """Read an artifact into a Tree; an sdist's single top folder is left out of the paths.

    Raises HostileArchiveError for members that no honest archive has, AmbiguousArchiveError where tools would
    install different files, UnreadableArchiveError for a broken archive or one that exceeds a limit.
    """
    try:
        file = path.open("rb", buffering=CHUNK)
        try:
            is_zip = kind == "wheel" or _begins_as_zip(file)
            members = _read_zip(file, limits) if is_zip else _read_tar(file, limits)
            _check_links(members)
        except BaseException:
            file.close()
            raise
    except BROKEN as error:
        raise UnreadableArchiveError(f"The archive is broken: {error}") from error
    check_distinct(members.entries, members.folders)
    entries = members.entries if kind == "wheel" else _without_top_folder(members)
    if kind == "wheel":
        check_installed(entries)
    return Tree(entries, members.contents.load, members.contents.start)


@dataclass
class _Members:
    """The members read so far, counted against the limits."""

    limits: Limits
    contents: Contents[Any]
    entries: dict[str, Entry] = field(default_factory=dict)
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

    def add(
        self, path: str, mode: int, size: int, parts: Iterable[bytes | memoryview], place: object
    ) -> None:
        """Record a member, its bytes in parts, and where they can be read again."""
        blob, sha256 = digests(size, parts)
        self._add(Entry(path, mode, blob, size, sha256))
        self.contents.places[blob] = place

    def add_link(self, path: str, target: bytes) -> None:
        """Record a link that a tar archive's header holds."""
        blob, sha256 = digests(len(target), [target])
        self._add(Entry(path, SYMLINK, blob, len(target), sha256))
        self.contents.kept[blob] = target

    def add_hardlink(self, path: str, target: str) -> None:
        """Record a second name of an earlier member."""
        found = self.entries.get(canonical(target))
        if found is None or found.mode == SYMLINK:
            raise HostileArchiveError(f"The archive links {path} to {target!r}, which is no file before it")
        self._add(replace(found, path=path))

    def _add(self, entry: Entry) -> None:
        earlier = self.entries.get(entry.path)
        if earlier is not None and (earlier.mode, earlier.blob) != (entry.mode, entry.blob):
            raise AmbiguousArchiveError(
                f"The archive holds {entry.path} twice: which one is installed depends on the tool"
            )
        self.entries[entry.path] = entry


def _read_zip(file: IO[bytes], limits: Limits) -> _Members:
    members = _Members(limits, Contents(file, functools.partial(zip_parts, file)))
    check_end(file, limits.members)
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
            members.add(path, mode, info.file_size, zip_parts(file, info), info)
    return members


def _check_links(members: _Members) -> None:
    """Refuse links that leave the archive, and members that would be written through a link."""
    folders = {""}
    for path, entry in members.entries.items():
        if entry.mode == SYMLINK:
            target = (members.contents.load(entry.blob) or b"").decode(errors="surrogateescape")
            reached = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if target.startswith("/") or reached.startswith(".."):
                raise HostileArchiveError(f"The archive links {path} to {target!r}, outside its folder")
        folder = parent(path)
        while folder not in folders:
            if folder in members.entries:
                raise HostileArchiveError(f"The archive holds {path} below {folder}, which is no folder")
            folders.add(folder)
            folder = parent(folder)


def _begins_as_zip(file: IO[bytes]) -> bool:
    """Whether the file begins as a ZIP archive does: some sdists are `.zip`, whatever stands at their end."""
    is_zip = file.read(4).startswith(b"PK")
    if not is_zip and zipfile.is_zipfile(file):
        raise AmbiguousArchiveError(
            "The sdist can be read as a tar and as a ZIP archive: what is installed depends on the tool"
        )
    file.seek(0)
    return is_zip


def _read_tar(file: IO[bytes], limits: Limits) -> _Members:
    archive = Decompressed(file, limits)
    members = _Members(limits, Contents(file, functools.partial(tar_parts, archive)))
    for member, parts in read_members(archive):
        if member.kind == FOLDER:
            members.add_folder(member.name)
            continue
        path = members.admit(member.name, member.size)
        if member.kind == LINK:
            members.add_link(path, member.target.encode(errors="surrogateescape"))
        elif member.kind == HARDLINK:
            members.add_hardlink(path, member.target)
        elif member.kind == FILE:
            mode = EXECUTABLE if member.mode & 0o111 else REGULAR
            members.add(path, mode, member.size, parts(), (member.place, member.size))
    return members


def _without_top_folder(members: _Members) -> dict[str, Entry]:
    tops = {path.partition("/")[0] for path in [*members.entries, *members.folders]}
    if len(tops) != 1 or any("/" not in path for path in members.entries):
        raise AmbiguousArchiveError("The sdist holds files outside its one top folder")
    stripped = (
        Entry(path.partition("/")[2], entry.mode, entry.blob, entry.size, entry.sha256)
        for path, entry in members.entries.items()
    )
    return {entry.path: entry for entry in stripped}
