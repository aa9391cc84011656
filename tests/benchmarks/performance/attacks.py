"""An artifact in, its doubles out, each changed in one way that somebody who means harm would choose."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.tamper import Edit, append, rewrite

CALL = b"\nimport os; os.system('id')\n"


@dataclass(frozen=True)
class Attack:
    """What was done, the file that it was done to, and the artifact that came of it."""

    words: str
    path: str
    artifact: Path


def attacks(artifact: Path, name: str, folder: Path) -> Iterator[Attack]:
    """Yield the doubles of an artifact; a file that an attack needs and that is not there leaves it out."""
    is_wheel = artifact.suffix == ".whl"
    paths = paths_in(artifact)
    edits = wheel_edits(paths, name) if is_wheel else sdist_edits(paths)
    for number, (words, (path, edit)) in enumerate(edits.items()):
        yield Attack(words, path, rewrite(artifact, folder / str(number), {path: edit}))


def wheel_edits(paths: list[str], name: str) -> Mapping[str, tuple[str, Edit]]:
    """Eight attacks on a wheel."""
    module = next(path for path in paths if path.endswith("/__init__.py"))
    other = next(path for path in paths if path.endswith(".py") and path != module)
    package, info = module.rpartition("/")[0], next(path for path in paths if path.endswith("/METADATA"))
    dist_info = info.rpartition("/")[0]
    return {
        "a line more in a module": (module, append(CALL)),
        "a module more": (f"{package}/_hook.py", append(CALL)),
        "a module that is named as generated ones are": (f"{package}/_version.py", append(CALL)),
        "a .pth file": (f"{name}.pth", append(b"import os; os.system('id')\n")),
        "a dependency more": (info, lambda old: old.replace(b"\n\n", b"\nRequires-Dist: reqests\n\n", 1)),
        "a console script more": (
            f"{dist_info}/entry_points.txt",
            append(b"\n[console_scripts]\npip = os:getcwd\n"),
        ),
        "a shell script more": (
            f"{dist_info.removesuffix('.dist-info')}.data/scripts/pip",
            append(b"#!/bin/sh\nid\n"),
        ),
        "a module emptied": (other, lambda _old: b""),
    }


def sdist_edits(paths: list[str]) -> Mapping[str, tuple[str, Edit]]:
    """Five attacks on an sdist."""
    module = next(path for path in paths if path.endswith("/__init__.py") and "test" not in path)
    package = module.rpartition("/")[0]
    return {
        "a line more in a module": (module, append(CALL)),
        "a module more": (f"{package}/_hook.py", append(CALL)),
        "a setup.py that runs more": ("setup.py", append(CALL)),
        "a build backend of the sdist's own": (
            "pyproject.toml",
            lambda _old: b'[build-system]\nrequires = []\nbuild-backend = "hook"\nbackend-path = ["."]\n',
        ),
        "a setup.cfg that names a command of its own": (
            "setup.cfg",
            append(b"\n[options]\ncmdclass = \n    egg_info = hook.Hook\n\n[egg_info]\ntag_build = \n"),
        ),
    }


def paths_in(artifact: Path) -> list[str]:
    """The files in an artifact, in order; an sdist's below its one folder."""
    if artifact.suffix == ".whl":
        with zipfile.ZipFile(artifact) as wheel:
            return sorted(path for path in wheel.namelist() if not path.endswith("/"))
    with tarfile.open(artifact) as sdist:
        return sorted(member.name.partition("/")[2] for member in sdist if member.isfile())
