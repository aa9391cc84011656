"""Artifacts in, what pip, uv and tar make of them in empty folders out: the files judged, or a refusal."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from uv import find_uv_bin

from corpus.example import FLIT, HATCHLING, SETUPTOOLS
from provenance.artifacts import unpack
from provenance.errors import ArtifactError
from provenance.judgement import REFUSALS
from provenance.model import Kind, Limits
from provenance.tree import SYMLINK
from tests.conftest import MakeRelease
from tests.hostile import sdists, wheels
from tests.hostile.wheels import Crafted

Files = Mapping[str, bytes]
# what installers write of their own accord
OWN = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json", ".lock")
PIP = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile", "--no-cache-dir"]
UV = [find_uv_bin(), "pip", "install", "--no-deps", "--no-index", "--no-cache", "--python", sys.executable]
INSTALLERS = {"pip": [*PIP, "--disable-pip-version-check"], "uv": UV}


def judged(path: Path, kind: Kind) -> Files | str:
    """The files that the tool judges, or the rule by which it refuses the artifact."""
    try:
        tree = unpack(path, kind, Limits())
    except ArtifactError as error:
        return REFUSALS.get(type(error), "archive")
    return {entry.path: tree.load(entry.blob) or b"" for entry in tree}


def installed(wheel: Path, folder: Path, installer: str) -> Files | None:
    """The wheel's files as they stand after an installation; None where the installer refuses it."""
    command = [*INSTALLERS[installer], "--target", str(folder), str(wheel)]
    done = subprocess.run(command, capture_output=True, check=False)
    return on_disk(folder) if done.returncode == 0 else None


def on_disk(folder: Path) -> Files:
    """All files of a folder by their paths, but those that installers write."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in OWN
    }


def at_their_places(files: Files) -> Files:
    """A wheel's files where `--target` puts them: what is data of it is spread."""
    places = {"purelib": "", "platlib": "", "data": "", "scripts": "bin/"}
    found = {}
    for path, content in files.items():
        top, _, rest = path.partition("/")
        scheme, _, inner = rest.partition("/")
        place = places[scheme] + inner if top.endswith(".data") else path
        if place.rpartition("/")[2] not in OWN:
            found[place] = content
    return found


def without_interpreter(files: Files) -> Files:
    """Scripts without the line that names the environment's own interpreter."""
    return {
        path: content.partition(b"\n")[2] if path.startswith("bin/") else content
        for path, content in files.items()
    }


@pytest.mark.parametrize("case", wheels.crafted(), ids=lambda case: case.name)
def test_a_crafted_wheel_is_refused_or_read_as_it_is_installed(case: Crafted, tmp_path: Path) -> None:
    """The table of wheels; installers may refuse what the tool reads, never install other files."""
    wheel = tmp_path / wheels.NAME
    wheel.write_bytes(case.content)
    files = judged(wheel, "wheel")
    assert case.refusal == (files if isinstance(files, str) else "")
    if isinstance(files, str):
        return
    for installer in INSTALLERS:
        found = installed(wheel, tmp_path / installer, installer)
        assert found is not None
        assert without_interpreter(found) == without_interpreter(at_their_places(files))


@pytest.mark.parametrize("case", sdists.crafted(), ids=lambda case: case.name)
def test_a_crafted_sdist_is_refused_or_read_as_it_is_unpacked(case: Crafted, tmp_path: Path) -> None:
    """The table of sdists; nothing is built, tar and Python's tarfile (which pip uses) unpack them."""
    sdist = tmp_path / sdists.NAME
    sdist.write_bytes(case.content)
    files = judged(sdist, "sdist")
    assert case.refusal == (files if isinstance(files, str) else "")
    if not isinstance(files, str):
        assert_unpacked_alike(sdist, tmp_path)


def assert_unpacked_alike(sdist: Path, folder: Path) -> None:
    """The files that the tool judges are those that tar and tarfile leave on disk, links among them."""
    tree = unpack(sdist, "sdist", Limits())
    expected = {
        entry.path: (b"-> " if entry.mode == SYMLINK else b"") + (tree.load(entry.blob) or b"")
        for entry in tree
    }
    by_tar, by_python = folder / "tar", folder / "python"
    by_tar.mkdir()
    subprocess.run([shutil.which("tar") or "tar", "-xf", sdist, "-C", by_tar], check=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(by_python, filter="data")
    for root in (by_tar, by_python):
        (top,) = root.iterdir()
        assert unpacked(top) == expected


def unpacked(top: Path) -> Files:
    """All files of a folder by their paths; a link by what it names."""
    return {
        path.relative_to(top).as_posix(): (
            b"-> " + str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        )
        for path in top.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize("project", [FLIT, HATCHLING, SETUPTOOLS], ids=lambda project: project.name)
def test_a_wheel_of_a_real_backend_is_read_as_it_is_installed(
    project, release: MakeRelease, tmp_path: Path
) -> None:
    """What honest tools build, pip and uv install as it is judged."""
    built = release(project)
    files = judged(built.wheel, "wheel")
    assert not isinstance(files, str)
    for installer in INSTALLERS:
        found = installed(built.wheel, tmp_path / installer, installer)
        assert found == at_their_places(files)


@pytest.mark.parametrize("project", [FLIT, HATCHLING, SETUPTOOLS], ids=lambda project: project.name)
def test_an_sdist_of_a_real_backend_is_read_as_it_is_unpacked(
    project, release: MakeRelease, tmp_path: Path
) -> None:
    """What honest tools build, tar and tarfile unpack as it is judged."""
    assert_unpacked_alike(release(project).sdist, tmp_path)
