"""A tar archive's bytes in, its members out, as every tool reads them: what two could read otherwise is refused.

Read here and not by tarfile, which stops in silence at a header it cannot read, does not skip what stands behind a
link or folder, applies what other tools ignore, and takes as much memory as a header asks for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provenance.artifacts.compressed import Decompressed
from provenance.errors import AmbiguousArchiveError, HostileArchiveError, UnreadableArchiveError

BLOCK = 512
MOST_RECORDS = 1 << 16  # bytes of what precedes a header: honest ones hold a path, times, attributes
FILE, HARDLINK, LINK, FOLDER = b"0", b"1", b"2", b"5"
OLD_FILE, LONG_NAME, LONG_TARGET, RECORDS, GLOBAL_RECORDS = b"\0", b"L", b"K", b"x", b"g"
KEPT = {LONG_NAME: "path", LONG_TARGET: "linkpath"}
NUMBER = re.compile(rb" *([0-7]*)[ \0]*")
UNREAD = (
    slice(100, 108),
    slice(108, 116),
    slice(116, 124),
    slice(136, 148),
    slice(329, 337),
    slice(337, 345),
)  # owner, time, device
BINARY = (0x80, 0xFF)  # how a number begins that octal digits cannot hold
POSIX = b"ustar\x0000"
CUT = "The archive is broken: it ends before its end is marked"
DIFFERENTLY = "some tools would install other files than those judged here"


@dataclass(frozen=True)
class TarMember:
    """One member: `kind` is FILE, HARDLINK, LINK or FOLDER; `target` is what a link names, `place` where it begins."""

    name: str
    kind: bytes
    mode: int
    size: int
    target: str
    place: int


def read_members(archive: Decompressed) -> Iterator[tuple[TarMember, Callable[[], Iterator[memoryview]]]]:
    """Yield every member with what reads its bytes, which has to be used up before the next one where it is a file.

    Raises AmbiguousArchiveError, HostileArchiveError for a device and its like, UnreadableArchiveError for what is no
    tar archive or is cut.
    """
    said = dict[str, str]()
    while (block := _exactly(archive, BLOCK)).count(0) < BLOCK:
        kind, size = _checked(block, is_first=archive.place == BLOCK)
        if kind in (RECORDS, LONG_NAME, LONG_TARGET, GLOBAL_RECORDS):
            if size > MOST_RECORDS:
                raise UnreadableArchiveError(f"A member's header is longer than {MOST_RECORDS:,} bytes")
            _add(said, kind, b"".join(_padded(archive, size)))
            continue
        member = _member(block, kind, size, said, archive.place)
        yield member, functools.partial(_padded, archive, size)
        said = {}
    if said:
        raise UnreadableArchiveError("The archive is broken: it ends behind half a header")
    while rest := archive.read(1 << 16):
        if any(rest):
            raise AmbiguousArchiveError(f"The archive holds something behind its end: {DIFFERENTLY}")


def _checked(block: bytes, *, is_first: bool) -> tuple[bytes, int]:
    """The kind and size that a header states, once its checksum holds."""
    total = sum(block) - sum(block[148:156]) + 8 * 0x20
    stated = NUMBER.fullmatch(block[148:156])
    if stated is None or int(stated[1] or b"0", 8) != total:
        if is_first:
            raise UnreadableArchiveError("The file is no tar archive")
        raise AmbiguousArchiveError(
            f"The archive holds a broken header, where some tools stop and others go on: {DIFFERENTLY}"
        )
    for field in (block[place] for place in UNREAD):
        if field[0] not in BINARY:  # nobody needs them here, but tarfile ends in silence where they are none
            _number(field.partition(b"\0")[0])
    return block[156:157], _number(block[124:136])


def _member(block: bytes, kind: bytes, size: int, said: dict[str, str], place: int) -> TarMember:
    name = said.get("path", _own_name(block))
    target = said.get("linkpath", _text(block[157:257]))
    if kind == OLD_FILE:
        kind = FOLDER if name.endswith("/") else FILE
    if kind not in (FILE, HARDLINK, LINK, FOLDER):
        raise HostileArchiveError(f"The archive holds {name}, which is neither a file nor a link")
    if kind != FILE and size:
        raise AmbiguousArchiveError(f"The archive states a size for {name}, which is no file: {DIFFERENTLY}")
    return TarMember(name, kind, _number(block[100:108]), size, target, place)


def _own_name(block: bytes) -> str:
    """The name in a header itself; its first part stands apart in POSIX's format, and only there."""
    name, prefix = _text(block[:100]), _text(block[345:500])
    if prefix and block[257:265] != POSIX:
        raise AmbiguousArchiveError(
            f"The archive names {name} in a way that tools read differently: {DIFFERENTLY}"
        )
    return f"{prefix}/{name}" if prefix else name


def _add(said: dict[str, str], kind: bytes, content: bytes) -> None:
    """Note what precedes a header, which holds for it in place of its own fields."""
    records = {KEPT[kind]: content.rstrip(b"\0")} if kind in KEPT else _records(content)
    steering = {key for key in records if key in ("size", "hdrcharset") or key.startswith("GNU.sparse.")}
    if kind == GLOBAL_RECORDS:
        steering |= {"path", "linkpath"} & records.keys()
    elif twice := said.keys() & records.keys():
        steering |= twice
    if steering:
        raise AmbiguousArchiveError(
            f"The archive states {min(steering)} in a way that tools read differently: {DIFFERENTLY}"
        )
    if kind != GLOBAL_RECORDS:
        said |= {key: value.decode(errors="surrogateescape") for key, value in records.items()}


def _records(content: bytes) -> dict[str, bytes]:
    """The records of POSIX's extended header: a length, a key, a value, each once."""
    records: dict[str, bytes] = {}
    place = 0
    while place < len(content):
        length = content[place : place + 8].partition(b" ")[0]
        end = place + int(length) if length.isdigit() else 0
        key, equals, value = content[place + len(length) + 1 : end - 1].partition(b"=")
        name = key.decode(errors="surrogateescape")
        if end > len(content) or content[end - 1 : end] != b"\n" or not equals or name in records:
            raise AmbiguousArchiveError(
                f"The archive holds a header that tools read differently: {DIFFERENTLY}"
            )
        records[name] = value
        place = end
    return records


@functools.lru_cache(maxsize=1024)  # owners and times are the same in most headers
def _number(field: bytes) -> int:
    """An octal number; sizes that it cannot hold are beyond every limit."""
    found = NUMBER.fullmatch(field)
    if found is None:
        raise AmbiguousArchiveError(f"The archive holds a number that tools read differently: {DIFFERENTLY}")
    return int(found[1] or b"0", 8)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode(errors="surrogateescape")


def _padded(archive: Decompressed, size: int) -> Iterator[memoryview]:
    """A member's bytes, which blocks of 512 hold."""
    end = archive.place + size
    yield from archive.parts(size)
    if archive.place < end:
        raise UnreadableArchiveError(CUT)
    _exactly(archive, -size % BLOCK)


def _exactly(archive: Decompressed, size: int) -> bytes:
    content = archive.read(size)
    if len(content) < size:
        raise UnreadableArchiveError(CUT)
    return content
