"""An artifact's file in, tampers with the archive itself out, and changes to it that mean nothing."""

from __future__ import annotations

import io
import re
import shutil
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from corpus.tamper import read_tar, write_tar

EVIL = b"import os; os.system('id')\n"
ZipMembers = list[tuple[zipfile.ZipInfo, bytes]]
TarMembers = dict[tarfile.TarInfo, bytes]
ZipEdit = Callable[[ZipMembers, Random], ZipMembers]
TarEdit = Callable[[TarMembers, Random], TarMembers]


@dataclass(frozen=True)
class ArchiveMutation:
    """One way to write an archive again; `harmless` ones must leave the verdict as it is."""

    kind: str
    write: Callable[[Path, Path, Random], None]
    harmless: bool = False


def archive_mutations(path: Path) -> tuple[ArchiveMutation, ...]:
    """Return what can be done with this archive."""
    if zipfile.is_zipfile(path):
        return ZIP
    with path.open("rb") as file:
        return TAR if file.read(2) == b"\x1f\x8b" else ()


def _zip(kind: str, edit: ZipEdit, *, harmless: bool = False, level: int = 6) -> ArchiveMutation:
    def write(source: Path, target: Path, random: Random) -> None:
        with zipfile.ZipFile(source) as archive:
            members = [(info, archive.read(info)) for info in archive.infolist()]
        with (
            warnings.catch_warnings(action="ignore"),  # that a name comes twice is the point
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive,
        ):
            for info, content in edit(members, random):
                archive.writestr(info, content)

    return ArchiveMutation(kind, write, harmless)


def _tar(kind: str, edit: TarEdit, *, harmless: bool = False) -> ArchiveMutation:
    def write(source: Path, target: Path, random: Random) -> None:
        write_tar(target, edit(read_tar(source), random))

    return ArchiveMutation(kind, write, harmless)


