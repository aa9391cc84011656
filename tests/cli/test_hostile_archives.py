"""Hostile artifacts on an index: in, archives that no backend builds; out, no, and never a crash."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from corpus.example import FLIT
from corpus.tamper import read_tar, write_tar
from tests.conftest import Check, MakeRelease


def traversal() -> tarfile.TarInfo:
    """A file outside the archive's folder."""
    return tarfile.TarInfo("plume-1.0.0/../../plume.py")


def device() -> tarfile.TarInfo:
    """A character device."""
    info = tarfile.TarInfo("plume-1.0.0/null")
    info.type = tarfile.CHRTYPE
    return info


def escape() -> tarfile.TarInfo:
    """A symlink out of the archive."""
    info = tarfile.TarInfo("plume-1.0.0/link")
    info.type, info.linkname = tarfile.SYMTYPE, "../../etc/passwd"
    return info


@pytest.mark.parametrize("make", [traversal, device, escape], ids=lambda make: make.__name__)
def test_a_hostile_sdist_is_no(make, release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """A member that would leave its folder, or is no file, is critical."""
    built = release(FLIT)
    sdist = write_tar(tmp_path / built.sdist.name, {**read_tar(built.sdist), make(): b""})
    outcome = check(built, "--format", "json", artifacts=[sdist, built.wheel])
    (found,) = outcome.document["releases"]
    assert outcome.code == 1
    assert found["severities"]["critical"] >= 1


def test_an_artifact_that_is_no_archive_is_not_yes(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """What cannot be read cannot be proven."""
    built = release(FLIT)
    (tmp_path / built.wheel.name).write_bytes(b"<html>Not found</html>")
    outcome = check(built, artifacts=[built.sdist, tmp_path / built.wheel.name])
    assert outcome.code in (1, 3)
    assert built.wheel.name in outcome.stdout
