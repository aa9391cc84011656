"""Clean releases: in, what real backends build from a tag; out, yes."""

from __future__ import annotations

import tarfile
import zipfile

import pytest

from corpus.example import CLEAN, FLIT, HATCHLING, MONOREPO, SETUP_CFG, SETUPTOOLS, Project
from tests.conftest import Check, MakeRelease, Run, Serve

JSON = ("--format", "json")
each_project = pytest.mark.parametrize("project", CLEAN, ids=lambda project: project.name)


@each_project
def test_a_release_built_from_its_tag_is_the_source(
    project: Project, release: MakeRelease, check: Check
) -> None:
    """What each backend builds from the tag is answered yes, with exit code 0."""
    outcome = check(release(project))
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.startswith(f"Yes. {project.name} 1.0.0 ")


@each_project
def test_every_artifact_of_a_clean_release_matches(
    project: Project, release: MakeRelease, check: Check
) -> None:
    """Neither the sdist nor the wheel needs the indulgence of `match-extras`."""
    (found,) = check(release(project), *JSON).document["releases"]
    assert {artifact["kind"]: artifact["verdict"] for artifact in found["artifacts"]} == {
        "sdist": "match",
        "wheel": "match",
    }


@each_project
def test_the_source_is_the_tagged_commit(project: Project, release: MakeRelease, check: Check) -> None:
    """The source is the commit that the release was built from, by its tag, in the project's folder."""
    built = release(project)
    (found,) = check(built, *JSON).document["releases"]
    source = found["source"]
    assert source["commit"] == built.commit
    assert source["ref"] == project.tag
    assert source["subdirectory"] == project.subdirectory
    assert source["repository"].removesuffix(".git") == project.repository


@each_project
def test_every_file_is_counted(project: Project, release: MakeRelease, check: Check) -> None:
    """The counts per evidence level add up to the files in the archive: none is left out."""
    built = release(project)
    with tarfile.open(built.sdist) as sdist, zipfile.ZipFile(built.wheel) as wheel:
        files = {
            "sdist": sum(not member.isdir() for member in sdist.getmembers()),
            "wheel": sum(not member.is_dir() for member in wheel.infolist()),
        }
    (found,) = check(built, *JSON).document["releases"]
    counted = {artifact["kind"]: sum(artifact["counts"].values()) for artifact in found["artifacts"]}
    assert counted == files


def test_the_first_line_says_what_the_release_was_compared_with(release: MakeRelease, check: Check) -> None:
    """The sentence names the repository, the tag and the commit."""
    built = release(FLIT)
    sentence = check(built).stdout.splitlines()[0]
    assert "github.com/example-org/plume" in sentence
    assert "v1.0.0" in sentence
    assert built.commit[:8] in sentence


def test_line_endings_that_gitattributes_asks_for_are_normalized(release: MakeRelease, check: Check) -> None:
    """A file that git checks out with CRLF is proven by `.gitattributes`, not waved through."""
    (found,) = check(release(HATCHLING), *JSON).document["releases"]
    for artifact in found["artifacts"]:
        (finding,) = [row for row in artifact["findings"] if row["path"].endswith("greetings.csv")]
        assert finding["evidence"] == "normalized"


def test_a_folder_written_out_through_a_symlink_is_normalized(release: MakeRelease, check: Check) -> None:
    """Files below a folder that is a symlink in the source are proven by the link's target."""
    (found,) = check(release(SETUPTOOLS), *JSON).document["releases"]
    sdist = next(artifact for artifact in found["artifacts"] if artifact["kind"] == "sdist")
    (finding,) = [row for row in sdist["findings"] if row["path"] == "examples/hello.txt"]
    assert finding["evidence"] == "normalized"


def test_the_stamp_in_setup_cfg_is_reproduced(release: MakeRelease, check: Check) -> None:
    """The `[egg_info]` section that setuptools adds to setup.cfg is recomputed, not ignored."""
    (found,) = check(release(SETUP_CFG), *JSON).document["releases"]
    sdist = next(artifact for artifact in found["artifacts"] if artifact["kind"] == "sdist")
    (finding,) = [row for row in sdist["findings"] if row["path"] == "setup.cfg"]
    assert finding["evidence"] == "reproduced"


@pytest.mark.parametrize("reference", ["plume", "pkg:pypi/plume@1.0.0", "Plume == 1.0.0"])
def test_a_reference_can_be_written_in_several_ways(
    reference: str, release: MakeRelease, serve: Serve, run: Run
) -> None:
    """A name alone, a purl and another spelling of the name lead to the same release."""
    index = serve(release(FLIT).artifacts)
    outcome = run("check", reference, "--index", index.simple)
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.startswith("Yes. plume 1.0.0 ")


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_a_local_artifact_is_checked_without_an_index(kind: str, release: MakeRelease, run: Run) -> None:
    """The path of a wheel or sdist is a reference too."""
    outcome = run("check", str(getattr(release(FLIT), kind)))
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_nothing_is_said_on_stderr_where_nobody_watches(release: MakeRelease, check: Check) -> None:
    """Progress is for terminals: a pipe gets the answer and nothing else, once there is a key to sign with."""
    check(release(FLIT))
    assert check(release(FLIT)).stderr == ""


def test_a_subdirectory_can_be_given(release: MakeRelease, check: Check) -> None:
    """`--subdirectory` says where in the repository the project lives."""
    outcome = check(release(MONOREPO), "--subdirectory", MONOREPO.subdirectory)
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_all_files_says_where_the_repository_was_named(release: MakeRelease, check: Check) -> None:
    """The evidence for the link is there for those who ask for everything, and silent otherwise."""
    built = release(FLIT)
    said = f"  source    {FLIT.repository}, which the project URL “Source” names"
    assert said in check(built, "--all-files").stdout.splitlines()
    assert "Source" not in check(built).stdout
