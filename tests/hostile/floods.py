"""`python -m tests.hostile.floods NAME` in: one flood at its full size; the refusal and the peak memory out."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import resource
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from dulwich.objects import ObjectID, ShaFile
from dulwich.objects import Tree as Folder

from corpus.git_host import GitHost
from corpus.loopback import Handler, Server
from provenance.artifacts import unpack
from provenance.errors import ProvenanceError
from provenance.index import find_release
from provenance.model import Limits, Reference
from provenance.net import Http
from provenance.source.bundle import Bundle
from provenance.source.commit import flatten
from provenance.source.git import NO_REF, GitHosts
from tests.hostile.sdists import TOP, member

JSON = "application/vnd.pypi.simple.v1+json"
MEGABYTE = bytes(1 << 20)
FOLDER, FILE = 0o040000, 0o100644
BLOB = ObjectID(b"1" * 40)


def member_of_four_gigabytes(folder: Path) -> None:
    """A wheel with four gigabytes of zeros, which are four megabytes in it."""
    path = folder / "plume-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("plume/zeros.bin")
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as file:
            for _ in range(4 << 10):
                file.write(MEGABYTE)
    unpack(path, "wheel", Limits())


def members_without_end(folder: Path) -> None:
    """An sdist of 100-megabyte members, each of zeros, two gigabytes in all."""
    path = folder / "plume-1.0.0.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for number in range(20):
            file.write(member(f"{TOP}/{number}", size=100 << 20))
            for _ in range(100):
                file.write(MEGABYTE)
    unpack(path, "sdist", Limits())


def page_of_100_megabytes(folder: Path) -> None:
    """An index that never stops to list files."""
    row = b'<a href="plume-1.0.0.tar.gz">plume-1.0.0.tar.gz</a>\n' * 20_000
    _asked(row for _ in range(100))


def page_of_ten_megabytes(folder: Path) -> None:
    """An index that lists them in HTML, which takes long to read."""
    _asked([b'<a href="plume-1.0.0.tar.gz">plume-1.0.0.tar.gz</a>\n' * 20_000] * 10)


def page_just_below_the_limit(folder: Path) -> None:
    """An index that lists 800,000 files in JSON, none of them of this release."""
    row = b'{"filename": "plume-0.1.tar.gz", "url": "plume-0.1.tar.gz", "hashes": {}},\n' * 10_000
    rows = [row] * (60 * (1 << 20) // len(row))
    end = b'{"filename": "plume-0.1.tar.gz", "url": "plume-0.1.tar.gz", "hashes": {}}]}'
    _asked([b'{"meta": {"api-version": "1.0"}, "name": "plume", "files": [', *rows, end], JSON)


def a_million_refs(folder: Path) -> None:
    """A host that lists a million tags."""
    line = b"003d" + b"1" * 40 + b" refs/tags/v1.0.0"
    _answered(folder, [line * 10_000] * 100, "refs/tags/")


def a_pack_of_zeros(folder: Path) -> None:
    """Twelve files of a hundred megabytes each, which are a megabyte on the way."""
    size, kind = 100 << 20, 3
    head = bytes([0x80 | kind << 4 | size & 15, 0x80 | size >> 4 & 0x7F, 0x80 | size >> 11 & 0x7F,
                  0x80 | size >> 18 & 0x7F, size >> 25])  # fmt: skip
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(MEGABYTE) for _ in range(100)) + packer.flush()
    _answered(folder, _packed(12, [head + body] * 12))


def a_chain_of_differences(folder: Path) -> None:
    """Files that are each a difference from the one before, 50,000 of them."""
    first = bytes([3 << 4 | 4]) + zlib.compress(b"1234")
    delta = zlib.compress(bytes([4, 4, 0x90, 4]))
    step = bytes([6 << 4 | 4])
    rows, before = [first], len(first)
    for _ in range(50_000):
        row = step + bytes([before]) + delta
        rows.append(row)
        before = len(row)
    _answered(folder, _packed(50_001, rows))


def folders_10_000_deep(folder: Path) -> None:
    """A commit whose folders hold one folder each."""
    tree, objects = Folder(), {}
    tree.add(b"a", FILE, BLOB)
    for _ in range(10_000):
        objects[tree.id.decode()] = tree
        above = Folder()
        above.add(b"a", FOLDER, tree.id)
        tree = above
    _flattened(tree, objects)


def a_million_files_in_a_folder(folder: Path) -> None:
    """A commit with one folder of a million files."""
    listing = b"".join(b"100644 %07d\0" % number + bytes(20) for number in range(1_000_000))
    _flattened(Folder.from_string(listing), {})


def ten_folders_in_ten_folders(folder: Path) -> None:
    """A commit that sends ten folders, which are ten thousand million files."""
    tree, objects = Folder(), {}
    for number in range(10):
        tree.add(b"%d" % number, FILE, BLOB)
    for _ in range(9):
        objects[tree.id.decode()] = tree
        above = Folder()
        for number in range(10):
            above.add(b"%d" % number, FOLDER, tree.id)
        tree = above
    _flattened(tree, objects)


def paths_that_are_long(folder: Path) -> None:
    """A commit of 400,000 files below 190 folders with names of 250 letters: 19 gigabytes of paths."""
    tree, objects = Folder(), {}
    for number in range(400_000):
        tree.add(b"%d" % number, FILE, BLOB)
    for _ in range(190):
        objects[tree.id.decode()] = tree
        above = Folder()
        above.add(b"n" * 250, FOLDER, tree.id)
        tree = above
    _flattened(tree, objects)


def _flattened(tree: Folder, objects: dict[str, ShaFile]) -> None:
    flatten(Bundle({**objects, tree.id.decode(): tree}), tree.id.decode())


def _asked(parts: Iterable[bytes], media_type: str = "text/html") -> None:
    class Index(Server):
        def answer(self, request: Handler) -> None:
            with contextlib.suppress(ConnectionError):
                _send(request, media_type, parts)

    with Index() as index, Http("tests") as http:
        find_release(Reference(name="plume", version="1.0.0"), f"{index.url}/simple/", http, Limits())


def _answered(folder: Path, parts: list[bytes], prefix: str = NO_REF.decode()) -> None:
    def flood(request: Handler) -> bool:
        with contextlib.suppress(ConnectionError):
            _send(request, "application/x-git-upload-pack-result", parts)
        return True

    with GitHost(folder, fault=flood) as host, GitHosts({}, Limits()) as hosts:
        hosts.open(f"{host.url}/o/plume").fetch_commits([prefix], lambda refs: ["1" * 40])


def _packed(count: int, objects: Iterable[bytes]) -> list[bytes]:
    """A pack in the lines of git's protocol."""
    pack = struct.pack(">4sLL", b"PACK", 2, count) + b"".join(objects)
    pack += hashlib.sha1(pack).digest()
    parts = [b"\1" + pack[place : place + 60_000] for place in range(0, len(pack), 60_000)]
    return [b"000dpackfile\n", *(b"%04x" % (len(part) + 4) + part for part in parts), b"0000"]


def _send(request: Handler, media_type: str, parts: Iterable[bytes]) -> None:
    request.send_response(200)
    request.send_header("Content-Type", media_type)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for part in parts:
        request.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
    request.wfile.write(b"0\r\n\r\n")


FLOODS = (
    member_of_four_gigabytes, members_without_end, page_of_100_megabytes, page_of_ten_megabytes,
    page_just_below_the_limit, a_million_refs, a_pack_of_zeros, a_chain_of_differences, folders_10_000_deep,
    a_million_files_in_a_folder, ten_folders_in_ten_folders, paths_that_are_long,
)  # fmt: skip


def main(names: list[str]) -> None:
    """Print what is said of a flood, the seconds that took and the peak memory of the process in MiB."""
    for flood in FLOODS:
        if flood.__name__ in names:
            with tempfile.TemporaryDirectory() as folder:
                started = time.monotonic()
                try:
                    flood(Path(folder))
                    said = "read"
                except ProvenanceError as error:
                    said = str(error)
                seconds = time.monotonic() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
            sys.stdout.write(f"{flood.__name__}\t{seconds:.1f} s\t{peak} MiB\t{said}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
