"""Small example projects: in, a Project; out, its git repository and what a real backend builds."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OWNER = "example-org"
MOMENT = "2025-03-01T12:00:00+00:00"
EPOCH = "1740830400"
DESCRIPTION = "Greets in many ways"

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_AUTHOR_NAME": "Ada Example",
    "GIT_AUTHOR_EMAIL": "ada@project.example",
    "GIT_AUTHOR_DATE": MOMENT,
    "GIT_COMMITTER_NAME": "Ada Example",
    "GIT_COMMITTER_EMAIL": "ada@project.example",
    "GIT_COMMITTER_DATE": MOMENT,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "SOURCE_DATE_EPOCH": EPOCH,
}


@dataclass(frozen=True)
class Project:
    """One project at one version: what its repository holds and how it is built.

    `tag` names the release's tag, empty for none; `link` is the repository that its metadata names, empty
    for none; `subdirectory` is its folder in the repository.
    """

    name: str
    configuration: Callable[[Project], dict[str, str]]
    version: str = "1.0.0"
    tag: str = "v1.0.0"
    annotated: bool = True
    link: str = "https://github.com/{owner}/{name}"
    subdirectory: str = ""

    @property
    def package(self) -> str:
        """The name that Python imports."""
        return self.name.replace("-", "_")

    @property
    def reference(self) -> str:
        """What a person types to ask about this release."""
        return f"{self.name}=={self.version}"

    @property
    def repository(self) -> str:
        """The repository that the metadata names."""
        return self.link.format(owner=OWNER, name=self.name)


@dataclass(frozen=True)
class Release:
    """A built project: where its artifacts are and which commit they were built from."""

    project: Project
    commit: str
    sdist: Path
    wheel: Path

    @property
    def reference(self) -> str:
        """What a person types to ask about this release."""
        return self.project.reference

    @property
    def artifacts(self) -> tuple[Path, Path]:
        """The sdist and the wheel."""
        return self.sdist, self.wheel


def make_release(project: Project, folder: Path) -> Release:
    """Commit and tag the project in FOLDER/git/OWNER/NAME.git and build that tag into FOLDER/dist/NAME."""
    work = folder / "work" / project.name
    commit = _commit_project(project, work)
    git(folder, "clone", "--quiet", "--bare", str(work), str(folder / "git" / OWNER / f"{project.name}.git"))
    checkout = folder / "checkout" / project.name
    git(folder, "clone", "--quiet", str(work), str(checkout))
    git(checkout, "checkout", "--quiet", commit)
    dist = folder / "dist" / project.name
    build(checkout / project.subdirectory, dist)
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    return Release(project, commit, sdist, wheel)


def _commit_project(project: Project, work: Path) -> str:
    """Commit the release, tag it, and commit once more, so that the branch's tip is not the release."""
    work.mkdir(parents=True)
    git(work, "init", "--quiet", "--initial-branch=main")
    home = work / project.subdirectory
    for path, content in (_common_files(project) | project.configuration(project)).items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(content.encode())
    # Nothing that is released, and larger than everything that is: a check has no reason to download it.
    (work / "figure.bin").write_bytes(random.Random(0).randbytes(400_000))
    if project.name == SETUPTOOLS.name:
        (work / "examples").symlink_to("docs/examples")
    _commit_all(work, "Release")
    commit = git(work, "rev-parse", "HEAD")
    if project.tag:
        git(work, "tag", *(["-a", "-m", "Release"] if project.annotated else []), project.tag)
    with (home / "CHANGES.md").open("a") as changes:
        changes.write("\n## Unreleased\n")
    _commit_all(work, "Start the next release")
    git(work, "tag", "another-package-v1.0.0")
    return commit


def _commit_all(work: Path, message: str) -> None:
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", message)


def git(folder: Path, *arguments: str) -> str:
    """Run git with a fixed identity and clock, and with nobody's configuration."""
    return _run(folder, "git", *arguments).strip()


