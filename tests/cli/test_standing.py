"""The standing of a project: in, what an index serves; out, facts with dates, and a word where one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.example import FLIT
from corpus.package_index import PackageIndex
from tests.conftest import MakeRelease, Run, Serve

NOT_SAID = "not known: this index does not say"
UPLOADED = {
    "plume-0.8.0.tar.gz": "2019-05-04T10:00:00Z",
    "plume-0.9.0.tar.gz": "2020-01-02T10:00:00Z",
    "plume-1.0.0.tar.gz": "2021-07-08T10:00:00Z",
}
DETAILS = {
    "plume/1.0.0": {
        "ownership": {
            "organization": "example-org",
            "roles": [{"role": "Owner", "user": "ada"}, {"role": "Maintainer", "user": "grace"}],
        },
        "vulnerabilities": [
            {"id": "FLAW-1", "aliases": ["CVE-1"], "summary": "Greets twice", "fixed_in": ["1.0.1", "1.1"]},
            {"id": "FLAW-2", "summary": "Was no flaw", "fixed_in": [], "withdrawn": "2022-01-01T00:00:00Z"},
        ],
    }
}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three releases of one project; nothing looks into them."""
    paths = [tmp_path / name for name in UPLOADED]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


def rows(run: Run, index: PackageIndex, *options: str) -> dict[str, str]:
    """What is said, by what it is about."""
    outcome = run("standing", "plume==1.0.0", "--index", index.simple, *options)
    assert outcome.code == 0, outcome.stderr
    head, *lines = outcome.stdout.splitlines()
    assert head == "plume 1.0.0 on 127.0.0.1:"
    return {line[2:16].strip(): line[17:] for line in lines}


def test_dates_come_from_the_uploads(files: list[Path], serve: Serve, run: Run) -> None:
    """The first, the last and this release, each with its day."""
    said = rows(run, serve(files, uploaded=UPLOADED))
    assert said["first release"].startswith("2019-05-04 (")
    assert said["first release"].endswith(" days ago): 0.8.0")
    assert said["releases"].startswith("3; the last one is 1.0.0, 2021-07-08 (")
    assert said["this release"].startswith("1.0.0, 2021-07-08 (")


def test_what_the_json_api_says_is_told(files: list[Path], serve: Serve, run: Run) -> None:
    """Publishers with their roles, flaws with the versions that are without them; withdrawn advisories are none."""
    said = rows(run, serve(files, details=DETAILS))
    assert said["publishers"].startswith(
        "example-org (organization), ada (Owner), grace (Maintainer); since when"
    )
    assert said["known flaws"] == "FLAW-1, CVE-1: Greets twice; fixed in 1.0.1, 1.1"


def test_no_known_flaw_is_another_answer_than_silence(files: list[Path], serve: Serve, run: Run) -> None:
    """An empty list of advisories is a statement."""
    said = rows(run, serve(files, details={"plume/1.0.0": {"vulnerabilities": []}}))
    assert said["known flaws"] == "none is known of 1.0.0"
    assert said["publishers"] == NOT_SAID


@pytest.mark.parametrize("details", [None, {"plume/1.0.0": ["not", "a", "page"]}])
def test_what_is_missing_is_said_to_be(details: object, files: list[Path], serve: Serve, run: Run) -> None:
    """An index that speaks HTML alone, and one whose JSON API serves something else."""
    said = rows(run, serve(files, html_only=True, details=details))
    assert {said[key] for key in ("first release", "status", "publishers", "known flaws")} == {NOT_SAID}
    assert said["downloads"] == "not known: no list of ranks was given (--ranks FILE)"
    assert said["your reports"] == "none of another release"


def test_withdrawn_releases_are_counted_and_named(files: list[Path], serve: Serve, run: Run) -> None:
    """This one among them is said apart."""
    yanked = dict.fromkeys(["plume-0.9.0.tar.gz", "plume-1.0.0.tar.gz"], "broken")
    assert rows(run, serve(files, yanked=yanked))["withdrawn"] == "2 of 3 (this one too): 1.0.0, 0.9.0"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (("archived", ""), "archived: its maintainers will publish nothing more"),
        (("quarantined", "under review"), "lets nobody install it (under review)"),
    ],
)
def test_the_status_is_explained(
    status: tuple[str, str], expected: str, files: list[Path], serve: Serve, run: Run
) -> None:
    """In words that need no explanation, with the index's reason."""
    assert rows(run, serve(files, status=status))["status"].endswith(expected)


def test_the_place_among_the_most_downloaded_comes_from_the_file_given(
    files: list[Path], serve: Serve, run: Run, tmp_path: Path
) -> None:
    """With how many projects the list has."""
    ranks = tmp_path / "ranks.csv"
    ranks.write_text("rank,project,downloads_30_days\n1,Other,90\n2,Plume,1234567\n")
    said = rows(run, serve(files), "--ranks", str(ranks))
    assert said["downloads"] == "place 2 of the 2 projects of the list given, 1,234,567 downloads"


def test_a_list_without_the_columns_is_a_usage_error(
    files: list[Path], serve: Serve, run: Run, tmp_path: Path
) -> None:
    """The sentence names the file and the columns."""
    ranks = tmp_path / "ranks.csv"
    ranks.write_text("a,b\n1,2\n")
    outcome = run("standing", "plume==1.0.0", "--index", serve(files).simple, "--ranks", str(ranks))
    assert outcome.code == 2
    assert "ranks.csv" in outcome.stderr
    assert "rank and project" in outcome.stderr


def test_the_users_own_reports_of_other_releases_count(
    release: MakeRelease, files: list[Path], serve: Serve, run: Run
) -> None:
    """A check leaves a report, and the standing of another release tells its verdict."""
    run("check", FLIT.reference, "--index", serve(release(FLIT).artifacts).simple)
    outcome = run("standing", "plume==0.9.0", "--index", serve(files).simple)
    assert "of 1 other release: 1 match" in outcome.stdout


def test_names_that_would_repaint_the_screen_are_shown_escaped(
    files: list[Path], serve: Serve, run: Run
) -> None:
    """The index's texts are a stranger's."""
    said = rows(run, serve(files, status=("archived", "\x1b[2Jgone")))
    assert "\\x1b[2Jgone" in said["status"]


def test_a_check_tells_the_standing_below_its_answer(release: MakeRelease, serve: Serve, run: Run) -> None:
    """The answer and the exit code are the check's."""
    index = serve(release(FLIT).artifacts)
    outcome = run("check", FLIT.reference, "--index", index.simple, "--standing")
    assert outcome.code == 0
    assert outcome.stdout.startswith("Yes. ")
    assert "\nplume 1.0.0 on 127.0.0.1:\n  first release  2025-03-02 (" in outcome.stdout


def test_an_answer_does_not_wait_for_the_standing(release: MakeRelease, serve: Serve, run: Run) -> None:
    """A file of one's own is checked where no index knows it."""
    outcome = run("check", str(release(FLIT).wheel), "--index", serve([]).simple, "--standing")
    assert outcome.code == 0
    assert "Its standing is not known: The index has no project named plume" in outcome.stdout