def _member(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def _zip_twice(members: ZipMembers, random: Random) -> ZipMembers:
    info, content = random.choice([each for each in members if not each[0].is_dir()])
    return [*members, (_member(info.filename), content + EVIL)]


def _zip_added(name: str, mode: int = 0o100644, content: bytes = EVIL) -> ZipEdit:
    return lambda members, random: [*members, (_member(name, mode), content)]


def _zip_renamed(change: Callable[[str], str]) -> ZipEdit:
    def edit(members: ZipMembers, random: Random) -> ZipMembers:
        info, content = random.choice([each for each in members if not each[0].is_dir()])
        return [*members, (_member(change(info.filename)), content + EVIL)]

    return edit


def _shuffled_zip(members: ZipMembers, random: Random) -> ZipMembers:
    return random.sample(members, len(members))


def _redated_zip(members: ZipMembers, random: Random) -> ZipMembers:
    for info, _ in members:
        info.date_time = (1990 + random.randrange(30), 2, 3, 4, 5, 6)
    return members


def _rows_shuffled(members: ZipMembers, random: Random) -> ZipMembers:
    def rows(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        whole = [line if line.endswith(b"\n") else line + b"\n" for line in lines]
        return b"".join(random.sample(whole, len(whole)))

    return [
        (info, rows(old) if re.fullmatch(r"[^/]+\.dist-info/RECORD", info.filename) else old)
        for info, old in members
    ]


def _other_local_name(source: Path, target: Path, random: Random) -> None:
    """Readers that go through the file see another name than those that ask the directory at its end."""
    content = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as archive:
        info = random.choice([each for each in archive.infolist() if not each.is_dir()])
    content[info.header_offset + 30] ^= 1
    target.write_bytes(bytes(content))


def _archive_before(source: Path, target: Path, random: Random) -> None:
    """Readers that go through the file find another archive first."""
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("evil.py", EVIL)
    target.write_bytes(evil.getvalue() + source.read_bytes())


def _unlisted_member(source: Path, target: Path, random: Random) -> None:
    """A member between the others that the directory at the end does not name."""
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("evil.py", EVIL)
        end = archive.start_dir
    with zipfile.ZipFile(source) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    with target.open("wb") as file:
        file.write(evil.getvalue()[:end])
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for info, content in members:
                archive.writestr(info, content)


def _bytes_at_end(source: Path, target: Path, random: Random) -> None:
    """Bytes after the archive, as long as a comment that it does not announce."""
    shutil.copyfile(source, target)
    with target.open("ab") as file:
        file.write(EVIL)


ZIP = (
    _zip("a member twice", _zip_twice),
    _zip("a member that leaves its folder", _zip_added("../evil.py")),
    _zip("a member that leaves its folder further in", _zip_renamed(lambda name: f"{name}/../../evil.py")),
    _zip("a member at an absolute path", _zip_added("/tmp/evil.py")),
    _zip("a member with a drive letter", _zip_added("C:evil.py")),
    _zip("a member with backslashes", _zip_added("..\\evil.py")),
    _zip("a member in the current folder", _zip_renamed(lambda name: f"./{name}")),
    _zip("a member with doubled slashes", _zip_renamed(lambda name: name.replace("/", "//", 1))),
    _zip("a link out of the archive", _zip_added("evil", 0o120777, b"../../etc/passwd")),
    _zip("a link to an absolute path", _zip_added("evil", 0o120777, b"/etc/passwd")),
    _zip("a device", _zip_added("evil", 0o020666, b"")),
    _zip("a pipe", _zip_added("evil", 0o010666, b"")),
    _zip("a member below a file", _zip_renamed(lambda name: f"{name}/evil.py")),
    ArchiveMutation("another name in a local header", _other_local_name),
    ArchiveMutation("another archive before it", _archive_before),
    ArchiveMutation("a member that the directory does not list", _unlisted_member),
    ArchiveMutation("bytes after the archive", _bytes_at_end),
    _zip("order of members", _shuffled_zip, harmless=True),
    _zip("dates of members", _redated_zip, harmless=True),
    _zip("compression level", lambda members, random: members, harmless=True, level=1),
    _zip("order of rows in RECORD", _rows_shuffled, harmless=True),
)


def _file(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def _root(members: TarMembers) -> str:
    return next(iter(members)).name.partition("/")[0]


def _tar_added(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> TarEdit:
    """A member more; `{root}` in its name is the sdist's top folder."""

    def edit(members: TarMembers, random: Random) -> TarMembers:
        info = _file(name.format(root=_root(members)), kind, target)
        return members | {info: EVIL if kind == tarfile.REGTYPE else b""}

    return edit


def _tar_renamed(change: Callable[[str], str]) -> TarEdit:
    def edit(members: TarMembers, random: Random) -> TarMembers:
        info = random.choice([each for each in members if each.isfile() and "/" in each.name])
        return members | {_file(change(info.name)): members[info] + EVIL}

    return edit


def _shuffled_tar(members: TarMembers, random: Random) -> TarMembers:
    """Links to files within the archive have to stay behind them."""
    moved = random.sample(
        [each for each in members if not each.islnk()], sum(not each.islnk() for each in members)
    )
    return {info: members[info] for info in [*moved, *(each for each in members if each.islnk())]}


def _redated_tar(members: TarMembers, random: Random) -> TarMembers:
    for info in members:
        info.mtime, info.uid, info.uname = random.randrange(10**9), random.randrange(1000), "someone"
        info.pax_headers = {}
    return members


def _archive_behind(source: Path, target: Path, random: Random) -> None:
    """The file is a ZIP archive too, for a tool that looks at its end."""
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("evil-1.0/setup.py", EVIL)
    target.write_bytes(source.read_bytes() + evil.getvalue())


TAR = (
    _tar("a member twice", _tar_renamed(lambda name: name)),
    _tar("a member that leaves its folder", _tar_added("{root}/../../evil.py")),
    _tar("a member beside the top folder", _tar_added("evil.py")),
    _tar("a second top folder", _tar_added("evil-1.0/setup.py")),
    _tar("a member at an absolute path", _tar_added("/tmp/evil.py")),
    _tar("a member with backslashes", _tar_added("{root}\\..\\evil.py")),
    _tar("a member in the current folder", _tar_renamed(lambda name: f"./{name}")),
    _tar("a member with doubled slashes", _tar_renamed(lambda name: name.replace("/", "//", 1))),
    _tar("a member below a file", _tar_renamed(lambda name: f"{name}/evil.py")),
    _tar("a link out of the archive", _tar_added("{root}/evil", tarfile.SYMTYPE, "../../etc/passwd")),
    _tar("a link to an absolute path", _tar_added("{root}/evil", tarfile.SYMTYPE, "/etc/passwd")),
    _tar("a hard link out of the archive", _tar_added("{root}/evil", tarfile.LNKTYPE, "../../etc/passwd")),
    _tar("a hard link to an absolute path", _tar_added("{root}/evil", tarfile.LNKTYPE, "/etc/passwd")),
    _tar("a character device", _tar_added("{root}/evil", tarfile.CHRTYPE)),
    _tar("a block device", _tar_added("{root}/evil", tarfile.BLKTYPE)),
    _tar("a pipe", _tar_added("{root}/evil", tarfile.FIFOTYPE)),
    ArchiveMutation("another archive behind it", _archive_behind),
    _tar("order of members", _shuffled_tar, harmless=True),
    _tar("dates and owners of members", _redated_tar, harmless=True),
    _tar("compression level", lambda members, random: members, harmless=True),
)  # fmt: skip
