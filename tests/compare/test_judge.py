"""What is said of files beside their evidence."""

import pytest

from corpus.cases.case import Pin, Program, tree
from provenance.compare import Context, Subject, executable_bits, judge
from provenance.model import Evidence, Kind, Severity, Source
from provenance.project import read_project
from provenance.tree import Tree

SOURCE = Source(repository="https://git.example/o/n", ref="v1", commit="0" * 40, tree="0" * 40)


def context(artifact: Tree, source: Tree, kind: Kind = "sdist") -> Context:
    """An sdist, or wheel, of one tree against the commit of another."""
    filename = "example-1.tar.gz" if kind == "sdist" else "example-1-py3-none-any.whl"
    return Context(
        name="example",
        version="1",
        subject=Subject(filename, kind, artifact),
        source_tree=source,
        source=SOURCE,
        project=read_project(source, ""),
    )


def test_a_file_made_executable_is_named_and_stays_identical() -> None:
    """The bit is reported apart: it changes no byte, and an installer sets it as it likes."""
    source = tree({"run.sh": "ls\n", "tool.sh": Program("ls\n")})
    artifact = tree({"run.sh": Program("ls\n"), "tool.sh": Program("ls\n")})
    judged = context(artifact, source)
    (notice,) = executable_bits(judged)
    assert notice.message.endswith("not in the source: run.sh.")
    assert {finding.evidence for finding in judge(judged)} == {Evidence.IDENTICAL}


def test_a_file_under_a_missing_submodule_cannot_be_judged() -> None:
    """Nothing contradicts the source where its submodule could not be fetched, and nothing proves it."""
    source = tree({"deps/lib": Pin("1" * 40)})
    (finding,) = judge(context(tree({"deps/lib/code.py": "x = 1\n"}), source))
    assert finding.evidence is Evidence.RECOGNIZED
    assert "could not be fetched" in finding.reason


@pytest.mark.parametrize(
    "path", ["sitecustomize.py", "start.pth", "usercustomize/__init__.py", "x-1.data/purelib/start.pth"]
)
def test_what_every_start_runs_has_to_be_named_by_a_packaging_file(path: str) -> None:
    """A file at the root of the repository is not meant for site-packages; one that setup.py speaks of is."""
    info = {"x-1.dist-info/METADATA": "Name: x\n"}
    place = path.rpartition("purelib/")[2]
    source = {place: "import os\n", "setup.py": "from setuptools import setup\nsetup(name='x')\n"}
    artifact = tree({**info, path: "import os\n"})
    found = {each.path: each for each in judge(context(artifact, tree(source), "wheel"))}[path]
    assert (found.evidence, found.severity) == (Evidence.RELOCATED, Severity.CRITICAL)
    naming = "setup(name='x', data_files=['start.pth'], py_modules=['sitecustomize', 'usercustomize'])\n"
    named = tree({**source, "setup.py": f"from setuptools import setup\n{naming}"})
    assert {each.path: each.evidence for each in judge(context(artifact, named, "wheel"))}[
        path
    ] is Evidence.IDENTICAL
