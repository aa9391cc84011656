"""Nothing in, sdists out that an attacker could write: each a name, its bytes, and what the reader makes of it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

from tests.hostile.wheels import AMBIGUOUS, EVIL, HOSTILE, READ, UNREADABLE, Crafted

NAME = "plume-1.0.0.tar.gz"
TOP = "plume-1.0.0"
MODULE = f"{TOP}/plume/greeting.py"
HONEST = {f"{TOP}/PKG-INFO": b"Name: plume\n", MODULE: b"def greet(): ...\n", f"{TOP}/setup.py": b"1\n"}
END = bytes(1024)


def member(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, target: str = "", **stated: int
) -> bytes:
    """One member as tar writes it; `stated` are header fields that are not what they should be."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, target, stated.get("size", len(content))
    info.mode = stated.get("mode", 0o644)
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def _record(key: str, value: str | bytes) -> bytes:
    rest = b" " + key.encode() + b"=" + (value.encode() if isinstance(value, str) else value) + b"\n"
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length += 1
    return str(length).encode() + rest


def extended(*records: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    """A header of POSIX's before another one."""
    return member("records", b"".join(records), kind)


def written(*members: bytes, end: bytes = END) -> bytes:
    """An uncompressed archive of the honest files and these members."""
    return b"".join([*(member(name, content) for name, content in HONEST.items()), *members, end])


def _with(*members: bytes) -> bytes:
    return gzip.compress(written(*members), mtime=0)


def _rewritten(block: bytes, start: int, new: bytes) -> bytes:
    """A header with other bytes in it, its checksum made to hold again."""
    changed = block[:start] + new + block[start + len(new) :]
    total = sum(changed[:512]) - sum(changed[148:156]) + 8 * 0x20
    return changed[:148] + b"%06o\0 " % total + changed[156:]


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{TOP}/setup.py", EVIL)
    return file.getvalue()


def crafted() -> list[Crafted]:
    """Every sdist of the table."""
    evil, plain = f"{TOP}/evil.py", member(f"{TOP}/evil.py", EVIL)
    link, hard, folder = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
    long = f"{TOP}/" + "d/" * 40 + "n" * 100 + ".py"
    hidden = member(f"{TOP}/hidden.py", EVIL)
    table: tuple[tuple[str, str, bytes], ...] = (
        ("an honest one", READ, _with()),
        ("folders of their own", READ, _with(member(f"{TOP}/plume", kind=folder), member(TOP, kind=folder))),
        ("an executable file", READ, _with(member(f"{TOP}/run.sh", b"#!/bin/sh\n", mode=0o755))),
        ("a long name of GNU's", READ, _with(member(long, b"1\n"))),
        ("a long name of POSIX's", READ, _with(extended(_record("path", f"{TOP}/\u00e9.py")), plain)),
        ("a comment for all members", READ, _with(extended(_record("comment", "1" * 40), kind=b"g"), plain)),
        ("a link to a file of its own", READ, _with(member(f"{TOP}/link", kind=link, target="setup.py"))),
        ("a hard link to a file of its own", READ, _with(member(f"{TOP}/hard", kind=hard, target=MODULE))),
        ("a member twice, alike", READ, _with(member(MODULE, HONEST[MODULE]))),
        ("bzip2", READ, bz2.compress(written())),
        ("xz", READ, lzma.compress(written())),
        ("no compression", READ, written()),
        ("a member twice, differing", AMBIGUOUS, _with(member(MODULE, EVIL))),
        ("names that differ in case", AMBIGUOUS, _with(member(MODULE.replace("gr", "GR"), EVIL))),
        ("names that differ in how accents are written", AMBIGUOUS, _with(
            member(f"{TOP}/\u00e9.py", b"1\n"), member(f"{TOP}/e\u0301.py", EVIL))),
        ("a second gzip stream", AMBIGUOUS, gzip.compress(written(end=b"")) + gzip.compress(hidden + END)),
        ("a second bzip2 stream", AMBIGUOUS, bz2.compress(written(end=b"")) + bz2.compress(hidden + END)),
        ("a second xz stream", AMBIGUOUS, lzma.compress(written(end=b"")) + lzma.compress(hidden + END)),
        ("bytes behind the gzip stream", AMBIGUOUS, _with() + EVIL),
        ("zeros behind the gzip stream", READ, _with() + bytes(512)),
        ("a ZIP archive behind it", AMBIGUOUS, _with() + _zip()),
        ("members behind its end", AMBIGUOUS, _with(END, hidden)),
        ("members behind one empty block", AMBIGUOUS, _with(bytes(512), hidden)),
        ("no end", UNREADABLE, gzip.compress(written(end=b""))),
        ("a broken header", AMBIGUOUS, _with(plain[:148] + b"000000\0 " + plain[156:], hidden)),
        ("a size of POSIX's that is not the header's", AMBIGUOUS, _with(
            extended(_record("size", "0")), member(f"{TOP}/data.bin", hidden))),
        ("a size for all members", AMBIGUOUS, _with(extended(_record("size", "0"), kind=b"g"), plain)),
        ("a name for all members", AMBIGUOUS, _with(extended(_record("path", evil), kind=b"g"), hidden)),
        ("a name twice in one header", AMBIGUOUS, _with(
            extended(_record("path", evil), _record("path", MODULE)), hidden)),
        ("names of GNU's and of POSIX's", AMBIGUOUS, _with(
            extended(_record("path", evil)), member("long", evil[:-3].encode() + b"\0", b"L"), hidden)),
        ("a header that does not add up", AMBIGUOUS, _with(extended(b"99 path=x\n"), plain)),
        ("a folder with a size", AMBIGUOUS, _with(member(f"{TOP}/sub", hidden, folder))),
        ("a link with a size", AMBIGUOUS, _with(member(f"{TOP}/sub", hidden, link, "setup.py"))),
        ("a hard link with a size", AMBIGUOUS, _with(member(f"{TOP}/sub", hidden, hard, MODULE))),
        ("a name's first part in an old header", AMBIGUOUS, _with(_rewritten(plain, 345, b"other"))),
        ("a size with a sign", AMBIGUOUS, _with(_rewritten(plain, 124, b"+0000000033\0"))),
        ("a size in base 256", AMBIGUOUS, _with(_rewritten(plain, 124, b"\x80" + bytes(10) + b"\x1b"))),
        ("a sparse file of GNU's", HOSTILE, _with(member(evil, EVIL, b"S"))),
        ("a sparse file of POSIX's", AMBIGUOUS, _with(
            extended(_record("GNU.sparse.major", "1"), _record("GNU.sparse.minor", "0"),
                     _record("GNU.sparse.name", evil), _record("GNU.sparse.realsize", "9")), plain)),
        ("a header of a megabyte", UNREADABLE, _with(extended(_record("comment", "1" * (1 << 20))), plain)),
        ("a kind of member that nobody knows", HOSTILE, _with(member(evil, EVIL, b"Z"))),
        ("a file that is stored in one piece", HOSTILE, _with(member(evil, EVIL, tarfile.CONTTYPE))),
        ("two dots", HOSTILE, _with(member(f"{TOP}/../../evil.py", EVIL))),
        ("two dots in a long name", HOSTILE, _with(extended(_record("path", f"{TOP}/../../e.py")), plain)),
        ("a NUL in a long name", HOSTILE, _with(extended(_record("path", f"{evil}\0.txt")), plain)),
        ("an absolute path", HOSTILE, _with(member("/tmp/evil-of-plume.py", EVIL))),
        ("a drive letter", HOSTILE, _with(member("C:/evil.py", EVIL))),
        ("a backslash", HOSTILE, _with(member(f"{TOP}\\..\\evil.py", EVIL))),
        ("a doubled slash", HOSTILE, _with(member(f"{TOP}//evil.py", EVIL))),
        ("a mark that turns the text", AMBIGUOUS, _with(member(f"{TOP}/\u202eyp.py", EVIL))),
        ("an escape sequence", AMBIGUOUS, _with(member(f"{TOP}/\x1b[2J.py", EVIL))),
        ("a second top folder", AMBIGUOUS, _with(member("evil/setup.py", EVIL))),
        ("a second top folder without files", AMBIGUOUS, _with(member("evil", kind=folder))),
        ("a file beside the top folder", AMBIGUOUS, _with(member("evil.py", EVIL))),
        ("a folder and a file of one name", HOSTILE, _with(member(f"{MODULE}/evil.py", EVIL))),
        ("a folder where a file is", AMBIGUOUS, _with(member(MODULE, kind=folder))),
        ("a link out of it", HOSTILE, _with(member(f"{TOP}/l", kind=link, target="../../etc/passwd"))),
        ("a link to an absolute path", HOSTILE, _with(member(f"{TOP}/l", kind=link, target="/etc/passwd"))),
        ("a file through a link", HOSTILE, _with(
            member(f"{TOP}/lib", kind=link, target="plume"), member(f"{TOP}/lib/evil.py", EVIL))),
        ("a hard link out of it", HOSTILE, _with(member(f"{TOP}/l", kind=hard, target="../../etc/passwd"))),
        ("a device", HOSTILE, _with(member(f"{TOP}/null", kind=tarfile.CHRTYPE))),
        ("a pipe", HOSTILE, _with(member(f"{TOP}/pipe", kind=tarfile.FIFOTYPE))),
        ("a cut stream", UNREADABLE, _with()[:-20]),
        ("a web page", UNREADABLE, b"<html>Not found</html>"),
    )  # fmt: skip
    return [Crafted(name, content, refusal) for name, refusal, content in table]
