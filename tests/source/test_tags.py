"""Which tags carry a project's version, and in what order they are believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.source.tags import names_project, ranked, usual_prefixes

FORMS = [
    ("click", "8.3.1", "8.3.1"),
    ("requests", "2.32.5", "v2.32.5"),
    ("certifi", "2025.1.31", "2025.01.31"),
    ("pycparser", "2.23", "release_v2.23"),
    ("alembic", "1.13.1", "rel_1_13_1"),
    ("psycopg-pool", "3.3.0", "pool-3.3.0"),
    ("hatchling", "1.28.0", "hatchling-v1.28.0"),
    ("lxml", "5.2.2", "lxml-5.2.2"),
    ("example", "1.0rc1", "v1.0.0-rc.1"),
    ("example", "1.0.post1", "1.0.post1"),
    ("example", "1.2.0", "1.2"),
    ("my-tool", "2.0", "my_tool@v2.0"),
    ("magika", "0.6.2", "python-v0.6.2"),
    ("chroma-haystack", "2.0.0", "integrations/chroma-v2.0.0"),
    ("hypothesis", "6.98.0", "hypothesis-python-6.98.0"),
    ("langgraph-checkpoint", "2.0.10", "checkpoint==2.0.10"),
    ("xlsxwriter", "3.1.9", "RELEASE_3.1.9"),
    ("markdown", "2.5.2", "2.5.2-final"),
    ("example", "1.0", "releases/1.0"),
    ("example", "1.0", "r1.0"),
    ("example", "1.0", "v/1.0"),
    ("example", "1.0", "example==1.0"),
    ("example", "1.0rc1", "release-1_0_RC1"),
    ("example", "1.0+local", "v1.0"),
    ("zope.interface", "6.1", "zope.interface-6.1"),
]
LOOK_ALIKES = [
    ("psycopg", "3.2.0", "pool-3.2.0"),
    ("example", "1.0", "docs-1.0"),
    ("example", "1.0", "v1.0rc1"),
    ("example", "1.0", "v11.0"),
    ("example", "1.0", "1.0.1"),
    ("example", "1.0", "example-extra-1.0"),
    ("example", "1.0", "latest"),
    ("example", "1.0", "v1.0-2"),
    ("example", "1.0", "v1.0-final-2"),
    ("langgraph-checkpoint", "2.0.10", "checkpointsqlite==2.0.10"),
]


@pytest.mark.parametrize(("name", "version", "tag"), FORMS)
def test_a_tag_form_in_use_is_understood(name: str, version: str, tag: str) -> None:
    """Each form is one that real projects use."""
    assert ranked([tag], name, version) == [tag]


@pytest.mark.parametrize(("name", "version", "tag"), LOOK_ALIKES)
def test_a_tag_of_something_else_is_not_taken(name: str, version: str, tag: str) -> None:
    """Another version's tag, and another package's in the same repository, are not this release's."""
    assert ranked([tag], name, version) == []


def test_a_tag_with_the_name_is_believed_before_a_bare_one() -> None:
    """In a repository of several packages the bare tag may be another package's."""
    assert ranked(["3.3.0", "pool-3.3.0"], "psycopg-pool", "3.3.0") == ["pool-3.3.0", "3.3.0"]


def test_a_tag_with_the_repositorys_name_is_the_last_resort() -> None:
    """It may be the main package's; another repository's name says nothing at all."""
    tags = ["dateutil-2.8", "2.8"]
    assert ranked(tags, "example", "2.8", "https://github.com/o/dateutil") == ["2.8", "dateutil-2.8"]
    assert ranked(tags, "example", "2.8", "https://github.com/o/example") == ["2.8"]


@pytest.mark.parametrize(
    ("tag", "named"),
    [("pool-3.3.0", True), ("psycopg_pool-3.3.0", True), ("3.3.0", False), ("v3.3.0", False)],
)
def test_a_tag_can_say_whose_it_is(tag: str, named: bool) -> None:
    """Only one that bears the project's name cannot be another package's."""
    assert names_project(tag, "psycopg-pool", "3.3.0") is named


@given(
    st.lists(st.integers(0, 2100), min_size=1, max_size=4), st.sampled_from(["", "v", "release-", "example-"])
)
def test_the_first_question_covers_the_usual_tags(numbers: list[int], start: str) -> None:
    """A usual tag for any version begins with one of the prefixes that the git host is asked for first."""
    version = ".".join(map(str, numbers))
    assert any(f"{start}{version}".startswith(prefix) for prefix in usual_prefixes("example", version))


@given(st.text(max_size=40))
def test_any_text_can_be_a_tag(tag: str) -> None:
    """Tags are somebody's words: none of them stops the tool."""
    assert ranked([tag], "example", "1.0") in ([], [tag])
