"""Git hosts: in, a URL as people write it; out, the repository's address, a file's page, or why there is no git."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.source.hosts import (
    lost_on,
    no_git,
    own_repository_of,
    permalink,
    repository_of,
    submodule_address,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PUBLIC = [
    ("https://gitlab.com/group/sub/project", "https://gitlab.com/group/sub/project"),
    ("https://gitlab.com/group/sub/project/-/tree/main/src", "https://gitlab.com/group/sub/project"),
    ("https://gitlab.com/group/project/tree/main", "https://gitlab.com/group/project"),
    ("https://gitlab.com/group/sub/project.git", "https://gitlab.com/group/sub/project"),
    ("https://codeberg.org/o/n/src/branch/main", "https://codeberg.org/o/n"),
    ("https://bitbucket.org/o/n/src/master/", "https://bitbucket.org/o/n"),
    ("https://git.sr.ht/~o/n/tree/main/item/x.py", "https://git.sr.ht/~o/n"),
    ("https://sr.ht/~o/n", "https://git.sr.ht/~o/n"),
    ("https://git.launchpad.net/~o/n/+git/n", "https://git.launchpad.net/~o/n/+git/n"),
    ("https://git.code.sf.net/p/n/code", "https://git.code.sf.net/p/n/code"),
    ("git://github.com/o/n.git", "https://github.com/o/n"),
    ("scm:git:git@github.com:o/n.git", "https://github.com/o/n"),
    ("ssh://git@github.com:22/o/n.git", "https://github.com/o/n"),
]
OWN = [
    ("https://git.project.example/proj.git", "https://git.project.example/proj.git"),
    ("git+https://code.project.example/proj", "https://code.project.example/proj"),
    ("git://project.example/srv/proj.git", "https://project.example/srv/proj.git"),
    ("scm:git:https://project.example/proj", "https://project.example/proj"),
    ("git@git.project.example:proj.git", "https://git.project.example/proj.git"),
    ("https://project.example/repos/proj.git/tree/", "https://project.example/repos/proj.git"),
    ("https://gitlab.project.example/a/b/c/-/issues", "https://gitlab.project.example/a/b/c"),
    ("https://code.project.example/a/b/-/tree/main", "https://code.project.example/a/b"),
    ("https://forgejo.project.example/a/b/issues", "https://forgejo.project.example/a/b"),
    ("https://git.project.example/a/b/tree/README", "https://git.project.example/a/b"),
]
NOT_ASKED = [
    "https://project.example",
    "https://project.example/docs/",
    "https://git.project.example/",
    "https://gitlab.project.example/group",
    "https://git.io/JvXDl",
    "https://localhost/proj.git",
    "https://gitlab/o/n.git",
    "https://git.company.internal/o/n.git",
    "https://gitlab.local/o/n",
    "https://127.0.0.1/proj.git",
    "https://[::1]/proj.git",
    "https://git.project.example:8443/proj.git",
    "https://project.example/../proj.git",
    "https://project.example/.git",
    "file:///srv/proj.git",
]
PAGES = [
    ("https://github.com/o/n", f"https://github.com/o/n/blob/{COMMIT}/src/a.py"),
    ("https://gitlab.com/g/s/n", f"https://gitlab.com/g/s/n/-/blob/{COMMIT}/src/a.py"),
    ("https://gitlab.project.example/o/n", f"https://gitlab.project.example/o/n/-/blob/{COMMIT}/src/a.py"),
    ("https://codeberg.org/o/n", f"https://codeberg.org/o/n/src/commit/{COMMIT}/src/a.py"),
    ("https://forgejo.project.example/o/n", f"https://forgejo.project.example/o/n/src/commit/{COMMIT}/src/a.py"),
    ("https://bitbucket.org/o/n", f"https://bitbucket.org/o/n/src/{COMMIT}/src/a.py"),
    ("https://git.sr.ht/~o/n", f"https://git.sr.ht/~o/n/tree/{COMMIT}/item/src/a.py"),
    ("https://git.launchpad.net/n", f"https://git.launchpad.net/n/tree/src/a.py?id={COMMIT}"),
    ("https://git.project.example/n.git", None),
    ("http://127.0.0.1:8000/o/n", None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "repository"), PUBLIC)
def test_each_public_host_has_its_own_addresses(written: str, repository: str) -> None:
    """Groups inside groups, pages below a repository, SSH and git's own protocol."""
    assert repository_of(written) == repository


