"""What hosts answer in, byte for byte: pages of an index, refs, packs, git objects; no connection is opened."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dulwich.config import StackedConfig
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tag, Tree
from urllib3.response import HTTPResponse

from corpus.git_objects import WHO
from provenance.index.simple import find_release
from provenance.index.standing import find_standing
from provenance.model import Limits, Reference
from provenance.net import Http, Response
from provenance.source.bundle import Bundle, read_bundle
from provenance.source.commit import flatten, peel
from provenance.source.git import Remote
from provenance.source.git.connections import Connections
from provenance.source.git.unpacked import check_unpacked
from provenance.source.pack import read_pack, write_pack
from provenance.source.submodules import _named
from tests.fuzz.target import Target

SMALL = Limits(git_unpacked_bytes=1 << 20, git_objects=1000, git_refs=1000, git_files=1000, git_bytes=1 << 20)
INDEX = "https://index.example/simple/"
SIMPLE = "application/vnd.pypi.simple.v1+json"
ADVERTISED = "application/x-git-upload-pack-advertisement"
RESULT = "application/x-git-upload-pack-result"


class Index(Http):
    """An index that answers everything with the same page."""

    def __init__(self, media_type: str) -> None:
        super().__init__("")
        self._media_type = media_type
        self.page = b""

    def get(self, url: str, **_: Any) -> Response:
        """Return the page."""
        return Response(url, 200, self._media_type, self.page)


class Host(Connections):
    """A git host that answers with these bytes in turn, the last of them again and again."""

    config = StackedConfig([])

    def __init__(self, *answers: bytes) -> None:
        super().__init__({})
        self._answers = list(answers)

    def manager(self, access: object) -> Any:
        """Return itself in the place of a pool."""
        return self

    @contextmanager
    def until(self, seconds: float) -> Iterator[None]:
        """Nothing takes time here."""
        yield

    def request(self, method: str, url: str, **_: object) -> HTTPResponse:
        """Return the next answer, as urllib3 does."""
        body = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        kind = ADVERTISED if method == "GET" else RESULT
        return HTTPResponse(
            io.BytesIO(body), {"Content-Type": kind}, 200, preload_content=False, request_url=url
        )


def read_page(media_type: str) -> Target:
    """An index's page of a project, its artifacts, and what stands to its name."""

    index = Index(media_type)

    def read(content: bytes) -> None:
        index.page = content
        found = find_release(Reference(name="plume"), INDEX, index, SMALL)
        assert all(artifact.sha256 != "" for artifact in found.artifacts)
        find_standing("plume", found.version, INDEX, index, SMALL)

    return Target(read, lambda: PAGES[media_type])


def talk(content: bytes) -> None:
    """All that a git host says: a list of refs up to the first flush, then what it sends for them."""
    refs, flush, rest = content.partition(b"0000")
    _checked_out(Host(refs + flush, rest))


def send_pack(content: bytes) -> None:
    """A pack that arrives whole, with a checksum that holds, for a tag that names its first commit."""
    pack = content + hashlib.sha1(content, usedforsecurity=False).digest()
    _checked_out(Host(_refs(COMMIT), _sent(pack)))


def _checked_out(host: Host) -> None:
    remote = Remote("https://git.example/ada/plume", SMALL, host)
    refs = remote.fetch_commits(["refs/tags/v1"], lambda refs: list(refs.values())[:2])
    for object_id in [*refs.values()][:2]:
        commit = peel(remote, object_id)
        if commit is not None:
            found = flatten(remote, commit.tree.decode(), SMALL.git_files)
            assert all(remote.read(entry.blob) is None or entry.path for entry in found.values())


def read_object(content: bytes) -> None:
    """A tag, a commit or a tree, told by the first byte, that another object leads to."""
    kind = (Commit.type_num, Tree.type_num, Tag.type_num)[content[0] % 3] if content else Commit.type_num
    try:
        read = ShaFile.from_raw_string(kind, content[1:])
    except Exception:  # dulwich raises what comes to it; where objects come in, it is caught
        return
    bundle = Bundle({COMMIT.id.decode(): COMMIT, COMMIT.tree.decode(): read, "1" * 40: read})
    for object_id in (COMMIT.id.decode(), "1" * 40):
        commit = peel(bundle, object_id)
        if commit is not None:
            flatten(bundle, commit.tree.decode(), SMALL.git_files)


def check_pack(content: bytes) -> None:
    """A host's pack, before dulwich unpacks it."""
    file = io.BytesIO(content)
    file.seek(0, 2)
    assert check_unpacked(file, SMALL, "git.example") <= SMALL.git_unpacked_bytes
    assert file.tell() == len(content)


def open_bundle(content: bytes) -> None:
    """An evidence bundle, with a checksum that holds; every object under the id of its bytes, and packed again."""
    for body in (content, content + hashlib.sha1(content, usedforsecurity=False).digest()):
        objects = read_pack(body, 1 << 20)
        for name, each in objects.items():
            raw = each.as_raw_string()
            header = b"%s %d\0" % (each.type_name, len(raw))
            assert hashlib.sha1(header + raw, usedforsecurity=False).hexdigest() == name
        assert {*read_bundle(write_pack(objects.values()), 1 << 20).objects} == {*objects}


