"""Nothing in, wheels out that an attacker could write: each a name, its bytes, and what the reader makes of it."""

from __future__ import annotations

import base64
import hashlib
import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

NAME = "plume-1.0.0-py3-none-any.whl"
INFO = "plume-1.0.0.dist-info"
MODULE = "plume/greeting.py"
HONEST = {
    "plume/__init__.py": b"",
    MODULE: b"def greet():\n    return 'hello'\n" * 4,
    f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: plume\nVersion: 1.0.0\n",
    f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: plume\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
EVIL = b"import os; os.system('id')\n"
AMBIGUOUS, HOSTILE, UNREADABLE, READ = "archive-ambiguous", "archive", "archive", ""


@dataclass(frozen=True)
class Crafted:
    """A wheel's bytes; `refusal` is the rule that names it, "" where it is read."""

    name: str
    content: bytes
    refusal: str


def record(files: dict[str, bytes]) -> bytes:
    """RECORD's rows for these files."""
    rows = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},{len(content)}"
        for path, content in files.items()
    ]
    return "\n".join([*rows, f"{INFO}/RECORD,,", ""]).encode()


def written(
    files: dict[str, bytes], *more: tuple[zipfile.ZipInfo, bytes], rows: dict[str, bytes] | None = None
) -> bytes:
    """A wheel of these files and of further members, with a RECORD of them all, or of `rows`."""
    listed = {**files, **{info.filename: content for info, content in more if not info.is_dir()}}
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "w") as archive:
        for path, content in {**files, f"{INFO}/RECORD": record(listed if rows is None else rows)}.items():
            archive.writestr(_info(path), content, zipfile.ZIP_DEFLATED)
        for info, content in more:
            archive.writestr(info, content)
    return file.getvalue()