@pytest.mark.parametrize(("written", "repository"), OWN)
def test_a_projects_own_host_is_known_by_the_address(written: str, repository: str) -> None:
    """`.git`, the protocol, a name such as `gitlab.`, or GitLab's `/-/` show that git is served there."""
    assert repository_of(written) is None
    assert own_repository_of(written) == repository


@pytest.mark.parametrize("url", NOT_ASKED)
def test_an_address_that_does_not_look_like_git_is_not_asked(url: str) -> None:
    """Home pages, and machines in the reader's own network."""
    assert own_repository_of(url) is None


@pytest.mark.parametrize(("repository", "page"), PAGES)
def test_a_file_has_its_page_at_a_commit(repository: str, page: str | None) -> None:
    """Each kind of host has its own form; None where the kind is not known."""
    assert permalink(repository, COMMIT, "src/a.py") == page


def test_a_files_page_can_have_any_name() -> None:
    """What a URL would misread is written as an escape."""
    page = permalink("https://github.com/o/n", COMMIT, "a b#c?\udcff{path}.py")
    assert page == f"https://github.com/o/n/blob/{COMMIT}/a%20b%23c%3F%FF%7Bpath%7D.py"


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://hg.project.example/n", "Mercurial"),
        ("hg+https://project.example/n", "Mercurial"),
        ("https://foss.heptapod.net/o/n", "Mercurial"),
        ("https://svn.project.example/n/trunk", "Subversion"),
        ("svn://project.example/n", "Subversion"),
        ("lp:n", "Bazaar"),
        ("https://code.launchpad.net/n", "Bazaar"),
        ("http://code.google.com/p/n/", "Google Code"),
        ("http://n.googlecode.com", "Google Code"),
        ("https://n.codeplex.com/", "CodePlex"),
        ("https://gitorious.org/n/n", "Gitorious"),
    ],
)
def test_a_host_without_git_is_known(url: str, word: str) -> None:
    """Other version control systems, and hosts that were shut down."""
    assert word in (no_git(url) or "")


@pytest.mark.parametrize(
    "url",
    ["https://git.launchpad.net/n", "https://github.com/hg/n", "https://bugs.launchpad.net/n", "UNKNOWN", ""],
)
def test_a_host_with_git_is_not_taken_for_another(url: str) -> None:
    """A word in the path, or another service of the same company, says nothing."""
    assert no_git(url) is None


def test_a_repository_can_have_been_lost() -> None:
    """Bitbucket's Mercurial repositories had addresses like its others."""
    assert "Mercurial" in lost_on("https://bitbucket.org/o/n")
    assert lost_on("https://github.com/o/n") == ""


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://project.example/data", "https://project.example/data"),
        ("git@project.example:data.git", "https://project.example/data.git"),
        ("git://github.com/o/data.git", "https://github.com/o/data"),
        ("http://169.254.169.254/data", None),
        ("/srv/data", None),
        ("file:///srv/data", None),
        ("https://localhost/data", None),
    ],
)
def test_a_submodule_can_come_from_any_public_host(url: str, address: str | None) -> None:
    """Its URL is known to be git's, and its commit's id binds what comes."""
    assert submodule_address(url) == address


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z.:@\[\]%0-9-]{0,20}/[^\s]{0,20}", fullmatch=True))
def test_any_text_can_stand_for_an_address(text: str) -> None:
    """Project URLs are somebody's words; what comes back is a plain https address of a domain."""
    for found in (own_repository_of(text), submodule_address(text)):
        assert found is None or found.startswith("https://")
    assert no_git(text) is None or no_git(text)
