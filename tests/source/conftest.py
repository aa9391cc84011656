"""What the tests of git's transport stand on: in, a small repository; out, its host and a way to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from corpus.example import OWNER, git
from corpus.git_host import GitHost
from provenance.model import Limits
from provenance.source.git import GitHosts, Remote

Ask = Callable[..., Remote]
REPOSITORY = f"{OWNER}/plume"
FILES = {"README.md": "# Plume\n", "plume.py": "def greet():\n    return 'hello'\n"}


@pytest.fixture(scope="session")
def git_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a host with one repository: three commits, the second one tagged, its last on a branch."""
    folder = tmp_path_factory.mktemp("plume")
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number, (name, content) in enumerate([*FILES.items(), ("later.py", "LATER = True\n")]):
        (folder / name).write_text(content)
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", f"Add {name}")
        if number == 1:
            git(folder, "tag", "-a", "v1.0.0", "-m", "Plume 1.0.0")
    root = tmp_path_factory.mktemp("git")
    git(root, "clone", "--quiet", "--bare", str(folder), str(root / f"{REPOSITORY}.git"))
    git(root / f"{REPOSITORY}.git", "update-server-info")
    return root


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Open a repository of a host, with no configuration but the test's: `ask(host, HOME=…, limits=…)`."""
    gitconfig = tmp_path / "gitconfig"
    gitconfig.touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(gitconfig))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with ExitStack() as stack:

        def ask(
            host: GitHost, repository: str = REPOSITORY, *, limits: Limits | None = None, **environment: str
        ) -> Remote:
            known = {"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": str(gitconfig), "GIT_CONFIG_NOSYSTEM": "1"}
            hosts = stack.enter_context(GitHosts(known | environment, limits or Limits()))
            return hosts.open(f"{host.url}/{repository}")

        yield ask


@pytest.fixture
def commit_ids(git_root: Path) -> dict[str, str]:
    """The ids of what the repository's names stand for: `commit_ids["v1.0.0^{tree}"]`."""
    folder = git_root / f"{REPOSITORY}.git"

    class Ids(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return git(folder, "rev-parse", name)

    return Ids()
