"""One file's difference: in, a release and a path; out, the lines that differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.example import FLIT, Release
from corpus.tamper import append, rewrite
from tests.conftest import MakeRelease, Run, Serve

PATH = "plume/greeting.py"
SECRET = "print('not in the source')"


@pytest.fixture
def built(release: MakeRelease) -> Release:
    """The example release."""
    return release(FLIT)


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_the_added_line_is_shown(kind: str, built: Release, serve: Serve, run: Run, tmp_path: Path) -> None:
    """The line that is in the artifact alone is printed with a plus."""
    artifacts = {"sdist": built.sdist, "wheel": built.wheel}
    artifacts[kind] = rewrite(artifacts[kind], tmp_path, {PATH: append(f"{SECRET}\n".encode())})
    outcome = run("diff", built.reference, PATH, "--index", serve(artifacts.values()).simple)
    added = [line for line in outcome.stdout.splitlines() if line.startswith("+") and SECRET in line]
    assert len(added) == 1, outcome.stdout + outcome.stderr


def test_a_file_that_the_source_lacks_is_shown_whole(
    built: Release, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """All of an added file is new."""
    wheel = rewrite(built.wheel, tmp_path, {"plume/_hook.py": append(f"{SECRET}\n".encode())})
    outcome = run("diff", built.reference, "plume/_hook.py", "--index", serve([built.sdist, wheel]).simple)
    assert f"+{SECRET}" in outcome.stdout


def test_an_identical_file_has_no_difference(built: Release, serve: Serve, run: Run) -> None:
    """A file that is identical has no difference to show, and exit code 0."""
    outcome = run("diff", built.reference, PATH, "--index", serve(built.artifacts).simple)
    assert outcome.code == 0
    assert not [line for line in outcome.stdout.splitlines() if line.startswith(("+", "-"))]


def test_a_path_that_no_artifact_holds_is_a_usage_error(built: Release, serve: Serve, run: Run) -> None:
    """The sentence names the path."""
    outcome = run("diff", built.reference, "plume/absent.py", "--index", serve(built.artifacts).simple)
    assert outcome.code == 2
    assert "plume/absent.py" in outcome.stderr


def test_terminal_codes_in_a_file_do_not_reach_the_terminal(
    built: Release, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A file that would repaint the screen is shown escaped."""
    wheel = rewrite(built.wheel, tmp_path, {PATH: append(b"# \x1b[2Jgone\n")})
    outcome = run("diff", built.reference, PATH, "--index", serve([built.sdist, wheel]).simple)
    assert "gone" in outcome.stdout
    assert "\x1b" not in outcome.stdout
