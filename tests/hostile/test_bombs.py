"""Small things that would become large in, refusals with their numbers out, in a process that has little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.git_host import GitHost
from corpus.loopback import Handler
from provenance.errors import GitError
from provenance.model import Limits
from provenance.source.git import NO_REF, Remote
from tests.hostile.sdists import TOP, member
from tests.source.conftest import Ask

MEMORY = 768 << 20  # bytes of address space: the interpreter with all that it imports takes about a third
READ = """
import sys
from pathlib import Path
from provenance.artifacts import unpack
from provenance.errors import UnreadableArchiveError
from provenance.model import Limits
try:
    unpack(Path(sys.argv[1]), sys.argv[2], Limits.model_validate_json(sys.argv[3]))
except UnreadableArchiveError as error:
    print(error)
"""


def refused(path: Path, **limits: int) -> str:
    """What the reader says of an artifact, in a process that can have no more than `MEMORY`."""
    kind = "wheel" if path.suffix == ".whl" else "sdist"
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), kind, Limits(**limits).model_dump_json()],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def zeros(size: int) -> bytes:
    """A gzip stream of so many zeros, made a piece at a time."""
    packer = zlib.compressobj(9, wbits=31)
    head = member(f"{TOP}/zeros", size=size)
    pieces = [packer.compress(head), *(packer.compress(bytes(1 << 20)) for _ in range(size >> 20))]
    return b"".join([*pieces, packer.flush()])


def test_a_member_of_four_gigabytes_is_refused_by_its_size(tmp_path: Path) -> None:
    """Before a byte of it is read."""
    path = tmp_path / "plume-1.0.0.tar.gz"
    path.write_bytes(gzip.compress(member(f"{TOP}/large", size=4 << 30)))
    assert "268,435,456" in refused(path)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_many_members_that_pack_well_end_at_the_limit(
    compress: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """A thousandfold compression does not help: what comes out is counted."""
    path = tmp_path / "plume-1.0.0.tar.gz"
    path.write_bytes(compress(b"".join(member(f"{TOP}/{number}", bytes(1 << 20)) for number in range(40))))
    assert "33,554,432" in refused(path, unpacked_bytes=32 << 20)


def test_zeros_without_end_behind_an_archive_end_at_the_limit(tmp_path: Path) -> None:
    """What is read to see that nothing stands behind the end is counted, too."""
    path = tmp_path / "plume-1.0.0.tar.gz"
    path.write_bytes(gzip.compress(member(f"{TOP}/a", b"1") + bytes(40 << 20)))
    assert "33,554,432" in refused(path, unpacked_bytes=32 << 20)


def test_an_xz_stream_that_asks_for_a_large_window_is_refused(tmp_path: Path) -> None:
    """Its header says how much memory the reader has to take."""
    path = tmp_path / "plume-1.0.0.tar.gz"
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    content = bytearray(lzma.compress(member(f"{TOP}/a", b"1") + bytes(1024), filters=filters))
    header = content[12 : 12 + (content[12] + 1) * 4]
    header[4] = 40  # four gigabytes less one byte
    content[12 : 12 + len(header)] = header[:-4] + struct.pack("<L", zlib.crc32(header[:-4]))
    path.write_bytes(content)
    assert "memory" in refused(path).lower()


def test_a_million_members_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    """The directory of a ZIP archive is counted before Python reads it, which takes memory for each entry."""
    path = tmp_path / "plume-1.0.0-py3-none-any.whl"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", b"")
    one = file.getvalue()
    start, end = one.index(b"PK\1\2"), one.index(b"PK\5\6")
    entries = one[start:end] * 1_000_000
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 10**6, 10**6, len(entries), start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(entries), 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(one[:start] + entries + wide + locator + last)
    assert "200,000 members" in refused(path)


@pytest.mark.parametrize(
    ("name", "said"), [("d/" * 200 + "a", "100 parts"), ("n" * 2000, "1,024 bytes")], ids=["deep", "long"]
)
def test_a_path_that_no_system_keeps_is_refused(name: str, said: str, tmp_path: Path) -> None:
    """Depth and length have their limits."""
    path = tmp_path / "plume-1.0.0.tar.gz"
    path.write_bytes(gzip.compress(member(f"{TOP}/{name}", b"1") + bytes(1024)))
    assert said in refused(path)


def size_of(kind: int, size: int) -> bytes:
    """The type and size of an object as a pack writes them."""
    written = [kind << 4 | size & 15]
    size >>= 4
    while size:
        written[-1] |= 0x80
        written.append(size & 0x7F)
        size >>= 7
    return bytes(written)


def number(value: int) -> bytes:
    """A size as a difference between two objects writes it."""
    written = []
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def blob(content: bytes, size: int | None = None) -> bytes:
    """A file in a pack, perhaps with another size than it has."""
    return size_of(3, len(content) if size is None else size) + zlib.compress(content)


def copies(base: bytes, count: int) -> bytes:
    """A file and a difference that repeats it: seven bytes for as many as a base has."""
    whole = b"\xf0" + struct.pack("<L", len(base))[:3]
    delta = number(len(base)) + number(1) + whole * count
    first = blob(base)
    back = len(first)
    offset = bytes([0x80 | (back >> 7) - 1, back & 0x7F]) if back > 0x7F else bytes([back])
    return first + size_of(6, len(delta)) + offset + zlib.compress(delta)


@pytest.mark.parametrize(
    ("count", "objects", "said"),
    [
        (1, blob(bytes(8 << 20)), "unpacks to more than the limit of 4,194,304 bytes"),
        (4, blob(bytes(2 << 20)) * 4, "unpacks to more than the limit of 4,194,304 bytes"),
        (1, blob(bytes(8 << 20), 10), "another size than it states"),
        (1, blob(b"small", 1 << 20), "another size than it states"),
        (2, copies(bytes(1 << 16), 10_000), "unpacks to more than the limit of 4,194,304 bytes"),
        (5_000_000, b"", "more than the limit of 1,000,000 objects"),
        (2, blob(b"one" * 99), "cannot be unpacked"),
    ],
    ids=["a large file", "large files", "more than stated", "less", "a difference", "many objects", "fewer"],
)
def test_a_pack_that_unpacks_to_too_much_is_refused(
    count: int,
    objects: bytes,
    said: str,
    ask: Ask,
    tmp_path: Path,
) -> None:
    """It is added up before anything is unpacked, and a pack's own word for a size is not taken."""
    pack = struct.pack(">4sLL", b"PACK", 2, count) + objects + bytes(20)

    def send(request: Handler) -> bool:
        parts = [b"\1" + pack[place : place + 60_000] for place in range(0, len(pack), 60_000)]
        lines = b"".join(b"%04x" % (len(part) + 4) + part for part in parts)
        body = b"000dpackfile\n" + lines + b"0000"
        request.reply(200, body, Content_Type="application/x-git-upload-pack-result")
        return True

    with GitHost(tmp_path, fault=send) as host:
        remote = ask(host, limits=Limits(git_unpacked_bytes=4 << 20))
        assert said in fault_of(remote)


def fault_of(remote: Remote) -> str:
    """What comes of asking for one object."""
    with pytest.raises(GitError) as raised:
        remote.fetch_commits([NO_REF.decode()], lambda refs: ["1" * 40])
    return str(raised.value)


def test_a_flood_of_branches_and_tags_is_cut_off(ask: Ask, git_root: Path) -> None:
    """At the limit of their number."""

    def flood(request: Handler) -> bool:
        line = b"003d" + b"1" * 40 + b" refs/tags/v1.0.0"
        request.reply(200, line * 1001 + b"0000", Content_Type="application/x-git-upload-pack-result")
        return True

    with GitHost(git_root, fault=flood) as host:
        remote = ask(host, limits=Limits(git_refs=1000))
        with pytest.raises(GitError, match="more than the limit of 1,000 branches and tags"):
            remote.fetch_commits(["refs/tags/"], lambda refs: [*refs.values()])
