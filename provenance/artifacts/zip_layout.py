"""A ZIP archive in, nothing out: raises where a reader from the front and one from the directory see other files."""

from __future__ import annotations

import struct
import zipfile
from typing import IO

from provenance.errors import AmbiguousArchiveError, UnreadableArchiveError

LOCAL_HEADER = struct.Struct("<4s5H3L2H")
DIRECTORY_ENTRY = struct.Struct("<4s24x3H12x")
END = struct.Struct("<4s4H2LH")
END64, LOCATOR64 = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
DESCRIPTOR_BYTES = (12, 16, 20, 24)
HAS_DESCRIPTOR, IS_UTF8, IS_ENCRYPTED = 0x8, 0x800, 0x1
KNOWN_FLAGS = HAS_DESCRIPTOR | IS_UTF8 | IS_ENCRYPTED | 0x6  # and how hard a deflated member was compressed
ZIP64, UNICODE_PATH = 0x0001, 0x7075
SATURATED16, SATURATED = 0xFFFF, 0xFFFFFFFF
MOST_COMMENT = 0xFFFF
AMBIGUOUS = "some tools would install other files than those judged here"


def check_end(file: IO[bytes], most_members: int) -> None:
    """Check that the end of the file says the same of the directory as the directory itself, in 32 and 64 bits.

    Before zipfile reads it, which takes memory for as many members as there are. Raises AmbiguousArchiveError,
    UnreadableArchiveError where there is no end or there are too many members.
    """
    length = file.seek(0, 2)
    file.seek(max(0, length - END.size - MOST_COMMENT))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < END.size:
        raise UnreadableArchiveError("The file is no ZIP archive, or its end is missing")
    _, disk, first, here, count, size, start, comment = END.unpack_from(tail, at)
    place = length - len(tail) + at
    if place + END.size + comment != length or b"PK\5\6" in tail[:at] + tail[at + 4 :]:
        raise AmbiguousArchiveError(f"The archive holds something after its directory: {AMBIGUOUS}")
    wide = _wide(file, place)
    stated: tuple[int, ...] = (disk, first, here, count, size, start)
    if wide is not None:
        place -= END64.size + LOCATOR64.size
        if any(
            narrow not in (SATURATED16, SATURATED, real) for narrow, real in zip(stated, wide, strict=True)
        ):
            raise AmbiguousArchiveError(
                f"The archive states its directory twice and differently: {AMBIGUOUS}"
            )
        stated = wide
    disk, first, here, count, size, start = stated
    if count > most_members:
        raise UnreadableArchiveError(f"The archive has more than {most_members:,} members")
    if (
        (disk, first) != (0, 0)
        or here != count
        or start + size != place
        or _counted(file, start, count) != place
    ):
        raise AmbiguousArchiveError(f"The archive misstates where its directory is: {AMBIGUOUS}")


def check_layout(file: IO[bytes], archive: zipfile.ZipFile) -> None:
    """Check that members and directory follow each other without gaps, and that both name the same members.

    Installers read the directory at the end, or the members one after another: CVE-2025-54368. Raises
    AmbiguousArchiveError.
    """
    place = 0
    for member in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if member.header_offset != place:
            raise AmbiguousArchiveError(
                f"The archive holds something before {member.filename} that its directory does not list: {AMBIGUOUS}"
            )
        _check_entry(member)
        place = _end_of(file, member)
    if place != archive.start_dir:
        raise AmbiguousArchiveError(f"The archive holds something before its directory: {AMBIGUOUS}")


def _wide(file: IO[bytes], place: int) -> tuple[int, ...] | None:
    """What the 64-bit end before the other one states, None where there is none."""
    if place < END64.size + LOCATOR64.size:
        return None
    file.seek(place - LOCATOR64.size - END64.size)
    record, locator = file.read(END64.size), file.read(LOCATOR64.size)
    if not locator.startswith(b"PK\6\7"):
        return None
    mark, size, _, _, *stated = END64.unpack(record)
    _, disk, offset, disks = LOCATOR64.unpack(locator)
    is_plain = size == END64.size - 12 and disk == 0 and disks <= 1
    if mark != b"PK\6\6" or not is_plain or offset != place - LOCATOR64.size - END64.size:
        raise AmbiguousArchiveError(f"The archive misstates where its directory ends: {AMBIGUOUS}")
    return tuple(stated)