def read_gitmodules(content: bytes) -> None:
    """A .gitmodules file."""
    for path, url in _named(content):
        assert isinstance(path, str)
        assert isinstance(url, str)


def _line(content: bytes) -> bytes:
    return b"%04x" % (len(content) + 4) + content


def _refs(target: ShaFile) -> bytes:
    return _line(target.id + b" refs/tags/v1.0.0 peeled:" + target.id + b"\n") + b"0000"


def _sent(pack: bytes) -> bytes:
    parts = [_line(b"\1" + pack[place : place + 60_000]) for place in range(0, len(pack), 60_000)]
    return (
        _line(b"shallow-info\n")
        + _line(b"shallow " + COMMIT.id)
        + b"0001"
        + _line(b"packfile\n")
        + b"".join(parts)
        + b"0000"
    )


def _objects() -> tuple[Blob, Tree, Commit, Tag]:
    blob, tree = Blob.from_string(b"def greet(): ...\n"), Tree()
    tree.add(b"plume.py", 0o100644, blob.id)
    tree.add(b"vendor", 0o160000, ObjectID(b"2" * 40))
    lines = b"tree %s\nauthor %s 1740830400 +0000\ncommitter %s 1740830400 +0000\n\nAdd\n"
    commit = Commit.from_string(lines % (tree.id, WHO, WHO))
    tag = b"object %s\ntype commit\ntag v1.0.0\ntagger %s 1740830400 +0000\n\nPlume\n"
    return blob, tree, commit, Tag.from_string(tag % (commit.id, WHO))


BLOB, TREE, COMMIT, TAG = _objects()
DELTA = zlib.compress(b"\x11\x06\x90\x05\x01!")  # of the blob: its first five bytes, and one more
DELTAS = (
    b"PACK"
    + struct.pack(">LL", 2, 2)
    + b"\xb1\x01"
    + zlib.compress(BLOB.as_raw_string())
    + b"\x66\x1b"
    + DELTA,
    b"PACK" + struct.pack(">LL", 2, 1) + b"\x76" + bytes.fromhex(BLOB.id.decode()) + DELTA,
)
PACK = write_pack([BLOB, TREE, COMMIT, TAG])
FILE = {
    "filename": "plume-1.0.0.tar.gz",
    "url": "https://files.example/plume-1.0.0.tar.gz",
    "hashes": {"sha256": "5d" * 32},
    "requires-python": ">=3.8",
    "size": 100,
    "upload-time": "2025-03-01T12:00:00.000000Z",
    "yanked": False,
    "provenance": "https://index.example/integrity/plume",
}
PAGES: dict[str, list[bytes]] = {
    SIMPLE: [
        json.dumps(
            {
                "meta": {"api-version": "1.4", "project-status": "archived"},
                "name": "plume",
                "versions": ["1.0.0"],
                "files": [
                    FILE,
                    {**FILE, "filename": "plume-1.0.0-py3-none-any.whl", "yanked": "no"},
                    {**FILE, "filename": "plume-0.9.zip"},
                ],
                "info": {"vulnerabilities": [{"id": "X", "summary": "y", "fixed_in": ["2"]}]},
                "vulnerabilities": [{"id": "X", "aliases": ["CVE-1"], "summary": "y", "fixed_in": ["2"]}],
                "ownership": {"roles": [{"role": "Owner", "user": "ada"}], "organization": None},
            }
        ).encode()
    ],
    "text/html": [
        b"<!DOCTYPE html><html><head><meta name='pypi:repository-version' content='1.3'>"
        b"<meta name='pypi:project-status' content='quarantined'><body>"
        b"<a href='/plume-1.0.0.tar.gz#sha256=%b' data-requires-python='&gt;=3' data-yanked='x'"
        b" data-core-metadata='sha256=%b'>plume-1.0.0.tar.gz</a><a href=x.whl>plume-2-py3-none-any.whl</a>"
        % (b"5d" * 32, b"5d" * 32)
    ],
}
TARGETS = {
    "index-json": read_page(SIMPLE),
    "index-html": read_page("text/html"),
    "git-answers": Target(talk, lambda: [_refs(COMMIT) + _sent(PACK), _refs(TAG) + _line(b"ERR x"), b"0000"]),
    "git-pack": Target(send_pack, lambda: [PACK[:-20], *DELTAS]),
    "git-object": Target(
        read_object,
        lambda: [b"\0" + COMMIT.as_raw_string(), b"\1" + TREE.as_raw_string(), b"\2" + TAG.as_raw_string()],
    ),
    "unpacked-size": Target(check_pack, lambda: [PACK, *DELTAS]),
    "bundle": Target(open_bundle, lambda: [PACK, PACK[:-20]]),
    "gitmodules": Target(
        read_gitmodules,
        lambda: [
            b'[submodule "a\\"b"]\n\tpath = vendor\n\turl = ../x.git ; y\n\tbranch=\\\nz\n',
            b"[include]\n\tpath = /x\n[submodule \"a\"]\npath=a\nurl='b'\n",
        ],
        5_000,
    ),
}
