"""Tampered releases: in, a wheel or sdist with one thing changed; out, no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.example import FLIT, SETUP_CFG, Release
from corpus.tamper import Edit, append, rewrite, rewrite_wheel
from tests.conftest import Check, MakeRelease

LINE = append(b'\nprint("not in the source")\n')
SEVERITIES = ("critical", "high", "medium", "low")

both_kinds = pytest.mark.parametrize("kind", ["sdist", "wheel"])
in_each_way = pytest.mark.parametrize("path", ["plume/greeting.py", "plume/_hook.py", "plume.pth"])


def tampered(built: Release, kind: str, edits: dict[str, Edit], folder: Path) -> list[Path]:
    """The release's artifacts, one of them changed."""
    artifacts = {"sdist": built.sdist, "wheel": built.wheel}
    artifacts[kind] = rewrite(artifacts[kind], folder, edits)
    return list(artifacts.values())


def worst(document: dict[str, Any], kind: str) -> dict[str, Any]:
    """The finding that the report names first for the artifact of this kind."""
    (found,) = document["releases"]
    artifact = next(artifact for artifact in found["artifacts"] if artifact["kind"] == kind)
    assert artifact["verdict"] == "mismatch"
    finding: dict[str, Any] = min(
        artifact["findings"], key=lambda row: [*SEVERITIES, "info"].index(row["severity"])
    )
    return finding


