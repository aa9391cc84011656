"""Hostile archives: in, members that no honest archive has; out, a refusal before anything is written."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from corpus.tamper import write_tar
from provenance.artifacts import unpack
from provenance.errors import HostileArchiveError, UnreadableArchiveError
from provenance.model import Limits


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """A member of a tar archive."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def sdist(folder: Path, *members: tarfile.TarInfo, content: bytes = b"") -> Path:
    """An sdist with one honest file before the given members."""
    rows = {member("plume-1.0.0/PKG-INFO"): b""} | dict.fromkeys(members, content)
    return write_tar(folder / "plume-1.0.0.tar.gz", rows)


def wheel(folder: Path, *names: str, mode: int = stat.S_IFREG | 0o644, content: bytes = b"") -> Path:
    """A wheel with the given members."""
    path = folder / "plume-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return path


ESCAPES = [
    "../plume.py",
    "plume-1.0.0/../../plume.py",
    "/etc/plume.py",
    "C:/plume.py",
    "plume-1.0.0\\..\\plume.py",
]


@pytest.mark.parametrize("name", ESCAPES)
def test_a_tar_member_outside_the_archive_is_refused(name: str, tmp_path: Path) -> None:
    """Traversal, absolute paths, drives and backslashes have no place in an sdist."""
    with pytest.raises(HostileArchiveError):
        unpack(sdist(tmp_path, member(name)), "sdist", Limits())


@pytest.mark.parametrize("name", ESCAPES)
def test_a_zip_member_outside_the_archive_is_refused(name: str, tmp_path: Path) -> None:
    """Traversal, absolute paths, drives and backslashes have no place in a wheel."""
    with pytest.raises(HostileArchiveError):
        unpack(wheel(tmp_path, name), "wheel", Limits())


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_a_device_in_a_tar_is_refused(kind: bytes, tmp_path: Path) -> None:
    """Character devices, block devices and pipes are no source code."""
    with pytest.raises(HostileArchiveError):
        unpack(sdist(tmp_path, member("plume-1.0.0/null", kind)), "sdist", Limits())


def test_a_device_in_a_zip_is_refused(tmp_path: Path) -> None:
    """A wheel can claim to hold one too."""
    with pytest.raises(HostileArchiveError):
        unpack(wheel(tmp_path, "plume/null", mode=stat.S_IFCHR | 0o644), "wheel", Limits())


@pytest.mark.parametrize("target", ["../../etc/passwd", "/etc/passwd", "a/../../../passwd"])
def test_a_symlink_out_of_the_archive_is_refused(target: str, tmp_path: Path) -> None:
    """A link whose target lies outside the sdist's folder would show a stranger's file."""
    with pytest.raises(HostileArchiveError):
        unpack(sdist(tmp_path, member("plume-1.0.0/link", tarfile.SYMTYPE, target)), "sdist", Limits())


def test_a_member_below_a_symlink_is_refused(tmp_path: Path) -> None:
    """A link to a folder, and then a file through it, is written elsewhere than it says."""
    link = member("plume-1.0.0/lib", tarfile.SYMTYPE, "src")
    with pytest.raises(HostileArchiveError):
        unpack(sdist(tmp_path, link, member("plume-1.0.0/lib/plume.py")), "sdist", Limits())


def test_a_hard_link_to_nothing_before_it_is_refused(tmp_path: Path) -> None:
    """A hard link may only repeat a file of the same archive."""
    link = member("plume-1.0.0/link", tarfile.LNKTYPE, "plume-1.0.0/absent")
    with pytest.raises(HostileArchiveError):
        unpack(sdist(tmp_path, link), "sdist", Limits())


def test_a_file_that_is_there_twice_with_other_bytes_is_refused(tmp_path: Path) -> None:
    """Which of the two is installed depends on the tool."""
    again = sdist(tmp_path, member("plume-1.0.0/PKG-INFO"), content=b"other")
    with pytest.raises(HostileArchiveError):
        unpack(again, "sdist", Limits())


def test_a_file_that_is_there_twice_alike_is_one_file(tmp_path: Path) -> None:
    """Some releases hold a member a second time, byte for byte; every tool installs the same."""
    tree = unpack(sdist(tmp_path, member("plume-1.0.0/PKG-INFO")), "sdist", Limits())
    assert list(tree.entries) == ["PKG-INFO"]


def test_a_second_top_folder_in_an_sdist_is_refused(tmp_path: Path) -> None:
    """An sdist has one folder, and everything is in it."""
    with pytest.raises(HostileArchiveError):
        unpack(sdist(tmp_path, member("plume/greeting.py")), "sdist", Limits())


