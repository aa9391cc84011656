"""An environment: in, what pip installed there and what was done to it since; out, one answer about all of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.command import Outcome
from corpus.example import ENVIRONMENT, FLIT, HATCHLING
from corpus.tamper import append, rewrite_wheel
from tests.conftest import MakeRelease, Run, Serve

YES, NO, CANNOT_TELL = 0, 1, 3
CheckInstalled = Callable[..., Outcome]


@pytest.fixture(scope="session")
def pristine(release: MakeRelease, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that two releases were installed in, from an index."""
    from corpus.package_index import PackageIndex

    folder = tmp_path_factory.mktemp("environment")
    with PackageIndex([*release(FLIT).artifacts, *release(HATCHLING).artifacts]) as index:
        pip(folder, "--index-url", index.simple, FLIT.reference, HATCHLING.reference)
    return folder


def pip(folder: Path, *arguments: str) -> None:
    """Install into a folder of its own, with nobody's configuration."""
    command = [sys.executable, "-m", "pip", "install", "--isolated", "--quiet", "--no-deps", "--no-compile"]
    options = ["--disable-pip-version-check", "--no-build-isolation", "--prefix", str(folder)]
    subprocess.run([*command, *options, *arguments], check=True, env=ENVIRONMENT)


@pytest.fixture
def site(pristine: Path, tmp_path: Path) -> Path:
    """The folder of packages of a fresh copy of the environment."""
    shutil.copytree(pristine, tmp_path / "environment")
    return next((tmp_path / "environment").glob("lib/python3*/site-packages"))


@pytest.fixture
def check_installed(site: Path, run: Run, serve: Serve, release: MakeRelease) -> CheckInstalled:
    """Check the environment against an index, by default the one that all was installed from."""

    def check(*options: str, artifacts: tuple[Path, ...] = ()) -> Outcome:
        index = serve(artifacts or [*release(FLIT).artifacts, *release(HATCHLING).artifacts])
        environment = str(site.parents[2])
        return run("check", "--python", environment, "--index", index.simple, "--no-sign", *options)

    return check


def test_what_pip_installed_is_the_source(check_installed: CheckInstalled) -> None:
    """Nothing that an installer writes itself is in the way."""
    outcome = check_installed()
    assert outcome.code == YES, outcome.stdout + outcome.stderr
    assert outcome.stdout.splitlines()[-1] == "2 releases: 2 match"


@pytest.mark.parametrize("path", ["bin/python", "lib/python3.11/site-packages", ""])
def test_an_environment_can_be_named_in_several_ways(
    path: str, site: Path, run: Run, serve: Serve, release: MakeRelease
) -> None:
    """By its interpreter, which is not started, by its folder, or by its folder of packages."""
    environment = site.parents[2]
    (environment / "bin").mkdir(exist_ok=True)
    (environment / "bin" / "python").write_text("#!/bin/false\n")
    named = str(site) if path.endswith("packages") else str(environment / path)
    index = serve([*release(FLIT).artifacts, *release(HATCHLING).artifacts])
    assert run("check", "--python", named, "--index", index.simple, "--no-sign").code == YES


def test_a_file_that_was_changed_after_installation_is_no(
    site: Path, check_installed: CheckInstalled
) -> None:
    """Though the release itself is the source."""
    with (site / "plume" / "greeting.py").open("a") as file:
        file.write("import os\n")
    outcome = check_installed()
    assert outcome.code == NO
    assert outcome.stdout.startswith("NO. plume 1.0.0 in ")
    assert "high      file  plume/greeting.py  was changed after it was installed" in outcome.stdout
    assert "2 match · 1 changed after installation   1 high" in outcome.stdout.splitlines()[-1]


def test_a_file_that_joined_a_package_is_no(site: Path, check_installed: CheckInstalled) -> None:
    """RECORD does not list it."""
    (site / "plume" / "_hook.py").write_text("import os\n")
    outcome = check_installed()
    assert outcome.code == NO
    assert "plume/_hook.py" in outcome.stdout


