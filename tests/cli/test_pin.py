"""Pinning: in, a requirements file and an index; out, a file that installs what was checked, or nothing."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.pylock import Pylock

from corpus.example import FLIT, UNTAGGED, Project, Release, flit
from corpus.tamper import append, rewrite
from tests.conftest import MakeRelease, Run, Serve


def chorus(project: Project) -> dict[str, str]:
    """A project that needs another one."""
    files = flit(project)
    dependency = 'dependencies = ["plume>=1"]\nrequires-python'
    files["pyproject.toml"] = files["pyproject.toml"].replace("requires-python", dependency)
    return files


CHORUS = Project("plume-chorus", chorus)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A file that asks for the project that needs another one."""
    file = tmp_path / "requirements.in"
    file.write_text("plume-chorus\n")
    return file


@pytest.fixture
def both(release: MakeRelease) -> tuple[Release, Release]:
    """The project, and the one that it needs."""
    return release(CHORUS), release(FLIT)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def install(requirements: Path, index: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Install a file into a fresh environment, as a person would."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--isolated", "--python", str(folder / "bin" / "python")]
    command = [*pip, "install", "--no-cache-dir", "--index-url", index, "--require-hashes", "-r"]
    return subprocess.run([*command, str(requirements)], capture_output=True, text=True, check=False)


def test_what_is_pinned_installs_with_hashes_required(
    asked: Path, both: tuple[Release, Release], serve: Serve, run: Run, tmp_path: Path
) -> None:
    """The file holds the dependency too, and pip takes it without another word."""
    index = serve([*both[0].artifacts, *both[1].artifacts]).simple
    pinned = tmp_path / "requirements.txt"
    outcome = run("pin", "-r", str(asked), "-o", str(pinned), "--index", index)
    assert outcome.code == 0, outcome.stderr
    assert outcome.stdout == ""
    assert install(pinned, index, tmp_path / "fresh").returncode == 0
    assert list((tmp_path / "fresh").rglob("site-packages/plume/greeting.py"))


def test_a_file_that_changed_after_it_was_pinned_is_not_installed(
    asked: Path, both: tuple[Release, Release], serve: Serve, run: Run, tmp_path: Path
) -> None:
    """That is what the digests are for."""
    artifacts = [*both[0].artifacts, *both[1].artifacts]
    pinned = tmp_path / "requirements.txt"
    run("pin", "-r", str(asked), "-o", str(pinned), "--index", serve(artifacts).simple)
    wheel = rewrite(both[1].wheel, tmp_path / "changed", {"plume/greeting.py": append(b"\n# later\n")})
    sdist = rewrite(both[1].sdist, tmp_path / "changed", {"plume/greeting.py": append(b"\n# later\n")})
    done = install(pinned, serve([*both[0].artifacts, wheel, sdist]).simple, tmp_path / "fresh")
    assert done.returncode
    assert "HASH" in done.stderr.upper()


def test_exactly_the_checked_artifacts_are_listed(
    asked: Path, both: tuple[Release, Release], serve: Serve, run: Run
) -> None:
    """One digest for each, under a line that says what was verified; without -o, on stdout."""
    index = serve([*both[0].artifacts, *both[1].artifacts]).simple
    lines = run("pin", "-r", str(asked), "--index", index).stdout.splitlines()
    hashes = {line.split(":")[1].split()[0] for line in lines if "--hash=sha256:" in line}
    assert hashes == {sha256(path) for built in both for path in built.artifacts}
    place = f"github.com/example-org/plume, tag v1.0.0 (commit {both[1].commit[:8]})"
    assert f"# match: {place}, checked 2 artifacts" in lines


def test_pylock_names_the_same_files(
    asked: Path, both: tuple[Release, Release], serve: Serve, run: Run
) -> None:
    """And is valid by the standard's own reader (PEP 751)."""
    index = serve([*both[0].artifacts, *both[1].artifacts])
    outcome = run("pin", "-r", str(asked), "--index", index.simple, "--format", "pylock")
    lock = Pylock.from_dict(tomllib.loads(outcome.stdout))
    files = [file for package in lock.packages for file in (package.sdist, *(package.wheels or ())) if file]
    assert {file.hashes["sha256"] for file in files} == {
        sha256(path) for one in both for path in one.artifacts
    }
    assert all(str(file.url).startswith(index.url) for file in files)
    assert "# match: github.com/example-org/plume, tag v1.0.0" in outcome.stdout


