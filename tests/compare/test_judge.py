"""What is said of files beside their evidence."""

from corpus.cases.case import Pin, Program, tree
from provenance.compare import Context, Subject, executable_bits, judge
from provenance.model import Evidence, Source
from provenance.project import read_project
from provenance.tree import Tree

SOURCE = Source(repository="https://git.example/o/n", ref="v1", commit="0" * 40, tree="0" * 40)


def context(artifact: Tree, source: Tree) -> Context:
    """An sdist of one tree against the commit of another."""
    return Context(
        name="example",
        version="1",
        subject=Subject("example-1.tar.gz", "sdist", artifact),
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
