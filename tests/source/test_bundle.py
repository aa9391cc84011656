"""Evidence bundles: in, a checkout; out, a pack that git itself reads, and the same checkout from it."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from dulwich.objects import Blob, Commit, ShaFile, Tag, Tree
from hypothesis import given
from hypothesis import strategies as st

from corpus.example import ENVIRONMENT, FLIT, OWNER, git
from corpus.git_host import GitHost
from provenance.errors import GitError, ReportError
from provenance.signing import open_envelope
from provenance.source import read_bundle
from provenance.source.pack import read_pack, write_pack
from tests.conftest import CheckedRelease, Run, Serve

LIMIT = 1 << 20


def blobs(contents: list[bytes]) -> list[ShaFile]:
    """Git's objects of these contents."""
    return [Blob.from_string(content) for content in contents]


def sealed(body: bytes) -> bytes:
    """A pack with a checksum that holds."""
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


@given(st.lists(st.binary(max_size=300)))
def test_what_is_packed_is_read_again_under_its_own_id(contents: list[bytes]) -> None:
    """Whatever the sizes; each object once; the order in which they come makes no difference."""
    objects = blobs(contents)
    pack = write_pack(objects)
    assert {name: each.as_raw_string() for name, each in read_pack(pack, LIMIT).items()} == {
        each.id.decode(): each.as_raw_string() for each in objects
    }
    assert pack == write_pack(reversed(objects * 2))


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused(content: bytes) -> None:
    """With a sentence, also where the checksum holds."""
    for body in (
        content,
        sealed(content),
        sealed(b"PACK" + content),
        sealed(b"PACK\0\0\0\2\0\0\0\1" + content),
    ):
        with pytest.raises(ReportError, match="The bundle "):
            read_pack(body, LIMIT)


def test_no_more_is_unpacked_than_the_limit() -> None:
    """Neither where an object says how large it is, nor where it is larger than it says."""
    pack = write_pack(blobs([bytes(5000)]))
    with pytest.raises(ReportError, match="more bytes than the limit"):
        read_pack(pack, 4999)
    bomb = struct.pack(">4sLL", b"PACK", 2, 1) + b"\x31" + zlib.compress(bytes(10_000_000))
    with pytest.raises(ReportError, match="another size than it says"):
        read_pack(sealed(bomb), LIMIT)


def test_git_reads_a_bundle(made: CheckedRelease, tmp_path: Path) -> None:
    """With nothing but git a stranger can look at the commit, its tag and its trees, and git finds every id right."""
    git(tmp_path, "init", "--quiet", "--bare")
    command = ["git", "unpack-objects", "-q"]
    subprocess.run(command, input=made.bundle.read_bytes(), cwd=tmp_path, env=ENVIRONMENT, check=True)
    assert git(tmp_path, "cat-file", "-t", made.release.commit) == "commit"
    listed = git(tmp_path, "ls-tree", "-r", "--name-only", made.release.commit).splitlines()
    assert {"plume/greeting.py", "figure.bin"} <= set(listed)


def test_it_holds_the_contents_that_the_judgement_read_and_no_others(
    made: CheckedRelease, workshop: Path
) -> None:
    """Packaging files and counterparts of converted files; no module, and nothing that the artifacts hold anyway."""
    objects = read_bundle(made.bundle.read_bytes(), LIMIT).objects
    repository = workshop / "git" / OWNER / f"{FLIT.name}.git"
    rows = git(repository, "ls-tree", "-r", made.release.commit).splitlines()
    held = {row.partition("\t")[2] for row in rows if row.split()[2] in objects}
    assert held == {".gitattributes", "plume/greetings.csv"}
    kinds = [type(each).__name__ for each in objects.values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {"Commit": 1, "Tag": 1, "Tree": 2, "Blob": 2}


def test_an_object_that_was_exchanged_is_missing_under_its_old_id(made: CheckedRelease) -> None:
    """Whoever writes a whole new pack cannot put other content under an id that the report leads to."""
    objects = dict(read_bundle(made.bundle.read_bytes(), LIMIT).objects)
    commit = objects[made.release.commit]
    assert isinstance(commit, Commit)
    tree = objects.pop(commit.tree.decode())
    assert isinstance(tree, Tree)
    forged = Tree.from_string(tree.as_raw_string().replace(b"README.md", b"README.mD"))
    bundle = read_bundle(write_pack([*objects.values(), forged]), LIMIT)
    with pytest.raises(GitError, match=f"does not hold the object {commit.tree.decode()}"):
        bundle.open_tree("", made.release.commit)


def test_an_object_of_the_wrong_kind_is_no_commit(made: CheckedRelease) -> None:
    """An id that leads to something else is named."""
    bundle = read_bundle(made.bundle.read_bytes(), LIMIT)
    blob = next(name for name, each in bundle.objects.items() if isinstance(each, Blob))
    with pytest.raises(ReportError, match=f"{blob} in the bundle is no commit"):
        bundle.open_tree("", blob)


def one_object(kind: int, content: bytes) -> bytes:
    """A pack of a single object of 16 to 2047 bytes, whatever it is."""
    size = bytes([kind << 4 | len(content) & 15 | 0x80, len(content) >> 4])
    return sealed(struct.pack(">4sLL", b"PACK", 2, 1) + size + zlib.compress(content))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Tree.type_num, b"100644 a name without an end"),
        (Tree.type_num, b"\xff" * 50),
        (Tree.type_num, b"9 x\0" + bytes(20)),
        (Commit.type_num, b"author A <a> 0 +0000\n\n"),
    ],
)
def test_an_object_that_git_would_not_write_is_named(kind: int, content: bytes) -> None:
    """It is refused, and nothing else happens."""
    with pytest.raises(ReportError, match="in the bundle is not as git writes it"):
        read_pack(one_object(kind, content), LIMIT)


@given(st.sampled_from([Commit.type_num, Tree.type_num, Tag.type_num]), st.binary(min_size=16, max_size=200))
def test_no_object_makes_anything_else_happen(kind: int, content: bytes) -> None:
    """An object that can be read is what it was, and any other is refused with a sentence."""
    try:
        (found,) = read_pack(one_object(kind, content), LIMIT).values()
    except ReportError:
        return
    assert found.as_raw_string() == content


def test_a_host_that_sends_everything_leads_to_the_same_report_and_bundle(
    made: CheckedRelease, workshop: Path, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """Only what was asked for is read, so that it makes no difference which host was asked."""
    index = serve(made.release.artifacts).simple
    with GitHost(workshop / "git", filters=False, any_id=False) as host:
        options = ("--index", index, "--bundle", "--output", str(tmp_path / "reports"))
        assert run("check", FLIT.reference, *options, host=host).code == 0
    other = CheckedRelease(tmp_path, made.release)
    assert other.bundle.read_bytes() == made.bundle.read_bytes()
    assert open_envelope(other.report.read_bytes()).payload == open_envelope(made.report.read_bytes()).payload
