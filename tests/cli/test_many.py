"""Many releases at once: in, references and files that name them; out, one answer, the worst release first."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.crowd import make_crowd, served
from corpus.example import FLIT, HATCHLING, UNLINKED, Release
from corpus.git_host import GitHost
from corpus.lock_files import ALL_FILES, LOCK_FILES, sha256
from corpus.package_index import PackageIndex
from corpus.tamper import append, rewrite_wheel
from tests.conftest import MakeRelease, Run, Serve

YES, NO, USAGE, CANNOT_TELL, FAILED = range(5)
PAYLOAD = append(b"import os\n")


@pytest.fixture
def tampered(release: MakeRelease, tmp_path: Path) -> Path:
    """HATCHLING's wheel with one file more than its source has."""
    built = release(HATCHLING)
    return rewrite_wheel(built.wheel, tmp_path / "tampered", {f"{HATCHLING.package}/_hook.py": PAYLOAD})


def written(folder: Path, name: str, text: str) -> str:
    """The path of a file with this text."""
    (folder / name).write_text(text)
    return str(folder / name)


def all_of(*releases: Release) -> list[Path]:
    """The artifacts of several releases."""
    return [path for each in releases for path in each.artifacts]


@pytest.mark.parametrize("name", ALL_FILES)
def test_all_that_a_file_names_is_checked(
    name: str, release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """Whatever the format, clean releases are only counted."""
    releases = release(FLIT), release(HATCHLING)
    index = serve(all_of(*releases))
    outcome = run("check", "-r", written(tmp_path, name, ALL_FILES[name](releases)), "--index", index.simple)
    assert outcome.code == YES, outcome.stdout + outcome.stderr
    assert outcome.stdout.splitlines()[1:] == ["2 releases: 2 match"]


@pytest.mark.parametrize("name", ALL_FILES)
def test_a_tampered_release_comes_first(
    name: str, release: MakeRelease, serve: Serve, run: Run, tmp_path: Path, tampered: Path
) -> None:
    """In every format; with or without digests, the answer is no."""
    clean, other = release(FLIT), release(HATCHLING)
    index = serve([*clean.artifacts, other.sdist, tampered])
    path = written(tmp_path, name, ALL_FILES[name]([clean, other]))
    outcome = run("check", "-r", path, "--index", index.simple)
    assert outcome.code == NO, outcome.stdout + outcome.stderr
    assert outcome.stdout.startswith(f"NO. {HATCHLING.name} 1.0.0")
    assert "2 releases: 1 match · 1 mismatch" in outcome.stdout


@pytest.mark.parametrize("name", LOCK_FILES)
def test_a_file_that_no_lock_allows_is_critical(
    name: str, release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """Even where it is the source: the message names the file, both digests, what it may mean and what to do."""
    built = release(FLIT)
    text = LOCK_FILES[name]([built]).replace(sha256(built.wheel), "a" * 64)
    index = serve(built.artifacts)
    path = written(tmp_path, name, text)
    outcome = run("check", "-r", path, "--index", index.simple)
    assert outcome.code == NO
    assert outcome.stdout.startswith(f"NO. plume 1.0.0: {built.wheel.name} is not what was promised.")
    finding = next(line for line in outcome.stdout.splitlines() if line.startswith("  critical"))
    for part in (built.wheel.name, f"{path}:", "a" * 64, sha256(built.wheel), "replaced", "Do not install"):
        assert part in finding


def test_digests_of_files_that_the_index_no_longer_has_do_no_harm(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """As long as every file that it has is among those allowed."""
    built = release(FLIT)
    text = LOCK_FILES["requirements.txt"]([built])
    outcome = run("check", "-r", written(tmp_path, "r.txt", text), "--index", serve([built.wheel]).simple)
    assert outcome.code == YES, outcome.stdout + outcome.stderr


def test_a_file_that_the_lock_does_not_list_does_no_harm(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """pip leaves it aside."""
    built = release(FLIT)
    text = f"{built.reference} --hash=sha256:{sha256(built.wheel)}\n"
    index = serve(built.artifacts)
    assert run("check", "-r", written(tmp_path, "r.txt", text), "--index", index.simple).code == YES


def test_thirty_releases_with_one_tampered_are_few_lines(tmp_path: Path, run: Run, serve: Serve) -> None:
    """The tampered one first, the clean ones as a number at the end."""
    crowd = make_crowd(30, tmp_path / "crowd")
    bad = rewrite_wheel(crowd[17].wheel, tmp_path / "bad", {"evil.pth": PAYLOAD})
    index = serve([bad if path.name == bad.name else path for path in served(crowd)])
    path = written(tmp_path, "requirements.txt", "\n".join(each.reference for each in crowd))
    with GitHost(tmp_path / "crowd" / "git") as host:
        outcome = run("check", "-r", path, "--index", index.simple, host=host)
    lines = outcome.stdout.splitlines()
    assert outcome.code == NO
    assert len(lines) < 10
    assert lines[0].startswith("NO. plume-17 1.0.0 ")
    assert lines[-1].startswith("30 releases: 29 match · 1 mismatch   1 critical")


def test_references_and_files_are_one_question(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """What is named in several places is checked once."""
    built = release(FLIT)
    index = serve(all_of(built, release(HATCHLING)))
    paths = [written(tmp_path, name, text([built])) for name, text in ALL_FILES.items()]
    files = [word for path in paths for word in ("-r", path)]
    outcome = run("check", "Plume == 1.0.0", "plume-hatch==1.0.0", *files, "--index", index.simple)
    assert outcome.code == YES, outcome.stdout + outcome.stderr
    assert outcome.stdout.splitlines()[-1] == "2 releases: 2 match"


def test_what_is_not_pinned_is_resolved_and_named(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """The newest version that fits is checked, and that is said."""
    index = serve(release(FLIT).artifacts)
    path = written(tmp_path, "requirements.in", "plume>=0.5,<2\n")
    outcome = run("check", "-r", path, "--index", index.simple)
    assert outcome.code == YES
    assert "Not pinned, so the newest version that fits was checked: plume 1.0.0." in outcome.stdout


def test_a_range_that_a_lock_file_pins_is_that_release(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A project's ranges and the lock file that belongs to them are one release each."""
    built = release(FLIT)
    text = '[project]\nname = "the-project"\ndependencies = ["Plume>=0.5"]\n'
    files = [written(tmp_path, "pyproject.toml", text)]
    files.append(written(tmp_path, "uv.lock", LOCK_FILES["uv.lock"]([built])))
    index = serve(built.artifacts)
    outcome = run("check", "-r", files[0], "-r", files[1], "--index", index.simple)
    assert outcome.code == YES, outcome.stdout + outcome.stderr
    assert outcome.stdout.splitlines()[1:] == ["1 release: 1 match"]


def test_a_range_that_nothing_fits_is_not_on_the_index(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """It is never answered with a version that does not fit."""
    index = serve(release(FLIT).artifacts)
    outcome = run("check", "-r", written(tmp_path, "r.txt", "plume>=2\n"), "--index", index.simple)
    assert outcome.code == FAILED
    assert "1 release: 1 not on the index" in outcome.stdout


def test_what_is_not_from_the_index_is_not_skipped_in_silence(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """It is named with its place, counted in the summary, and the exit code is that of cannot tell."""
    index = serve(release(FLIT).artifacts)
    path = written(tmp_path, "r.txt", "plume==1.0.0\nquill @ git+https://git.example/o/quill\n")
    outcome = run("check", "-r", path, "--index", index.simple)
    assert outcome.code == CANNOT_TELL
    assert f"Not checked. quill ({path}:2): it comes from a repository" in outcome.stdout
    assert outcome.stdout.splitlines()[-1] == "2 releases: 1 match · 1 not checked"


def test_one_failure_does_not_stop_the_others(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A release that the index does not have, and one that it fails to give, are rows of their own."""
    releases = release(FLIT), release(UNLINKED), release(HATCHLING)
    index = serve(all_of(*releases), statuses={f"/simple/{HATCHLING.name}/": 403})
    text = "\n".join([*(each.reference for each in releases), "plumage==1.0"])
    outcome = run("check", "-r", written(tmp_path, "r.txt", text), "--index", index.simple)
    assert outcome.code == FAILED
    starts = [line.partition(".")[0] for line in outcome.stdout.splitlines()[:3]]
    assert starts == ["Not carried out", "Not on the index", "Cannot tell"]
    summary = "4 releases: 1 match · 1 cannot tell · 1 not on the index · 1 failed"
    assert outcome.stdout.splitlines()[-1].startswith(summary)


def test_the_index_that_a_file_names_is_asked(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """As pip would, unless the user names another."""
    built = release(FLIT)
    named, other = serve(built.artifacts), serve([])
    path = written(tmp_path, "r.txt", f"--index-url {named.simple}\n{built.reference}\n")
    assert run("check", "-r", path).code == YES
    assert run("check", "-r", path, "--index", other.simple).code == FAILED


def test_json_has_the_worst_first_and_what_was_not_checked(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path, tampered: Path
) -> None:
    """The keys of check/v1 stay, others join them."""
    clean, other = release(FLIT), release(HATCHLING)
    index = serve([*clean.artifacts, other.sdist, tampered])
    path = written(tmp_path, "r.txt", f"{clean.reference}\n{other.reference}\n./quill.whl\n")
    outcome = run("check", "-r", path, "--index", index.simple, "--format", "json")
    document = outcome.document
    assert set(document) == {"schema", "releases", "not_checked", "altered"}
    assert [found["name"] for found in document["releases"]] == [HATCHLING.name, FLIT.name]
    (row,) = document["not_checked"]
    assert (row["name"], row["obstacle"], row["where"]) == ("quill.whl", "not checked", f"{path}:3")


def test_the_same_question_gets_the_same_bytes(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """Whichever release was done first."""
    releases = release(FLIT), release(HATCHLING), release(UNLINKED)
    index = serve(all_of(*releases))
    arguments = ["check", *(each.reference for each in releases), "--index", index.simple, "--format", "json"]
    assert run(*arguments).stdout == run(*arguments).stdout


def test_reports_of_all_are_stored(release: MakeRelease, serve: Serve, run: Run, tmp_path: Path) -> None:
    """As for one."""
    releases = release(FLIT), release(HATCHLING)
    index = serve(all_of(*releases))
    references = [each.reference for each in releases]
    run("check", *references, "--index", index.simple, "--output", str(tmp_path / "reports"))
    stored = {path.name for path in (tmp_path / "reports").rglob("*.intoto.json")}
    assert {f"{path.name}.intoto.json" for path in all_of(*releases)} <= stored


def test_nothing_is_said_on_stderr_where_nobody_watches(release: MakeRelease, serve: Serve, run: Run) -> None:
    """Progress is for terminals."""
    releases = release(FLIT), release(UNLINKED)
    index = serve(all_of(*releases))
    references = [each.reference for each in releases]
    assert run("check", *references, "--index", index.simple, "--no-sign").stderr == ""


@pytest.mark.parametrize("option", ["--source", "--subdirectory"])
def test_options_about_one_release_are_not_for_many(option: str, run: Run) -> None:
    """A source that is named is that of one release."""
    outcome = run("check", "plume==1.0", "quill==1.0", option, "https://git.example/o/plume")
    assert outcome.code == USAGE
    assert option in outcome.stderr


def test_an_empty_file_has_nothing_to_check(run: Run, tmp_path: Path) -> None:
    """And says so, rather than a bare yes."""
    outcome = run("check", "-r", written(tmp_path, "requirements.txt", "# nothing\n"))
    assert outcome.code == YES
    assert outcome.stdout == "0 releases: nothing to check\n"


def test_a_broken_file_stops_before_anything_is_asked(
    release: MakeRelease, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """A request that cannot be understood is a usage error."""
    index: PackageIndex = serve(release(FLIT).artifacts)
    path = written(tmp_path, "requirements.txt", "plume==1.0.0\nplume=\n")
    outcome = run("check", "-r", path, "--index", index.simple)
    assert outcome.code == USAGE
    assert f"{path}:2" in outcome.stderr
    assert index.traffic.requests == 0
