"""`python -m corpus own` in: this project's last commit; out, its sdist and wheel, checked with this tool."""

from __future__ import annotations

import tempfile
from pathlib import Path

from corpus.command import ROOT, hermetic, run
from corpus.example import build, git
from corpus.git_host import GitHost

REPOSITORY = "provenance/provenance"


def own_release() -> bool:
    """Build what would be released from the last commit, print the answers, and return whether all are yes."""
    with tempfile.TemporaryDirectory(prefix="provenance-own-") as place:
        folder = Path(place)
        git(folder, "clone", "--quiet", "--bare", str(ROOT), f"git/{REPOSITORY}.git")
        git(folder, "clone", "--quiet", f"git/{REPOSITORY}.git", "checkout")
        commit = git(folder / "checkout", "rev-parse", "HEAD")
        build(folder / "checkout", folder / "dist")
        with GitHost(folder / "git") as host:
            environment = hermetic(folder / "home", host.write_gitconfig(folder / "gitconfig"))
            source = f"https://github.com/{REPOSITORY}@{commit}"
            outcomes = [
                run("check", str(artifact), "--source", source, "--no-sign", environment=environment)
                for artifact in sorted((folder / "dist").iterdir())
            ]
    for outcome in outcomes:
        print(outcome.stdout + outcome.stderr, end="")
    return len(outcomes) == 2 and all(outcome.code == 0 for outcome in outcomes)