def build(folder: Path, dist: Path) -> None:
    """Build the sdist, and the wheel from the sdist, with the backend that the project names."""
    _run(folder.parent, sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist), str(folder))


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _common_files(project: Project) -> dict[str, str]:
    source = "src/" if project.configuration in (setuptools_pyproject, hatchling) else ""
    package = f"{source}{project.package}"
    return {
        ".gitattributes": "*.csv text eol=crlf\n",
        "CHANGES.md": "# Changes\n\n## 1.0.0\n\nFirst release.\n",
        "LICENSE": "MIT License\n\nCopyright (c) 2025 Ada Example\n",
        "README.md": f"# {project.name}\n\n{DESCRIPTION}.\n",
        f"{package}/__init__.py": f'"""{DESCRIPTION}."""\n\nfrom .greeting import greet as greet\n',
        f"{package}/greeting.py": 'def greet(name: str) -> str:\n    return f"Hello, {name}!"\n',
        f"{package}/greetings.csv": "language,greeting\nen,Hello\nfr,Bonjour\n",
    }


def setup_cfg(project: Project) -> dict[str, str]:
    """Setuptools configured by setup.py and setup.cfg, the package at the root."""
    url = f"project_urls =\n    Source = {project.repository}\n" if project.link else ""
    return {
        "setup.py": "from setuptools import setup\n\nsetup()\n",
        "setup.cfg": f"""\
[metadata]
name = {project.name}
version = {project.version}
description = {DESCRIPTION}
long_description = file: README.md
long_description_content_type = text/markdown
license_files = LICENSE
{url}
[options]
packages = {project.package}
python_requires = >=3.8

[options.package_data]
* = *.csv
""",
    }


def setuptools_pyproject(project: Project) -> dict[str, str]:
    """Setuptools configured by pyproject.toml, the package under src/, a folder named twice by a symlink."""
    return {
        "MANIFEST.in": "graft docs\ngraft examples\n",
        "docs/examples/hello.txt": "Hello, Ada!\n",
        "pyproject.toml": _pyproject(project, "setuptools", "setuptools.build_meta")
        + '\n[tool.setuptools.package-data]\n"*" = ["*.csv"]\n',
    }


def hatchling(project: Project) -> dict[str, str]:
    """Hatchling, the package under src/."""
    return {
        ".gitignore": "__pycache__/\n",
        "pyproject.toml": _pyproject(project, "hatchling", "hatchling.build")
        + '\n[tool.hatch.build.targets.sdist]\nexclude = ["figure.bin"]\n',
    }


def flit(project: Project) -> dict[str, str]:
    """Flit, the package at the root."""
    return {"pyproject.toml": _pyproject(project, "flit_core>=3.12", "flit_core.buildapi")}


def generating(project: Project) -> dict[str, str]:
    """Flit, wrapped by a backend of the project's own that first writes a module which git does not hold."""
    pyproject = _pyproject(project, "flit_core>=3.12", "own_backend")
    return {
        "pyproject.toml": pyproject.replace("[project]", 'backend-path = ["."]\n\n[project]', 1)
        + '\n[tool.flit.sdist]\ninclude = ["own_backend.py"]\n',
        "own_backend.py": OWN_BACKEND.format(package=project.package),
        ".gitignore": "tables.py\n",
    }


OWN_BACKEND = """\
from pathlib import Path

from flit_core.buildapi import *

squares = [number * number for number in range(20)]
Path("{package}/tables.py").write_text(f"import os\\n\\nSQUARES = {{squares}}\\nHOME = os.getcwd\\n")
"""


def _pyproject(project: Project, requirement: str, backend: str) -> str:
    urls = f'\n[project.urls]\nSource = "{project.repository}"\n' if project.link else ""
    return f"""\
[build-system]
requires = ["{requirement}"]
build-backend = "{backend}"

[project]
name = "{project.name}"
version = "{project.version}"
description = "{DESCRIPTION}"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.8"
{urls}"""


SETUP_CFG = Project("plume-classic", setup_cfg, tag="1.0.0", annotated=False)
SETUPTOOLS = Project("plume-modern", setuptools_pyproject, tag="release-1.0.0")
HATCHLING = Project("plume-hatch", hatchling, annotated=False)
FLIT = Project("plume", flit)
MONOREPO = Project("plume-extras", hatchling, tag="plume-extras-v1.0.0", subdirectory="packages/plume-extras")
GENERATING = Project("plume-tables", generating)
UNTAGGED = Project("plume-untagged", flit, tag="")
UNLINKED = Project("plume-unlinked", flit, link="")
MISLINKED = Project("plume-mislinked", flit, link="https://github.com/{owner}/no-such-repository")

CLEAN = (SETUP_CFG, SETUPTOOLS, HATCHLING, FLIT, MONOREPO)