@both_kinds
@in_each_way
def test_an_added_line_a_new_module_and_a_pth_are_no(
    path: str, kind: str, release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """Code that is not in the source, wherever it hides, is answered no with exit code 1."""
    built = release(FLIT)
    outcome = check(built, artifacts=tampered(built, kind, {path: LINE}, tmp_path))
    assert outcome.code == 1
    assert outcome.stdout.startswith("NO. plume 1.0.0 ")


@both_kinds
@in_each_way
def test_the_changed_file_is_named_first(
    path: str, kind: str, release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """Of all that is printed about files, the line on the changed one comes first."""
    built = release(FLIT)
    outcome = check(built, artifacts=tampered(built, kind, {path: LINE}, tmp_path))
    first = next(line for line in outcome.stdout.splitlines() if line.strip().startswith(SEVERITIES))
    assert path in first
    assert kind in first


@both_kinds
@in_each_way
def test_the_changed_file_is_critical_or_high(
    path: str, kind: str, release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """A file that runs by itself is critical, one that can be imported at least high."""
    built = release(FLIT)
    outcome = check(built, "--format", "json", artifacts=tampered(built, kind, {path: LINE}, tmp_path))
    finding = worst(outcome.document, kind)
    assert finding["path"] == path
    assert finding["severity"] in ("critical", "high")
    assert finding["evidence"] == ("modified" if path == "plume/greeting.py" else "added")


def test_a_pth_in_a_wheel_is_critical(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """A `.pth` runs at every start of Python, without an import."""
    built = release(FLIT)
    artifacts = tampered(built, "wheel", {"plume.pth": LINE}, tmp_path)
    outcome = check(built, "--format", "json", artifacts=artifacts)
    assert worst(outcome.document, "wheel")["severity"] == "critical"


def replace(old: bytes, new: bytes) -> Edit:
    """An edit that must find what it replaces."""

    def edit(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return edit


NEAR_MISSES: dict[str, tuple[str, str, Edit]] = {
    "an injected dependency": (
        "wheel",
        "plume-1.0.0.dist-info/METADATA",
        replace(b"Name: plume\n", b"Name: plume\nRequires-Dist: plumage\n"),
    ),
    "an added entry point": (
        "wheel",
        "plume-1.0.0.dist-info/entry_points.txt",
        append(b"[console_scripts]\nplume = plume:greet\n"),
    ),
    "a module inside dist-info": ("wheel", "plume-1.0.0.dist-info/hook.py", LINE),
    "a module inside a tool's cache": ("wheel", "plume/__pycache__/greeting.cpython-311.pyc", LINE),
    "a script": ("wheel", "plume-1.0.0.data/scripts/plume", append(b"#!python\nimport plume\n")),
    "a program beside Python's own": ("wheel", "plume-1.0.0.data/data/bin/plume", append(b"#!/bin/sh\n")),
    "another indentation": ("wheel", "plume/greeting.py", replace(b"    return", b"  return")),
    "CRLF in a file that gitattributes leaves alone, with a line changed": (
        "wheel",
        "plume/greeting.py",
        lambda old: old.replace(b"Hello", b"Howdy").replace(b"\n", b"\r\n"),
    ),
    "a changed line in a file that is checked out with CRLF": (
        "wheel",
        "plume/greetings.csv",
        replace(b"Bonjour", b"Salut"),
    ),
    "a copy of a module at a path of its own": (
        "wheel",
        "sitecustomize.py",
        append(b'def greet(name: str) -> str:\n    return f"Hello, {name}!"\n'),
    ),
    "a setup.py where the source has none": ("sdist", "setup.py", append(b"import plume\n")),
    "another build backend": ("sdist", "pyproject.toml", replace(b"flit_core.buildapi", b"plume.greeting")),
    "a dependency in PKG-INFO": (
        "sdist",
        "PKG-INFO",
        replace(b"Name: plume\n", b"Name: plume\nRequires-Dist: plumage\n"),
    ),
}


@pytest.mark.parametrize(("kind", "path", "edit"), NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_what_hides_where_generated_files_live_is_no(
    kind: str, path: str, edit: Edit, release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """No file passes by its name or its place, and no file that differs passes as nearly the same."""
    built = release(FLIT)
    outcome = check(built, "--format", "json", artifacts=tampered(built, kind, {path: edit}, tmp_path))
    assert outcome.code == 1, outcome.stdout + outcome.stderr
    assert worst(outcome.document, kind)["path"] == path


RUNS_UNASKED: dict[str, tuple[str, str, Edit]] = {
    "a .pth": ("wheel", "plume.pth", LINE),
    "sitecustomize": ("wheel", "sitecustomize.py", LINE),
    "an entry point": NEAR_MISSES["an added entry point"],
    "a script": NEAR_MISSES["a script"],
    "a shared object that hides a module": ("wheel", "plume/greeting.abi3.so", append(b"\x7fELF")),
    "setup.py": ("sdist", "setup.py", LINE),
    "another build backend": NEAR_MISSES["another build backend"],
}


@pytest.mark.parametrize(("kind", "path", "edit"), RUNS_UNASKED.values(), ids=RUNS_UNASKED)
def test_what_runs_without_being_imported_is_critical(
    kind: str, path: str, edit: Edit, release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """A start of Python, an installation, a build or a known import is enough to run it."""
    built = release(FLIT)
    outcome = check(built, "--format", "json", artifacts=tampered(built, kind, {path: edit}, tmp_path))
    assert worst(outcome.document, kind)["severity"] == "critical"


@pytest.mark.parametrize(
    "edit",
    [
        replace(b"Summary: Greets in many ways", b"Summary: Greets in no way"),
        replace(b"License-Expression: MIT", b"License-Expression: 0BSD"),
        replace(b"Name: plume\n", b"Name: plume\nProject-URL: Funding, https://funding.example\n"),
        append(b"\nInstall `plumage` too.\n"),
    ],
    ids=["summary", "licence", "link", "description"],
)
def test_what_both_artifacts_state_against_the_source_is_not_yes(
    edit: Edit, release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """Two artifacts that agree prove nothing where the source itself says otherwise."""
    built = release(FLIT)
    sdist = rewrite(built.sdist, tmp_path, {"PKG-INFO": edit})
    wheel = rewrite(built.wheel, tmp_path, {"plume-1.0.0.dist-info/METADATA": edit})
    assert check(built, artifacts=[sdist, wheel]).code in (1, 3)


def test_a_document_that_the_source_lacks_is_an_extra(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """A text that nothing opens changes the verdict to `match-extras`, and is named."""
    built = release(FLIT)
    artifacts = tampered(built, "sdist", {"NOTES.md": append(b"# Notes\n")}, tmp_path)
    text = check(built, artifacts=artifacts)
    (found,) = check(built, "--format", "json", artifacts=artifacts).document["releases"]
    assert (text.code, found["verdict"], found["answer"]) == (0, "match-extras", "yes")
    assert "NOTES.md" in text.stdout


def test_control_characters_in_a_file_name_do_not_reach_the_terminal(
    release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """A name that would repaint the screen is shown escaped."""
    built = release(FLIT)
    outcome = check(built, artifacts=tampered(built, "wheel", {"plume/\x1b[2Jgone.py": LINE}, tmp_path))
    assert "gone.py" in outcome.stdout
    assert "\x1b" not in outcome.stdout


@pytest.mark.parametrize(
    "lines", [b"[options.entry_points]\nconsole_scripts = plume = plume:greet\n", b"tag_svn_revision = 1\n"]
)
def test_another_key_beside_the_stamp_in_setup_cfg_is_no(
    lines: bytes, release: MakeRelease, check: Check, tmp_path: Path
) -> None:
    """Only the two keys that setuptools stamps are explained, not the file that holds them."""
    built = release(SETUP_CFG)
    outcome = check(built, artifacts=tampered(built, "sdist", {"setup.cfg": append(lines)}, tmp_path))
    assert outcome.code == 1


def test_a_wheel_whose_record_does_not_hold_is_no(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """RECORD is recomputed, so an edit that forgot it is seen there too."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/_hook.py": LINE}, fix_record=False)
    outcome = check(built, "--format", "json", artifacts=[built.sdist, wheel])
    (found,) = outcome.document["releases"]
    paths = {
        row["path"] for row in found["artifacts"][-1]["findings"] if row["evidence"] in ("added", "modified")
    }
    assert outcome.code == 1
    assert paths >= {"plume/_hook.py", "plume-1.0.0.dist-info/RECORD"}


def test_a_tampered_wheel_leaves_the_sdist_proven(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """Each artifact has its own verdict; the release gets the worst."""
    built = release(FLIT)
    artifacts = tampered(built, "wheel", {"plume/_hook.py": LINE}, tmp_path)
    (found,) = check(built, "--format", "json", artifacts=artifacts).document["releases"]
    assert found["verdict"] == "mismatch"
    assert {row["kind"]: row["verdict"] for row in found["artifacts"]} == {
        "sdist": "match",
        "wheel": "mismatch",
    }


def test_a_stamp_that_changes_the_version_is_no(release: MakeRelease, check: Check, tmp_path: Path) -> None:
    """Setuptools stamps an empty `tag_build`; another one makes a build of another version."""
    built = release(SETUP_CFG)
    edit = replace(b"tag_build = \n", b"tag_build = .post1\n")
    assert check(built, artifacts=tampered(built, "sdist", {"setup.cfg": edit}, tmp_path)).code == 1
