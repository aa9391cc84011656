"""Which repository a distribution's metadata names, best evidence first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.metadata import parse
from provenance.source.discover import repositories
from provenance.source.hosts import repository_of

WRITTEN = [
    ("https://github.com/o/n", "https://github.com/o/n"),
    ("https://github.com/o/n.git", "https://github.com/o/n"),
    ("git+https://github.com/o/n.git", "https://github.com/o/n"),
    ("git@github.com:o/n.git", "https://github.com/o/n"),
    ("ssh://git@github.com/o/n", "https://github.com/o/n"),
    ("http://www.github.com/o/n/", "https://github.com/o/n"),
    ("https://github.com/o/n/tree/main/packages/x", "https://github.com/o/n"),
    ("https://github.com/o/n#readme", "https://github.com/o/n"),
    ("https://gitlab.com/o/n/-/issues", "https://gitlab.com/o/n"),
    ("https://codeberg.org/o/n", "https://codeberg.org/o/n"),
]
NO_REPOSITORY = [
    "https://github.com/sponsors/someone",
    "https://github.com/someone",
    "https://example.example/o/n",
    "https://github.com.evil.example/o/n",
    "https://evil.example/github.com/o/n",
    "UNKNOWN",
    "",
]


@pytest.mark.parametrize(("written", "repository"), WRITTEN)
def test_ways_to_write_an_address_are_folded(written: str, repository: str) -> None:
    """One repository has one address."""
    assert repository_of(written) == repository


@pytest.mark.parametrize("url", NO_REPOSITORY)
def test_an_address_that_names_no_repository_is_none(url: str) -> None:
    """Sponsor pages, people, and hosts that only look like a git host."""
    assert repository_of(url) is None


@given(st.text(max_size=80))
def test_any_text_can_stand_for_an_address(text: str) -> None:
    """Project URLs are somebody's words; what comes back is always a plain address on a known host."""
    found = repository_of(text)
    assert found is None or found.startswith("https://")


def test_a_source_label_is_believed_before_the_home_page() -> None:
    """The order of evidence: a source-like label, the home page, other labels, the description."""
    metadata = parse(
        b"Metadata-Version: 2.1\nName: n\nVersion: 1\nHome-page: https://github.com/o/site\n"
        b"Project-URL: Issues, https://github.com/o/tracker/issues\n"
        b"Project-URL: Source Code, https://github.com/o/n\n\nSee https://github.com/o/n and "
        b"https://github.com/o/other.\n"
    )
    assert [each.repository.rpartition("/")[2] for each in repositories(metadata)] == ["n", "site", "tracker"]
