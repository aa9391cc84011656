"""Many small releases, made fast: in, how many; out, their repositories and what flit builds of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.example import ENVIRONMENT, OWNER, Project, Release, flit, git

BUILD = """
import os, sys
from flit_core import buildapi
for folder, dist in zip(*[iter(sys.argv[1:])] * 2):
    os.chdir(folder)
    buildapi.build_sdist(dist)
    buildapi.build_wheel(dist)
"""


def make_crowd(count: int, folder: Path, *, modules: int = 3, first: int = 0) -> list[Release]:
    """Make `plume-0`, `plume-1`, …: each with a repository in FOLDER/git/OWNER, a tag, and so many modules."""
    projects = [Project(f"plume-{number}", flit) for number in range(first, first + count)]
    commits = [_commit(project, folder / "git" / OWNER / project.name, modules) for project in projects]
    places = [(folder / "git" / OWNER / project.name, folder / "dist" / project.name) for project in projects]
    for _, dist in places:
        dist.mkdir(parents=True)
    arguments = [str(path) for place in places for path in place]
    subprocess.run([sys.executable, "-c", BUILD, *arguments], check=True, env=ENVIRONMENT)
    return [
        _published(project, commit, work, dist)
        for project, commit, (work, dist) in zip(projects, commits, places, strict=True)
    ]


def _commit(project: Project, work: Path, modules: int) -> str:
    files = project.configuration(project) | _files(project, modules)
    for path, content in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(content)
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Release")
    git(work, "tag", project.tag)
    return git(work, "rev-parse", "HEAD")


def _files(project: Project, modules: int) -> dict[str, str]:
    lines = "".join(f"    x = x * {number} + 1\n" for number in range(60))
    return {
        "LICENSE": "MIT License\n",
        "README.md": f"# {project.name}\n",
        f"{project.package}/__init__.py": f'"""Greets in many ways, as {project.name}."""\n',
    } | {
        f"{project.package}/module_{number}.py": f"def work(x):\n    y = {number}\n{lines}    return x + y\n"
        for number in range(modules)
    }


def _published(project: Project, commit: str, work: Path, dist: Path) -> Release:
    """Leave the bare repository in the place of the folder that it was made in."""
    (work / ".git").rename(work.with_name(f"{project.name}.git"))
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    return Release(project, commit, sdist, wheel)


def served(releases: Sequence[Release]) -> list[Path]:
    """The artifacts of all the releases, for an index."""
    return [path for release in releases for path in release.artifacts]
