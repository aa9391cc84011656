"""Which tags carry a project's version, and in what order they are believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.source.tags import ranked, usual_prefixes

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
]
LOOK_ALIKES = [
    ("psycopg", "3.2.0", "pool-3.2.0"),
    ("example", "1.0", "docs-1.0"),
    ("example", "1.0", "v1.0rc1"),
    ("example", "1.0", "v11.0"),
    ("example", "1.0", "1.0.1"),
    ("example", "1.0", "example-extra-1.0"),
    ("example", "1.0", "latest"),
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
