"""An archive's or a git pack's path in, digests of all that it holds out: the least that any such tool has to do.

Nothing of the project is used: zlib, hashlib, zipfile's directory, and as little as it takes to find the members.
Archives are taken to be honest; nothing is checked, named for people or kept.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path

BLOCK = 512
FOLDER = b"40000"


def archive_digests(path: Path) -> list[tuple[bytes, bytes]]:
    """Return git's blob id and the sha256 of every file of a wheel, or of an sdist that is a gzipped tar archive."""
    return _zip(path) if zipfile.is_zipfile(path) else _tar(path)


def files_of(pack: bytes, commit: str) -> dict[bytes, bytes]:
    """Return the path and blob id of every file of a commit, from a pack of whole objects."""
    objects = _objects(pack)
    tree = objects[bytes.fromhex(commit)].split(b"\n", 1)[0].removeprefix(b"tree ")
    files: dict[bytes, bytes] = {}
    folders = [(b"", bytes.fromhex(tree.decode()))]
    while folders:
        folder, object_id = folders.pop()
        content, place = objects[object_id], 0
        while place < len(content):
            space, end = content.index(b" ", place), content.index(b"\0", place)
            path = folder + content[space + 1 : end]
            if content[place:space] == FOLDER:
                folders.append((path + b"/", content[end + 1 : end + 21]))
            else:
                files[path] = content[end + 1 : end + 21]
            place = end + 21
    return files


def _digests(content: bytes | memoryview) -> tuple[bytes, bytes]:
    blob = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    blob.update(content)
    return blob.digest(), hashlib.sha256(content).digest()


def _zip(path: Path) -> list[tuple[bytes, bytes]]:
    found = []
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            file.seek(info.header_offset + 26)
            name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
            file.seek(name + extra, 1)
            content = file.read(info.compress_size)
            if info.compress_type:
                content = zlib.decompress(content, -zlib.MAX_WBITS, info.file_size or 1)
            found.append(_digests(content))
    return found


def _tar(path: Path) -> list[tuple[bytes, bytes]]:
    plain = memoryview(zlib.decompress(path.read_bytes(), 16 + zlib.MAX_WBITS))
    found, place = [], 0
    while plain[place]:
        size = int(bytes(plain[place + 124 : place + 135]), 8)
        if plain[place + 156] in b"0\0":
            found.append(_digests(plain[place + BLOCK : place + BLOCK + size]))
        place += BLOCK + size + -size % BLOCK
    return found


def _objects(pack: bytes) -> dict[bytes, bytes]:
    """The objects of a pack without deltas by their ids (gitformat-pack)."""
    kinds = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
    objects, place = {}, 12
    for _ in range(int.from_bytes(pack[8:12], "big")):
        kind = pack[place] >> 4 & 7
        while pack[place] & 0x80:
            place += 1
        inflater = zlib.decompressobj()
        content = inflater.decompress(memoryview(pack)[place + 1 :])
        place = len(pack) - len(inflater.unused_data)
        name = hashlib.sha1(b"%b %d\0%b" % (kinds[kind], len(content), content), usedforsecurity=False)
        objects[name.digest()] = content
    return objects
