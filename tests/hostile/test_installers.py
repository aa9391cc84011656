"""Artifacts in, what pip, uv and tar make of them in empty folders out: the files judged, or a refusal."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from corpus.example import FLIT, HATCHLING, SETUPTOOLS
from corpus.installers import (
    INSTALLERS,
    Files,
    at_their_places,
    builds_with_others,
    installed,
    judged,
    on_disk,
    unpacked_by_pip,
    unpacked_by_uv,
)
from provenance.artifacts import unpack
from provenance.model import Limits
from tests.conftest import MakeRelease
from tests.hostile import sdists, wheels
from tests.hostile.wheels import Crafted


def assert_installed_alike(wheel: Path, files: Files, folder: Path) -> None:
    """pip and uv install the files that the tool judges, each into an environment of its own."""
    for installer in INSTALLERS:
        assert installed(wheel, folder / installer, installer, files) == at_their_places(files)


def assert_unpacked_alike(sdist: Path, files: Files, folder: Path) -> None:
    """tar and Python's tarfile unpack the files that the tool judges, links among them; pip and uv do, or refuse."""
    by_tar, by_python = folder / "tar", folder / "python"
    by_tar.mkdir(parents=True)
    subprocess.run([shutil.which("tar") or "tar", "-xf", sdist, "-C", by_tar], check=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(by_python, filter="data")
    for root in (by_tar, by_python):
        (top,) = root.iterdir()
        assert on_disk(top) == files
    assert unpacked_by_pip(sdist, folder / "pip") in (files, None)
    assert unpacked_by_uv(sdist, folder / "uv") in (files, None)


@pytest.mark.parametrize("case", wheels.crafted(), ids=lambda case: case.name)
def test_a_crafted_wheel_is_refused_or_read_as_it_is_installed(case: Crafted, tmp_path: Path) -> None:
    """The table of wheels; installers may refuse what the tool reads, never install other files."""
    wheel = tmp_path / wheels.NAME
    wheel.write_bytes(case.content)
    files = judged(wheel, "wheel")
    assert case.refusal == (files if isinstance(files, str) else "")
    if not isinstance(files, str):
        assert_installed_alike(wheel, files, tmp_path)


@pytest.mark.parametrize("case", sdists.crafted(), ids=lambda case: case.name)
def test_a_crafted_sdist_is_refused_or_read_as_it_is_unpacked(case: Crafted, tmp_path: Path) -> None:
    """The table of sdists; nothing is built."""
    sdist = tmp_path / sdists.NAME
    sdist.write_bytes(case.content)
    files = judged(sdist, "sdist")
    assert case.refusal == (files if isinstance(files, str) else "")
    if not isinstance(files, str):
        assert_unpacked_alike(sdist, files, tmp_path)


@pytest.mark.parametrize("project", [FLIT, HATCHLING, SETUPTOOLS], ids=lambda project: project.name)
def test_artifacts_of_a_real_backend_are_read_as_they_are_installed(
    project, release: MakeRelease, tmp_path: Path
) -> None:
    """What honest tools build; `python -m corpus install` does the same with releases that people use."""
    built = release(project)
    wheel, sdist = judged(built.wheel, "wheel"), judged(built.sdist, "sdist")
    assert not isinstance(wheel, str)
    assert not isinstance(sdist, str)
    assert_installed_alike(built.wheel, wheel, tmp_path)
    assert_unpacked_alike(built.sdist, sdist, tmp_path / "sdist")
    assert unpacked_by_pip(built.sdist, tmp_path / "by-pip") == sdist
    assert unpacked_by_uv(built.sdist, tmp_path / "by-uv") == sdist


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ('requires = ["flit-core"]', True),
        ("requires = []", False),
        ("requires = [\"flit-core; python_version < '3'\"]", False),
        ('requires = ["evil @ file:///evil"]', False),
    ],
)
def test_an_sdist_that_could_run_its_own_code_is_not_given_to_uv(
    system: str, expected: bool, tmp_path: Path
) -> None:
    """Only what has to be found first keeps a build from beginning."""
    path = tmp_path / sdists.NAME
    text = f"[build-system]\n{system}\n"
    path.write_bytes(sdists.written(sdists.member(f"{sdists.TOP}/pyproject.toml", text.encode())))
    assert builds_with_others(unpack(path, "sdist", Limits())) is expected