def _info(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def _with(*names: str, content: bytes = EVIL, mode: int = stat.S_IFREG | 0o644) -> bytes:
    return written(HONEST, *((_info(name, mode), content) for name in names))


def _renamed(old: bytes, new: bytes, count: int = -1) -> bytes:
    """A member whose name is written otherwise, everywhere or in its own header alone."""
    return _with(old.decode()).replace(old, new, count)


def _end(content: bytes) -> int:
    return content.rindex(b"PK\5\6")


def _patched(content: bytes, place: int, form: str, *values: int) -> bytes:
    """The bytes with numbers written over them."""
    new = struct.pack(form, *values)
    return content[:place] + new + content[place + len(new) :]


def _headers(content: bytes, name: str) -> tuple[int, int]:
    """Where a member's own header and its entry in the directory are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
    return info.header_offset, content.index(name.encode(), _directory(content)) - 46


def _directory(content: bytes) -> int:
    start: int = struct.unpack_from("<L", content, _end(content) + 16)[0]
    return start


def _stated(size: int, crc: int | None = None) -> bytes:
    """A member whose two headers state this size and the checksum of so many bytes."""
    content = written(HONEST)
    own, entry = _headers(content, MODULE)
    crc = zlib.crc32(HONEST[MODULE][:size]) if crc is None else crc
    for place in (own + 14, entry + 16):
        content = _patched(content, place, "<L", crc)
        content = _patched(content, place + 8, "<L", size)
    return content


def _inserted(content: bytes, place: int, more: bytes) -> bytes:
    """Bytes put in before the directory, which is then said to be further back."""
    end = _end(content)
    moved = _patched(content, end + 16, "<L", _directory(content) + len(more))
    return moved[:place] + more + moved[place:]


def _evil_archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("evil.py", EVIL)
    return file.getvalue()


def _between() -> bytes:
    content, evil = written(HONEST), _evil_archive()
    return _inserted(content, _directory(content), evil[: evil.index(b"PK\1\2")])


def _comment(comment: bytes) -> bytes:
    content = written(HONEST)
    return _patched(content, len(content) - 2, "<H", len(comment)) + comment


def _fewer_counted() -> bytes:
    content = _with("plume/evil.py")
    return _patched(content, _end(content) + 8, "<HH", 5, 5)


def _other_end64() -> bytes:
    """A 64-bit end that names a directory of its own, which leaves a member out."""
    content = _with("plume/evil.py")
    end, start = _end(content), _directory(content)
    last = content.rindex(b"PK\1\2")
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 5, 5, last - start, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    return content[:end] + wide + locator + content[end:]


def _extra(name: str, extra: bytes) -> bytes:
    info = _info(name)
    info.extra = extra
    return written(HONEST, (info, EVIL))


def _field(key: int, value: bytes) -> bytes:
    return struct.pack("<HH", key, len(value)) + value


def _wide_sizes() -> bytes:
    """A header of its own whose 64-bit sizes are not those of the directory: where readers go on differs."""
    content = _extra("plume/wide.py", _field(1, struct.pack("<QQ", len(EVIL), len(EVIL))))
    own, _ = _headers(content, "plume/wide.py")
    place = own + 30 + len("plume/wide.py") + 4
    return _patched(content, place, "<QQ", 4, 4)


def _cp437() -> bytes:
    return _with("plume/x.py").replace(b"plume/x.py", b"plume/\x81.py"[:10])


def _flag(bit: int, *, both: bool) -> bytes:
    content = _with("plume/a.py")
    own, entry = _headers(content, "plume/a.py")
    content = _patched(content, entry + 8, "<H", bit)
    return _patched(content, own + 6, "<H", bit) if both else content


def _overlapping() -> bytes:
    """Two entries of the directory that lead to the same bytes, as in archives that unpack to petabytes."""
    content = _with("plume/aa.py", "plume/bb.py")
    _, entry = _headers(content, "plume/bb.py")
    own, _ = _headers(content, "plume/aa.py")
    return _patched(content, entry + 42, "<L", own)


def _method(method: int) -> bytes:
    info = _info("plume/a.py")
    info.compress_type = method
    return written(HONEST, (info, EVIL))


def _spread(path: str) -> bytes:
    return written({**HONEST, path: EVIL})


def _rows(change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> bytes:
    return written({**HONEST, "plume/extra.py": EVIL}, rows=change({**HONEST, "plume/extra.py": EVIL}))


def crafted() -> list[Crafted]:
    """Every wheel of the table."""
    data = "plume-1.0.0.data"
    two = {**HONEST, "evil-1.0.dist-info/METADATA": HONEST[f"{INFO}/METADATA"]}
    table: tuple[tuple[str, str, bytes], ...] = (
        ("an honest one", READ, written(HONEST)),
        ("scripts and data", READ, written({
            **HONEST, f"{data}/scripts/plume": b"#!python\n", f"{data}/data/share/plume.txt": b"x",
            f"{data}/purelib/plume/more.py": b"y"})),
        ("executable files", READ, _with("plume/run.py", mode=stat.S_IFREG | 0o755)),
        ("folders of their own", READ, written(HONEST, (_info("plume/", stat.S_IFDIR | 0o755), b""))),
        ("a member twice, alike", READ, written(HONEST, (_info(MODULE), HONEST[MODULE]))),
        ("a member twice, differing", AMBIGUOUS, _with(MODULE)),
        ("another name at the front", AMBIGUOUS, _renamed(b"plume/a.py", b"plume/b.py", 1)),
        ("an archive before it", AMBIGUOUS, _evil_archive() + written(HONEST)),
        ("an archive behind it", AMBIGUOUS, written(HONEST) + _evil_archive()),
        ("bytes behind it", AMBIGUOUS, written(HONEST) + EVIL),
        ("a member that the directory does not list", AMBIGUOUS, _between()),
        ("a comment", READ, _comment(b"made by hand")),
        ("an archive in its comment", AMBIGUOUS, _comment(_evil_archive())),
        ("fewer members counted than listed", AMBIGUOUS, _fewer_counted()),
        ("a second end, in 64 bits", AMBIGUOUS, _other_end64()),
        ("other sizes in 64 bits", AMBIGUOUS, _wide_sizes()),
        ("a wrong checksum", AMBIGUOUS, _stated(len(HONEST[MODULE]), 1)),
        ("a size below the real one", AMBIGUOUS, _stated(30)),
        ("a size above the real one", AMBIGUOUS, _stated(len(HONEST[MODULE]) + 30)),
        ("two entries of one member", AMBIGUOUS, _overlapping()),
        ("a symbolic link", AMBIGUOUS, _with("plume/link.py", content=b"greeting.py", mode=stat.S_IFLNK | 0o777)),
        ("a link out of it", HOSTILE, _with("plume/l", content=b"../../../etc", mode=stat.S_IFLNK | 0o777)),
        ("a device", HOSTILE, _with("plume/null", content=b"", mode=stat.S_IFCHR | 0o644)),
        ("names that differ in case", AMBIGUOUS, _with("plume/GREETING.py")),
        ("names that differ in how accents are written", AMBIGUOUS, written(
            {**HONEST, "plume/\u00e9.py": b"1\n", "plume/e\u0301.py": EVIL})),
        ("a name beyond ASCII", READ, written({**HONEST, "plume/\u00e9.py": b"1\n"})),
        ("a backslash", HOSTILE, _renamed(b"plume/a.py", b"plume\\a.py")),
        ("a backslash that leaves it", HOSTILE, _renamed(b"plume/aa.py", b"..\\aaaaa.py")),
        ("a NUL", AMBIGUOUS, _renamed(b"plume/a.py.txt", b"plume/a.py\0txt")),
        ("a mark that turns the text", AMBIGUOUS, written({**HONEST, "plume/\u202eyp.py": EVIL})),
        ("an escape sequence", AMBIGUOUS, written({**HONEST, "plume/\x1b[2J.py": EVIL})),
        ("two dots", HOSTILE, _with("../evil.py")),
        ("two dots further in", HOSTILE, _with("plume/../../evil.py")),
        ("an absolute path", HOSTILE, _with("/tmp/evil-of-plume.py")),
        ("a drive letter", HOSTILE, _with("C:/evil.py")),
        ("a doubled slash", HOSTILE, _with("plume//evil.py")),
        ("a dot", READ, _with("./plume/dot.py")),
        ("a name in a further field", AMBIGUOUS, _extra(
            "plume/a.py", _field(0x7075, b"\1" + struct.pack("<L", zlib.crc32(b"plume/a.py")) + b"plume/b.py"))),
        ("a name in no stated encoding", AMBIGUOUS, _cp437()),
        ("another encoding in the directory", AMBIGUOUS, _flag(0x800, both=False)),
        ("an encrypted member", UNREADABLE, _flag(0x1, both=True)),
        ("a member packed with bzip2", UNREADABLE, _method(zipfile.ZIP_BZIP2)),
        ("a member packed with LZMA", UNREADABLE, _method(zipfile.ZIP_LZMA)),
        ("a folder with bytes", AMBIGUOUS, _renamed(b"plume/aa.py", b"plume/aaaa/")),
        ("a folder and a file of one name", HOSTILE, _with("plume/greeting.py/evil.py")),
        ("two files for one place", AMBIGUOUS, _spread(f"{data}/purelib/{MODULE}")),
        ("data of another wheel", AMBIGUOUS, _spread("evil-1.0.data/purelib/plume/evil.py")),
        ("data of no known kind", AMBIGUOUS, _spread(f"{data}/evil/plume.py")),
        ("several folders of metadata", AMBIGUOUS, written(two)),
        ("a RECORD further in", READ, _with(f"plume/{INFO}/RECORD")),
        ("a RECORD that omits a file", READ, _rows(lambda rows: HONEST)),
        ("a RECORD that invents a file", READ, _rows(lambda rows: {**rows, "plume/nothing.py": b""})),
        ("a RECORD with another digest", READ, _rows(lambda rows: {**rows, MODULE: EVIL})),
    )  # fmt: skip
    return [Crafted(name, content, refusal) for name, refusal, content in table]