def test_a_release_that_is_not_its_source_is_named_and_nothing_written(
    asked: Path, both: tuple[Release, Release], serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A dependency's wheel with another line in it is the first thing said; what stood in the file stays."""
    wheel = rewrite(both[1].wheel, tmp_path / "bad", {"plume/greeting.py": append(b"\nprint(1)\n")})
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("what was there\n")
    index = serve([*both[0].artifacts, both[1].sdist, wheel]).simple
    outcome = run("pin", "-r", str(asked), "-o", str(pinned), "--index", index)
    assert outcome.code == 1
    assert outcome.stderr.startswith("NO. plume 1.0.0 ")
    assert pinned.read_text() == "what was there\n"
    assert outcome.stdout == ""


def test_a_release_of_which_nobody_can_tell_is_pinned_with_a_word(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """Its comment says so, and so does the exit code."""
    asked = tmp_path / "requirements.in"
    asked.write_text(f"{UNTAGGED.name}\n")
    outcome = run("pin", "-r", str(asked), "--index", serve(release(UNTAGGED).artifacts).simple)
    assert outcome.code == 3
    assert "# no-source: cannot tell" in outcome.stdout
    assert "cannot tell: plume-untagged 1.0.0" in outcome.stderr


def test_digests_in_the_file_that_is_read_bind(
    asked: Path, both: tuple[Release, Release], serve: Serve, run: Run
) -> None:
    """A file that is pinned again is not pinned to other files."""
    asked.write_text(f"plume-chorus==1.0.0 --hash=sha256:{'0' * 64}\n")
    outcome = run("pin", "-r", str(asked), "--index", serve([*both[0].artifacts, *both[1].artifacts]).simple)
    assert outcome.code == 1
    assert "is not the file that" in outcome.stderr
    assert outcome.stdout == ""


def test_constraints_hold_for_what_is_needed_too(
    asked: Path, both: tuple[Release, Release], serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A constraint that no release meets is said, with the project's name."""
    (tmp_path / "limits.txt").write_text("plume<1\n")
    asked.write_text("-c limits.txt\nplume-chorus\n")
    outcome = run("pin", "-r", str(asked), "--index", serve([*both[0].artifacts, *both[1].artifacts]).simple)
    assert outcome.code == 4
    assert "plume<1" in outcome.stderr


@pytest.mark.parametrize(
    "option", ["", "--no-binary :all:\n", "--no-binary trap\n", "--only-binary :none:\n"]
)
@pytest.mark.parametrize("name", ["trap", "needs-trap"])
def test_no_build_runs_whatever_the_file_asks_for(
    name: str, option: str, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """An sdist whose build would leave a mark: it is named as one that needs a build, and no mark is left."""
    mark = tmp_path / "mark"
    index = serve([_trap(tmp_path, mark), _wheel(tmp_path, "needs_trap", "trap")]).simple
    asked = tmp_path / "requirements.in"
    asked.write_text(f"{option}{name}\n")
    outcome = run("pin", "-r", str(asked), "--index", index)
    assert outcome.code == 4
    assert "trap needs to be built" in outcome.stderr
    assert not mark.exists()


def test_a_dependency_by_address_is_not_followed(serve: Serve, run: Run, tmp_path: Path) -> None:
    """A wheel on the index can name any address, and what is there could be built."""
    mark = tmp_path / "mark"
    trap = _trap(tmp_path, mark)
    index = serve([_wheel(tmp_path, "lure", f"trap @ {trap.as_uri()}")]).simple
    asked = tmp_path / "requirements.in"
    asked.write_text("lure\n")
    outcome = run("pin", "-r", str(asked), "--index", index)
    assert outcome.code == 4
    assert not mark.exists()


def test_what_does_not_come_from_the_index_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    """The sentence names the line."""
    asked = tmp_path / "requirements.in"
    asked.write_text("plume\n./here\n")
    outcome = run("pin", "-r", str(asked))
    assert outcome.code == 2
    assert "requirements.in:2" in outcome.stderr


def _trap(folder: Path, mark: Path) -> Path:
    """An sdist with a build backend of its own, which needs nothing and leaves a mark as soon as it is asked."""
    files = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: trap\nVersion: 1.0\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": f"open({str(mark)!r}, 'w')\n",
    }
    path = folder / "trap-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"trap-1.0/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return path


def _wheel(folder: Path, name: str, requirement: str) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: {requirement}\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-1.0.dist-info/METADATA", metadata)
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return path
