"""Telling others: in, a release that is not its source; out, texts in a folder, and nothing sent by itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus.example import FLIT, UNTAGGED, Release
from corpus.package_index import PackageIndex
from corpus.tamper import append, rewrite
from provenance.cli.flag import _addresses
from provenance.model import ReleaseReport, Source, Verdict
from provenance.report.flag_format import MOST_LINES
from tests.conftest import MakeRelease, Run, Serve

LINE = b"\nimport subprocess\nsubprocess.run(['whoami'])\n"
ISSUES = "https://github.com/example-org/plume/issues/new"


@pytest.fixture
def built(release: MakeRelease) -> Release:
    """The example release."""
    return release(FLIT)


@pytest.fixture
def tampered(built: Release, tmp_path: Path) -> Path:
    """Its wheel with lines that start a program."""
    return rewrite(built.wheel, tmp_path / "bad", {"plume/greeting.py": append(LINE)})


@pytest.fixture
def index(built: Release, tampered: Path, serve: Serve) -> PackageIndex:
    """An index with that wheel."""
    return serve([built.sdist, tampered])


def test_the_text_for_the_index_says_what_where_and_how(
    index: PackageIndex, tampered: Path, run: Run, tmp_path: Path
) -> None:
    """The file, the digests, what its code does, the lines that differ, and the commands that show it."""
    outcome = run("flag", FLIT.reference, "--index", index.simple, "--output", str(tmp_path / "out"))
    assert outcome.code == 1, outcome.stderr
    text = (tmp_path / "out/for-the-index.md").read_text()
    assert "`plume/greeting.py`" in text
    assert hashlib.sha256(tampered.read_bytes()).hexdigest() in text
    assert "can start other programs: subprocess" in text.replace("\\", "")
    assert "\n+subprocess.run(['whoami'])\n" in text
    assert "provenance diff plume==1.0.0 plume/greeting.py" in text


def test_the_text_for_the_maintainers_says_how_to_settle_it(
    index: PackageIndex, run: Run, tmp_path: Path
) -> None:
    """Friendly, with what to do in either case."""
    run("flag", FLIT.reference, "--index", index.simple, "--output", str(tmp_path / "out"))
    text = (tmp_path / "out/for-the-maintainers.md").read_text()
    assert text.startswith("# plume 1.0.0 on the package index")
    assert "a question, not an accusation" in text
    assert "built from a fresh clone of the tag" in text
    assert "If nobody of you put these files there" in text


def test_where_the_texts_are_and_who_they_are_for_is_printed(
    index: PackageIndex, run: Run, tmp_path: Path
) -> None:
    """With the evidence beside them."""
    folder = tmp_path / "out"
    outcome = run("flag", FLIT.reference, "--index", index.simple, "--output", str(folder))
    assert f"{folder}/for-the-index.md: for those who run the index at 127.0.0.1" in outcome.stdout
    assert f"{folder}/for-the-maintainers.md: for {ISSUES}" in outcome.stdout
    assert "Nothing was sent." in outcome.stdout
    assert list((folder / "reports/plume/1.0.0").glob("*.whl.intoto.json"))


@pytest.mark.parametrize("asked", [True, False])
def test_the_browser_is_opened_only_when_asked(
    asked: bool, release: MakeRelease, serve: Serve, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the address of the most urgent text that has one."""
    opener, opened = tmp_path / "bin" / "xdg-open", tmp_path / "opened"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}:/usr/bin:/bin")
    data = serve(
        [rewrite(release(FLIT).wheel, tmp_path / "bad", {"plume/greetings.txt": append(b"Salut\n")})]
    )
    options = ["--open"] if asked else []
    outcome = run("flag", FLIT.reference, "--index", data.simple, "--output", str(tmp_path / "out"), *options)
    assert outcome.code == 3, outcome.stdout + outcome.stderr
    assert opened.exists() is asked
    assert not asked or opened.read_text().strip() == ISSUES


def test_what_cannot_be_told_is_a_question_for_the_maintainers_alone(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A missing tag is no evidence for a security team; the maintainers are told how to push it."""
    index = serve(release(UNTAGGED).artifacts)
    outcome = run("flag", UNTAGGED.reference, "--index", index.simple, "--output", str(tmp_path / "out"))
    assert outcome.code == 3
    assert not (tmp_path / "out/for-the-index.md").exists()
    assert "git push origin v1.0.0" in (tmp_path / "out/for-the-maintainers.md").read_text()


def test_of_a_release_that_is_its_source_nothing_is_written(
    built: Release, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """There is nothing to report."""
    index = serve(built.artifacts)
    outcome = run("flag", FLIT.reference, "--index", index.simple, "--output", str(tmp_path / "out"))
    assert outcome.code == 0
    assert "nothing to report" in outcome.stdout
    assert not (tmp_path / "out").exists()


def test_the_difference_is_cut_and_cannot_end_its_block(
    built: Release, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A stranger's lines stay inside the block that shows them, and do not bury the rest."""
    flood = b"```\n# <img src=x>\n" + b"".join(b"x%d = 1\n" % number for number in range(200))
    wheel = rewrite(built.wheel, tmp_path / "bad", {"plume/_hook.py": append(flood)})
    index = serve([built.sdist, wheel])
    run("flag", FLIT.reference, "--index", index.simple, "--output", str(tmp_path / "out"))
    text = (tmp_path / "out/for-the-index.md").read_text()
    assert "\n````diff\n" in text
    assert "\n+```\n" in text
    assert f"… and {202 + 1 - MOST_LINES} more lines" in text


def test_the_usual_index_has_an_address_for_such_texts() -> None:
    """It is made from the host of that index; of another index only its host is named."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    source = Source(repository="https://gitlab.com/a/b", ref="v1", commit="0" * 40, tree="0" * 40)
    report = ReleaseReport(name="a", version="1", verdict=Verdict.MISMATCH, source=source, artifacts=())
    security, issues = (address for _, address in _addresses(report, PYPI_SIMPLE_ENDPOINT).values())
    assert str(security).endswith("/security/")
    assert issues == "https://gitlab.com/a/b/-/issues/new"