def test_a_file_that_is_gone_is_no(site: Path, check_installed: CheckInstalled) -> None:
    """What is installed is then not the release."""
    (site / "plume" / "greetings.csv").unlink()
    outcome = check_installed()
    assert outcome.code == NO
    assert "was installed, and is gone" in outcome.stdout


def test_a_record_that_was_changed_too_deceives_nobody(
    site: Path, release: MakeRelease, check_installed: CheckInstalled, tmp_path: Path
) -> None:
    """The index's wheel is the measure, not what the environment says of itself."""
    wheel = rewrite_wheel(release(FLIT).wheel, tmp_path, {"plume/greeting.py": append(b"import os\n")})
    shutil.rmtree(site / "plume")
    shutil.rmtree(site / "plume-1.0.0.dist-info")
    shutil.unpack_archive(wheel, site, "zip")
    outcome = check_installed()
    assert outcome.code == NO
    assert f"plume/greeting.py  is not the file in {wheel.name} on the index" in outcome.stdout


def test_a_file_that_starts_with_python_belongs_to_somebody(
    site: Path, check_installed: CheckInstalled
) -> None:
    """One that no release lists is named."""
    (site / "extra.pth").write_text("import os\n")
    outcome = check_installed()
    assert outcome.code == CANNOT_TELL
    assert "Not checked. extra.pth" in outcome.stdout
    assert "runs at every start of Python" in outcome.stdout


def test_a_package_that_nobody_installed_is_named(site: Path, check_installed: CheckInstalled) -> None:
    """It can be imported like any other, and no index knows it."""
    (site / "stowaway").mkdir()
    (site / "stowaway" / "__init__.py").write_text("import os\n")
    outcome = check_installed()
    assert outcome.code == CANNOT_TELL
    assert "Not checked. stowaway" in outcome.stdout


def test_a_file_in_a_folder_that_releases_share_is_no(site: Path, check_installed: CheckInstalled) -> None:
    """As namespace packages are; what the other release lists is not taken for it."""
    record = site / "plume_hatch-1.0.0.dist-info" / "RECORD"
    (site / "plume" / "shared.py").write_text("")
    record.write_text(record.read_text() + "plume/shared.py,,\n")
    (site / "plume" / "_hook.py").write_text("import os\n")
    outcome = check_installed("--format", "json")
    found = {
        (row["name"], finding["path"]) for row in outcome.document["altered"] for finding in row["findings"]
    }
    assert outcome.code == NO
    assert ("plume", "plume/_hook.py") in found
    assert ("plume", "plume/shared.py") not in found


def test_bytecode_is_left_aside(site: Path, check_installed: CheckInstalled) -> None:
    """Python writes it when it imports a module."""
    (site / "plume" / "__pycache__").mkdir()
    (site / "plume" / "__pycache__" / "greeting.cpython-311.pyc").write_bytes(b"")
    assert check_installed().code == YES


def test_what_was_installed_from_a_file_is_named(
    site: Path, release: MakeRelease, check_installed: CheckInstalled
) -> None:
    """direct_url.json says that the index has no part in it."""
    pip(site.parents[2], "--force-reinstall", "--no-index", str(release(FLIT).wheel))
    outcome = check_installed()
    assert outcome.code == CANNOT_TELL
    assert "2 releases: 1 match · 1 not checked" in outcome.stdout


def test_where_the_index_has_no_such_wheel_that_is_said(
    release: MakeRelease, check_installed: CheckInstalled
) -> None:
    """Then the files were compared with RECORD alone, and nobody can tell."""
    outcome = check_installed(artifacts=(release(FLIT).sdist, *release(HATCHLING).artifacts))
    assert outcome.code == CANNOT_TELL
    assert "(RECORD) alone" in outcome.stdout


def test_a_missing_record_is_said(site: Path, check_installed: CheckInstalled) -> None:
    """There is nothing to compare the files with."""
    (site / "plume-1.0.0.dist-info" / "RECORD").unlink()
    outcome = check_installed()
    assert outcome.code == CANNOT_TELL
    assert "RECORD" in outcome.stdout


def test_a_folder_without_packages_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    """The sentence says what would do."""
    outcome = run("check", "--python", str(tmp_path))
    assert outcome.code == 2
    assert "no Python environment" in outcome.stderr
