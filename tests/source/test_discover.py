"""Which repository a distribution's metadata names, best evidence first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.metadata import parse
from provenance.source.discover import Candidate, repositories
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
    assert [each.repository.rpartition("/")[2] for each in repositories([metadata])] == [
        "n",
        "site",
        "tracker",
    ]


def named(*lines: str, description: str = "") -> tuple[Candidate, ...]:
    """The repositories that metadata of these lines names."""
    head = "\n".join(["Metadata-Version: 2.1", "Name: n", "Version: 1", *lines])
    return repositories([parse(f"{head}\n\n{description}".encode())])


def test_each_repository_keeps_where_it_was_named() -> None:
    """The evidence goes into the report."""
    found = named("Home-page: https://n.example", "Project-URL: Code, https://gitlab.com/g/s/n/-/tree/main")
    assert found == (Candidate("https://gitlab.com/g/s/n", "project URL “Code”"),)


def test_a_repository_that_is_named_twice_keeps_the_better_evidence() -> None:
    """However it is written the second time."""
    found = named("Home-page: https://github.com/O/N.git", "Project-URL: Source, https://github.com/o/n")
    assert found == (Candidate("https://github.com/o/n", "project URL “Source”"),)


@pytest.mark.parametrize(
    "label", ["Funding", "Sponsor", "Sponsoring", "Donate", "Donations", "Tidelift: lifter"]
)
def test_who_is_to_be_paid_is_no_repository(label: str) -> None:
    """Money often goes by way of another project."""
    assert named(f"Project-URL: {label}, https://github.com/o/n") == ()


def test_a_badge_is_no_link() -> None:
    """Badges are copied from one readme into the next."""
    badge = "https://github.com/other/n/actions/workflows/test.yml/badge.svg"
    assert named(description=f"![]({badge})\nSee https://github.com/o/n.") == (
        Candidate("https://github.com/o/n", "link in the description"),
    )


def test_a_host_without_git_is_named_with_what_is_in_the_way() -> None:
    """Once for each host: the repository cannot be had, and a person should know why."""
    old, new = named(
        "Home-page: http://code.google.com/p/n/",
        "Project-URL: Downloads, http://code.google.com/p/n/downloads",
        "Project-URL: Issues, https://github.com/o/n/issues",
    )
    assert "Google Code" in old.obstacle
    assert new == Candidate("https://github.com/o/n", "project URL “Issues”")


def test_a_home_page_is_no_repository() -> None:
    """An unknown host is asked only where the address shows that git is served there."""
    assert (
        named("Home-page: https://n.example/", "Project-URL: Documentation, https://docs.n.example/git/")
        == ()
    )


def test_artifacts_of_one_release_are_read_together() -> None:
    """A better link in the second counts before a worse one in the first."""
    first = parse(b"Metadata-Version: 2.1\nName: n\nVersion: 1\nHome-page: https://github.com/o/site\n")
    second = parse(
        b"Metadata-Version: 2.1\nName: n\nVersion: 1\nProject-URL: Source, https://github.com/o/n\n"
    )
    assert [each.repository.rpartition("/")[2] for each in repositories([first, second])] == ["n", "site"]
