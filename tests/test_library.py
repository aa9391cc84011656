"""The public library: in, `import provenance`; out, a dozen names at most, and reports without a printed word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import provenance
from corpus.command import ROOT, hermetic
from corpus.example import FLIT
from corpus.git_host import GitHost
from tests.conftest import MakeRelease, Serve

NAMES = {
    "Answer",
    "ArtifactReport",
    "Evidence",
    "Finding",
    "Notice",
    "ProvenanceError",
    "ReleaseReport",
    "Severity",
    "Source",
    "Verdict",
    "check",
}


@pytest.fixture
def own_environment(tmp_path: Path, git_host: GitHost, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process with no configuration, cache or data but those of the test; its cache."""
    for name, value in hermetic(tmp_path, git_host.write_gitconfig(tmp_path / "gitconfig")).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "cache"


def test_the_public_names_are_these() -> None:
    """Another name is a promise, a missing one a broken promise."""
    assert set(provenance.__all__) == NAMES
    assert set(dir(provenance)) == NAMES
    assert all(getattr(provenance, name).__doc__ for name in NAMES)


def test_no_other_name_is_there_by_accident() -> None:
    """A misspelt name is an AttributeError that says so."""
    with pytest.raises(AttributeError, match="chekc"):
        _ = provenance.chekc


def test_importing_it_loads_nothing() -> None:
    """A program that may never check anything does not wait for what a check needs."""
    code = "import sys, provenance; print([name for name in sys.modules if name.startswith('provenance')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['provenance']"


def test_a_check_gives_the_report_and_prints_nothing(
    release: MakeRelease, serve: Serve, own_environment: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The same answer as on the command line, as a value."""
    index = serve(release(FLIT).artifacts).simple
    report = provenance.check("plume==1.0.0", index=index, cache=own_environment)
    assert report.answer is provenance.Answer.YES
    assert report.verdict is provenance.Verdict.MATCH
    assert report.source is not None
    assert report.source.commit == release(FLIT).commit
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_done_is_one_kind_of_error(
    release: MakeRelease, serve: Serve, own_environment: Path
) -> None:
    """With a sentence for people."""
    index = serve(release(FLIT).artifacts).simple
    with pytest.raises(provenance.ProvenanceError, match="no sdist or wheel of plume 9"):
        provenance.check("plume==9", index=index, cache=own_environment)
