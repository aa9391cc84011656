"""What holds for any file: no change of bytes stays a match, and differences can be undone."""

import subprocess

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus.cases.case import tree
from provenance.compare import Context, Subject, difference, inert_paths, judge
from provenance.model import Source, Verdict
from provenance.project import read_project
from provenance.tree import blob_id
from provenance.verdict import artifact_verdict

NAMES = st.sampled_from(
    ["pkg/a.py", "pkg/data.txt", "setup.py", "README.md", "docs/x.rst", "lib.so", "a.pth"]
)
FILES = st.dictionaries(NAMES, st.binary(min_size=1, max_size=60), min_size=1, max_size=5)
SOURCE = Source(repository="https://git.example/o/n", ref="v1", commit="0" * 40, tree="0" * 40)


def verdict(artifact: dict[str, bytes], source: dict[str, bytes]) -> Verdict:
    """Judge an sdist of these files against a commit of those."""
    source_tree = tree(source)
    context = Context(
        name="example",
        version="1",
        subject=Subject("example-1.tar.gz", "sdist", tree(artifact)),
        source_tree=source_tree,
        source=SOURCE,
        project=read_project(source_tree, ""),
    )
    findings = judge(context)
    assert len(findings) == len(artifact)
    return artifact_verdict(findings, inert_paths(context, findings))


@given(FILES)
def test_the_source_itself_is_a_match(files: dict[str, bytes]) -> None:
    """Whatever the files hold, the same bytes at the same paths are the source."""
    assert verdict(files, files) is Verdict.MATCH


@given(FILES, st.data())
def test_no_other_content_is_a_match(files: dict[str, bytes], data: st.DataObject) -> None:
    """A file with other bytes than the source's is never passed in silence."""
    path = data.draw(st.sampled_from(sorted(files)))
    content = data.draw(st.binary(max_size=60))
    assume(content != files[path] and content != files[path].replace(b"\n", b"\r\n"))
    assert verdict({**files, path: content}, files) is not Verdict.MATCH


@given(FILES, NAMES, st.binary(min_size=1, max_size=60))
def test_no_added_file_is_a_match(files: dict[str, bytes], path: str, content: bytes) -> None:
    """A file that the source does not have is always named."""
    assume(path not in files)
    assert verdict({**files, path: content}, files) is not Verdict.MATCH


LINES = st.lists(st.sampled_from(["a", "b", "c", "", " x"]), max_size=30)


@given(LINES, LINES)
def test_a_difference_holds_every_changed_line(old: list[str], new: list[str]) -> None:
    """Removed lines taken away and added ones put in turn one side's count of lines into the other's."""
    texts = ["".join(f"{line}\n" for line in side).encode() for side in (old, new)]
    lines = difference(*texts).lines
    removed, added = (sum(line.startswith(mark) for line in lines) for mark in "-+")
    assert len(old) - removed + added == len(new)
    assert (not lines) == (old == new)


@settings(max_examples=5, deadline=None)
@given(st.binary(max_size=200))
def test_a_blob_id_is_the_one_that_git_gives(content: bytes) -> None:
    """The comparison rests on naming bytes as git does."""
    command = ["git", "hash-object", "--stdin"]
    said = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().strip()
    assert blob_id(content) == said
