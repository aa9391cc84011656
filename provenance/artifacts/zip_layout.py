"""A ZIP archive in, nothing out: raises where a reader from the front and one from the directory see other files."""

from __future__ import annotations

import struct
import zipfile
from typing import IO

from provenance.errors import HostileArchiveError

LOCAL_HEADER = struct.Struct("<4s5H3L2H")
DIRECTORY_ENTRY_BYTES = 46
END_BYTES, ZIP64_END_BYTES = 22, 56 + 20 + 22
DESCRIPTOR_BYTES = (12, 16, 20, 24)
HAS_DESCRIPTOR = 0x8
AMBIGUOUS = "some tools would install other files than those judged here"


def check_layout(file: IO[bytes], archive: zipfile.ZipFile) -> None:
    """Check that members, directory and end follow each other without gaps, and that both name the same members.

    Installers read the directory at the end, or the members one after another: CVE-2025-54368. Raises
    HostileArchiveError.
    """
    place = 0
    for member in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if member.header_offset != place:
            raise HostileArchiveError(
                f"The archive holds something before {member.filename} that its directory does not list: {AMBIGUOUS}"
            )
        place = _end_of(file, member)
    directory = archive.start_dir
    if place != directory:
        raise HostileArchiveError(f"The archive holds something before its directory: {AMBIGUOUS}")
    for member in archive.infolist():
        name = len(_raw_name(member))
        directory += DIRECTORY_ENTRY_BYTES + name + len(member.extra) + len(member.comment)
    file.seek(0, 2)
    if file.tell() - directory - len(archive.comment) not in (END_BYTES, ZIP64_END_BYTES):
        raise HostileArchiveError(f"The archive holds something after its directory: {AMBIGUOUS}")


def _end_of(file: IO[bytes], member: zipfile.ZipInfo) -> int:
    """The offset behind a member's bytes, its own header checked against the directory's entry."""
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size:
        raise HostileArchiveError(f"The archive ends before {member.filename}")
    signature, _, flags, method, _, _, crc, compressed, size, name_bytes, extra_bytes = LOCAL_HEADER.unpack(
        header
    )
    name = file.read(name_bytes)
    if signature != b"PK\3\4" or name != _raw_name(member) or method != member.compress_type:
        raise HostileArchiveError(
            f"The archive names {member.filename} otherwise in its directory: {AMBIGUOUS}"
        )
    end: int = member.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes + member.compress_size
    if not flags & HAS_DESCRIPTOR:
        stated = (crc, compressed, size)
        real = (member.CRC, member.compress_size, member.file_size)
        if stated != real and 0xFFFFFFFF not in stated:
            raise HostileArchiveError(
                f"The archive states other sizes for {member.filename} in its directory: {AMBIGUOUS}"
            )
        return end
    file.seek(end)
    return end + _descriptor_bytes(file.read(max(DESCRIPTOR_BYTES)), member)


def _descriptor_bytes(tail: bytes, member: zipfile.ZipInfo) -> int:
    """The length of the record behind a streamed member: with or without its mark, in 32 or 64 bits."""
    sizes = (member.CRC, member.compress_size, member.file_size)
    for mark in (b"PK\7\x08", b""):
        for form in ("<LLL", "<LQQ"):
            try:
                record = mark + struct.pack(form, *sizes)
            except struct.error:
                continue
            if tail.startswith(record):
                return len(record)
    raise HostileArchiveError(f"The archive states other sizes behind {member.filename}: {AMBIGUOUS}")


def _raw_name(member: zipfile.ZipInfo) -> bytes:
    is_utf8 = member.flag_bits & 0x800
    return member.orig_filename.encode("utf-8" if is_utf8 else "cp437")