def test_a_file_that_is_both_a_tar_and_a_zip_is_refused(tmp_path: Path) -> None:
    """Tools that go by the name see one archive, tools that look for a ZIP's end see another."""
    path = sdist(tmp_path)
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("plume-1.0.0/setup.py", "")
    path.write_bytes(path.read_bytes() + hidden.getvalue())
    with pytest.raises((HostileArchiveError, UnreadableArchiveError)):
        unpack(path, "sdist", Limits())


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """The number of members is bounded."""
    path = wheel(tmp_path, *(f"plume/{number}.py" for number in range(11)))
    with pytest.raises(UnreadableArchiveError):
        unpack(path, "wheel", Limits(members=10))


def test_a_member_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """The size of a member is bounded, before it is read."""
    path = wheel(tmp_path, "plume.py", content=bytes(1001))
    with pytest.raises(UnreadableArchiveError):
        unpack(path, "wheel", Limits(member_bytes=1000))


def test_a_wheel_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """The size of all members together is bounded, so a small file cannot fill the memory."""
    path = wheel(tmp_path, "a.py", "b.py", content=bytes(30_000))
    with pytest.raises(UnreadableArchiveError):
        unpack(path, "wheel", Limits(unpacked_bytes=50_000))


def test_an_sdist_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """The same bound holds for what a gzip stream becomes."""
    path = sdist(tmp_path, member("plume-1.0.0/a.py"), member("plume-1.0.0/b.py"), content=bytes(30_000))
    with pytest.raises(UnreadableArchiveError):
        unpack(path, "sdist", Limits(unpacked_bytes=50_000))


@pytest.mark.parametrize("name", ["plume-1.0.0.tar.gz", "plume-1.0.0-py3-none-any.whl"])
def test_bytes_that_are_no_archive_are_refused(name: str, tmp_path: Path) -> None:
    """A broken download is an error with a sentence."""
    path = tmp_path / name
    path.write_bytes(b"<html>Not found</html>")
    with pytest.raises(UnreadableArchiveError):
        unpack(path, "wheel" if name.endswith(".whl") else "sdist", Limits())


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    """Half of a tar archive is not the archive."""
    path = sdist(tmp_path, member("plume-1.0.0/a.py"), content=bytes(range(256)) * 400)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableArchiveError):
        unpack(path, "sdist", Limits())


def test_an_honest_archive_is_read_whole(tmp_path: Path) -> None:
    """The one top folder is left out of the paths."""
    tree = unpack(sdist(tmp_path, member("plume-1.0.0/plume/greeting.py")), "sdist", Limits())
    assert set(tree.entries) == {"PKG-INFO", "plume/greeting.py"}


def hidden_before(content: bytes) -> bytes:
    """Another member before the first, as a self-extracting program has its code."""
    return hidden_archive() + content


def hidden_behind(content: bytes) -> bytes:
    """Bytes behind the end of the archive."""
    return content + b"evil"


def hidden_between(content: bytes) -> bytes:
    """A member between the last one and the directory, which the directory does not list."""
    directory = content.index(b"PK\1\2")
    member = hidden_archive()
    member = member[: member.index(b"PK\1\2")]
    end = content.index(b"PK\5\6")
    moved = (int.from_bytes(content[end + 16 : end + 20], "little") + len(member)).to_bytes(4, "little")
    return content[:directory] + member + content[directory : end + 16] + moved + content[end + 20 :]


def renamed_at_the_front(content: bytes) -> bytes:
    """A member whose own header bears another name than the directory's entry."""
    return content.replace(b"plume.py", b"evil1.py", 1)


def hidden_archive() -> bytes:
    """An archive of one file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("evil.py", "print()")
    return written.getvalue()


@pytest.mark.parametrize("change", [hidden_before, hidden_behind, hidden_between, renamed_at_the_front])
def test_a_wheel_that_two_readers_read_differently_is_refused(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Installers read the directory at the end or the members from the front; both must see the same files."""
    path = wheel(tmp_path, "plume.py")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(HostileArchiveError):
        unpack(path, "wheel", Limits())


class Unseekable(io.RawIOBase):
    """A file that can only be written from front to back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]
        return self._file.write(content)


def test_a_wheel_written_as_a_stream_is_read(tmp_path: Path) -> None:
    """Some tools write sizes behind the members; that is no ambiguity."""
    path = tmp_path / "plume-1.0.0-py3-none-any.whl"
    with path.open("wb") as file, zipfile.ZipFile(Unseekable(file), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plume.py", "print()\n" * 100)
        archive.writestr("empty.py", "")
    assert set(unpack(path, "wheel", Limits()).entries) == {"plume.py", "empty.py"}
