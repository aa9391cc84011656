"""Build requirements: in, what a project states; out, only releases on the index, as wheels."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.installed_wheel import installed_wheel
from provenance.errors import RebuildError
from provenance.rebuild.environment import Interpreter, Packages
from tests.conftest import Serve

HERE = Interpreter(
    version=f"3.{sys.version_info.minor}",
    program=Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}",
    folder=Path(sys.base_prefix),
)


@pytest.fixture
def packages(serve: Serve, tmp_path: Path) -> Packages:
    """An index with flit_core alone."""
    index = serve([installed_wheel("flit_core", tmp_path)])
    return Packages(index.simple, os.environ["PATH"])


def test_requirements_are_resolved_to_exact_lines_and_installed(packages: Packages, tmp_path: Path) -> None:
    (line,) = packages.resolve(["flit_core>=3"], [], HERE, None)
    assert line.startswith("flit-core==")
    assert " --hash=sha256:" in line
    packages.install([line], HERE, tmp_path / "environment")
    assert list((tmp_path / "environment").glob("lib/*/site-packages/flit_core/buildapi.py"))


@pytest.mark.parametrize(
    "row",
    [
        "-r /etc/passwd",
        "--index-url https://files.example/",
        "plume @ https://files.example/plume.whl",
        "a\n-r b",
        "",
    ],
)
def test_what_is_no_release_on_the_index_is_refused(row: str, packages: Packages) -> None:
    with pytest.raises(RebuildError, match=r"for its build|not on the index"):
        packages.resolve(["flit_core", row], [], HERE, None)


@pytest.mark.parametrize(
    "lines", [["flit-core"], ["flit-core==3.12"], ["-r other.txt"], ["flit-core==3.12 --hash=sha256:00"]]
)
def test_a_recipe_installs_nothing_without_hashes(
    lines: Sequence[str], packages: Packages, tmp_path: Path
) -> None:
    with pytest.raises(RebuildError, match="not one release with its hashes"):
        packages.install(lines, HERE, tmp_path / "environment")
    assert not (tmp_path / "environment").exists()


def test_an_interpreter_of_this_machine_is_found(packages: Packages) -> None:
    assert packages.interpreters()