def _counted(file: IO[bytes], place: int, count: int) -> int:
    """Where a directory of so many entries ends, -1 where it does not have them."""
    for _ in range(count):
        file.seek(place)
        row = file.read(DIRECTORY_ENTRY.size)
        if len(row) < DIRECTORY_ENTRY.size or not row.startswith(b"PK\1\2"):
            return -1
        place += DIRECTORY_ENTRY.size + sum(DIRECTORY_ENTRY.unpack(row)[1:])
    return place


def _check_entry(member: zipfile.ZipInfo) -> None:
    """Refuse names that are read in one encoding by some tools and in another one by others, and sizes like that."""
    extra = _fields(member.extra)
    wide = extra.get(ZIP64, b"")
    sizes = struct.unpack(f"<{len(wide) // 8}Q", wide[: len(wide) // 8 * 8])
    is_plain = member.orig_filename.isascii() or member.flag_bits & IS_UTF8
    real = (member.file_size, member.compress_size, member.header_offset)
    if not is_plain or "\0" in member.orig_filename or UNICODE_PATH in extra or not {*sizes} <= {*real}:
        raise AmbiguousArchiveError(
            f"The archive names {member.filename} in a way that tools read differently: {AMBIGUOUS}"
        )


def _end_of(file: IO[bytes], member: zipfile.ZipInfo) -> int:
    """The offset behind a member's bytes, its own header checked against the directory's entry."""
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size:
        raise AmbiguousArchiveError(f"The archive ends before {member.filename}")
    signature, _, flags, method, _, _, crc, compressed, size, name_bytes, extra_bytes = LOCAL_HEADER.unpack(
        header
    )
    name, extra = file.read(name_bytes), _fields(file.read(extra_bytes))
    is_named = signature == b"PK\3\4" and name == _raw_name(member) and UNICODE_PATH not in extra
    if (
        not is_named
        or method != member.compress_type
        or (flags ^ member.flag_bits) & (IS_UTF8 | IS_ENCRYPTED)
        or (flags | member.flag_bits) & ~KNOWN_FLAGS
    ):
        raise AmbiguousArchiveError(
            f"The archive names {member.filename} otherwise in its directory: {AMBIGUOUS}"
        )
    end: int = member.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes + member.compress_size
    is_streamed = bool(flags & HAS_DESCRIPTOR)
    _check_stated(member, (crc, compressed, size), extra, is_streamed=is_streamed)
    file.seek(end)
    return end + _descriptor_bytes(file.read(max(DESCRIPTOR_BYTES)), member) if is_streamed else end


def _check_stated(
    member: zipfile.ZipInfo, stated: tuple[int, int, int], extra: dict[int, bytes], *, is_streamed: bool
) -> None:
    """Compare the digest and sizes in a member's own header, in 32 or 64 bits, with those in the directory."""
    crc, compressed, size = stated
    wide = extra.get(ZIP64, b"")
    if len(wide) == 2 * 8:
        wide_size, wide_compressed = struct.unpack("<QQ", wide)
        size = wide_size if size in (wide_size, SATURATED) else -1
        compressed = wide_compressed if compressed in (wide_compressed, SATURATED) else -1
    full = (member.CRC, member.compress_size, member.file_size)
    if (crc, compressed, size) != full and not (is_streamed and (crc, compressed, size) == (0, 0, 0)):
        raise AmbiguousArchiveError(
            f"The archive states other sizes for {member.filename} in its directory: {AMBIGUOUS}"
        )


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
    raise AmbiguousArchiveError(f"The archive states other sizes behind {member.filename}: {AMBIGUOUS}")


def _fields(extra: bytes) -> dict[int, bytes]:
    """The extra fields of a header, by their ids; raises where one is there twice or they do not fit."""
    fields: dict[int, bytes] = {}
    place = 0
    while len(extra) - place >= 4:
        key, size = struct.unpack_from("<HH", extra, place)
        if key in fields or place + 4 + size > len(extra):
            raise AmbiguousArchiveError(
                f"The archive holds a header that tools read differently: {AMBIGUOUS}"
            )
        fields[key] = extra[place + 4 : place + 4 + size]
        place += 4 + size
    return fields


def _raw_name(member: zipfile.ZipInfo) -> bytes:
    is_utf8 = member.flag_bits & IS_UTF8
    return member.orig_filename.encode("utf-8" if is_utf8 else "cp437")
