"""What the exam lets pass: in, one changed file; out, whether it can act and which documented freedom covers it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from corpus.cases.case import COMMIT, File, Program, tree
from corpus.exam_criteria import can_act, freedom
from provenance.compare import Context, Subject
from provenance.model import Kind, Source
from provenance.project import read_project

METADATA = (
    "Metadata-Version: 2.1\nName: example\nVersion: 1.0\nSummary: An example\nRequires-Dist: a-b>=1\n\nText\n"
)
INFO = "example-1.0.dist-info"


def context(
    files: Mapping[str, File], kind: Kind = "wheel", *, sibling: bool = False, setup_py: str = ""
) -> Context:
    """An artifact of these files, with a source of nothing, or of a setup.py."""
    source = tree({"setup.py": setup_py} if setup_py else {})
    other = Subject("example-1.0.tar.gz", "sdist", tree({"PKG-INFO": METADATA}))
    return Context(
        name="example",
        version="1.0",
        subject=Subject("example-1.0-py3-none-any.whl", kind, tree(files)),
        source_tree=source,
        source=Source(repository="https://git.example/o/example", ref="v1.0", commit=COMMIT, tree=COMMIT),
        project=read_project(source, ""),
        siblings=(other,) if sibling else (),
    )


@pytest.mark.parametrize(
    ("path", "acts"),
    [
        ("docs/usage.md", False),
        ("README.rst", False),
        ("example-1.0.dist-info/licenses/LICENSE", False),
        ("example/README.md", True),
        ("example/templates/mail.rst", True),
        ("LICENSE.py", True),
        ("README.html", True),
        ("docs/conf.py", True),
        ("docs/run.txt", True),
        ("example/data.json", True),
        ("example-1.0.dist-info/METADATA", True),
    ],
)
def test_only_prose_outside_packages_cannot_act(path: str, acts: bool) -> None:
    """Everything else is taken to be able to."""
    files = {"example/__init__.py": "", path: "text"}
    assert can_act(path, context(files)) is acts


def test_a_program_can_act_whatever_its_name() -> None:
    """A shell does not read file names."""
    assert can_act("README.md", context({"README.md": Program("#!/bin/sh\n")}))


def test_prose_in_a_package_that_only_the_wheel_shows_can_act() -> None:
    """A namespace package has no __init__.py that would tell it from any other folder of an sdist."""
    sdist = context({"src/space/notes.md": "text"}, "sdist")
    wheel = Subject("example-1.0-py3-none-any.whl", "wheel", tree({"space/code.py": ""}))
    assert not can_act("src/space/notes.md", sdist)
    with_wheel = Context(**{**vars_of(sdist), "siblings": (wheel,)})
    assert can_act("src/space/notes.md", with_wheel)


def vars_of(given: Context) -> dict[str, object]:
    """The arguments that make the same context again."""
    names = ("name", "version", "subject", "source_tree", "source", "project", "siblings")
    return {name: getattr(given, name) for name in names}


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("METADATA", METADATA, METADATA.replace("2.1", "2.2"), "metadata: metadata_version"),
        ("METADATA", METADATA, METADATA.replace("a-b>=1", "A_B >=1"), "metadata: order"),
        ("METADATA", METADATA, METADATA.replace("a-b>=1", "a-b>=0"), None),
        ("METADATA", METADATA, METADATA.replace("a-b>=1", "a-b>=1\nRequires-Dist: evil"), None),
        ("METADATA", METADATA, METADATA.replace("Summary", "Evil"), None),
        ("METADATA", METADATA, METADATA.replace("An example", "Another"), "metadata that only describes"),
        (
            "METADATA",
            f"Home-page: x/\n{METADATA}",
            f"Home-page: x\n{METADATA}",
            "metadata: labels of links, slashes",
        ),
        ("METADATA", f"License: UNKNOWN\n{METADATA}", METADATA, "metadata: order"),
        ("METADATA", METADATA, METADATA.replace("Requires-Dist: a-b>=1\n", ""), None),
        ("RECORD", "a,sha256=x,1\nb,sha256=y,2\n", "b,sha256=y,2\na,sha256=x,\n", "RECORD: order"),
        ("RECORD", "a,sha256=x,1\n", "a,sha256=z,1\n", None),
        (
            "WHEEL",
            "Wheel-Version: 1.0\nGenerator: a\n",
            "Generator: b\nWheel-Version: 1.1\n",
            "WHEEL: Generator",
        ),
        ("WHEEL", "Root-Is-Purelib: true\n", "Root-Is-Purelib: false\n", None),
        ("entry_points.txt", "[a]\nb = c:d\n", "[a]\nb=c : d\n", "entry_points.txt: order"),
        ("entry_points.txt", "[a]\nb = c:d\n", "[a]\nb = c:e\n", None),
        ("x.py", "a = 1\n", "# note\na  =  1\n", "version file: comments"),
        ("x.py", "a = 1\n", "a = 2\n", None),
        ("x.py", "a = 1\n", "a = 1\nimport os\n", None),
        ("x.json", "{}", "{ }", None),
    ],
)
def test_a_freedom_is_a_matter_of_fields(name: str, before: str, after: str, said: str | None) -> None:
    """Parsed before and after: what steers must be equal."""
    path = f"{INFO}/{name}"
    found = freedom(path, context({path: before}), context({path: after}), everywhere=False)
    assert (found or "").startswith(said) if said else found is None


def test_what_another_artifact_refutes_is_no_freedom() -> None:
    """A description that only one of two artifacts states."""
    path, changed = f"{INFO}/METADATA", METADATA.replace("An example", "Another")
    clean, tampered = context({path: METADATA}, sibling=True), context({path: changed}, sibling=True)
    assert freedom(path, clean, tampered, everywhere=False) is None
    assert freedom(path, clean, tampered, everywhere=True) is not None


def test_a_changed_mode_is_no_freedom() -> None:
    """A link whose target reads like the file."""
    path = "x.py"
    clean, tampered = context({path: "a = 1\n"}), context({path: Program("a = 1\n")})
    assert freedom(path, clean, tampered, everywhere=False) is None


COMPUTED = "from setuptools import setup\nsetup(install_requires=computed())\n"
TWO = METADATA.replace("Requires-Dist: a-b>=1", "Requires-Dist: a-b>=1\nRequires-Dist: other")


@pytest.mark.parametrize(
    ("after", "everywhere", "setup_py", "is_free"),
    [
        (METADATA, True, COMPUTED, True),
        (METADATA, False, COMPUTED, False),
        (
            METADATA,
            True,
            "from setuptools import setup\nsetup(install_requires=['a-b>=1', 'other'])\n",
            False,
        ),
        (TWO.replace("Requires-Dist: other\n", "").replace("a-b>=1", "a-b"), True, COMPUTED, False),
        (METADATA.replace("Requires-Dist: a-b>=1\n", ""), True, COMPUTED, False),
    ],
)
def test_only_code_leaves_free_which_dependencies_there_are(
    after: str, everywhere: bool, setup_py: str, is_free: bool
) -> None:
    """Some left out of every artifact; none changed, not all gone, and not where the source lists them."""
    path = f"{INFO}/METADATA"
    clean = context({path: TWO}, sibling=True, setup_py=setup_py)
    assert (freedom(path, clean, context({path: after}), everywhere=everywhere) is not None) is is_free


def test_an_old_sdist_may_leave_its_dependencies_to_requires_txt() -> None:
    """PKG-INFO before core metadata 2.2 states what its tool liked to."""
    after = METADATA.replace("Requires-Dist: a-b>=1\n", "")
    files = {"PKG-INFO": METADATA, "x.egg-info/requires.txt": "a-b>=1\n"}
    clean, tampered = context(files, "sdist"), context({**files, "PKG-INFO": after}, "sdist")
    assert freedom("PKG-INFO", clean, tampered, everywhere=False) is not None
    alone = context({"PKG-INFO": METADATA}, "sdist")
    assert freedom("PKG-INFO", alone, tampered, everywhere=False) is None
