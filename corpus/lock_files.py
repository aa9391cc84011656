"""Releases in, what asks for them out: requirements and lock files as each tool writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from corpus.example import Release

FILES = "https://files.example/packages"


def sha256(path: Path) -> str:
    """The digest of a file, as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def requirements_txt(releases: Iterable[Release]) -> str:
    """As pip-compile writes it with --generate-hashes."""
    entries = (
        " \\\n".join(
            [release.reference, *(f"    --hash=sha256:{sha256(path)}" for path in release.artifacts)]
        )
        for release in releases
    )
    return "# This file is generated.\n" + "\n    # via the-project\n".join(entries) + "\n"


def pylock_toml(releases: Iterable[Release]) -> str:
    """As PEP 751 asks."""
    head = 'lock-version = "1.0"\ncreated-by = "a-tool"\n'
    return head + "".join(
        f"""
[[packages]]
name = "{release.project.name}"
version = "{release.project.version}"
sdist = {{ url = "{FILES}/{release.sdist.name}", hashes = {{ sha256 = "{sha256(release.sdist)}" }} }}
wheels = [{{ url = "{FILES}/{release.wheel.name}", hashes = {{ sha256 = "{sha256(release.wheel)}" }} }}]
"""
        for release in releases
    )


def uv_lock(releases: Iterable[Release]) -> str:
    """As uv writes it, the project itself among its packages."""
    head = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "the-project"
version = "0.1.0"
source = { virtual = "." }
"""
    return head + "".join(
        f"""
[[package]]
name = "{release.project.name}"
version = "{release.project.version}"
source = {{ registry = "https://index.example/simple" }}
sdist = {{ url = "{FILES}/{release.sdist.name}", hash = "sha256:{sha256(release.sdist)}", size = 1 }}
wheels = [
    {{ url = "{FILES}/{release.wheel.name}", hash = "sha256:{sha256(release.wheel)}", size = 1 }},
]
"""
        for release in releases
    )


def poetry_lock(releases: Iterable[Release]) -> str:
    """As Poetry writes it."""
    packages = "".join(
        f"""
[[package]]
name = "{release.project.name}"
version = "{release.project.version}"
description = ""
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [{_files(release)}]
"""
        for release in releases
    )
    return f'{packages}\n[metadata]\nlock-version = "2.1"\npython-versions = ">=3.11"\ncontent-hash = "0"\n'


def pdm_lock(releases: Iterable[Release]) -> str:
    """As PDM writes it."""
    head = '[metadata]\ngroups = ["default"]\nlock_version = "4.5.0"\ncontent_hash = "sha256:0"\n'
    return head + "".join(
        f"""
[[package]]
name = "{release.project.name}"
version = "{release.project.version}"
requires_python = ">=3.8"
summary = ""
groups = ["default"]
files = [{_files(release)}]
"""
        for release in releases
    )


def _files(release: Release) -> str:
    rows = (f'\n    {{file = "{path.name}", hash = "sha256:{sha256(path)}"}},' for path in release.artifacts)
    return "".join(rows) + "\n"


def pipfile_lock(releases: Iterable[Release]) -> str:
    """As Pipenv writes it."""
    default = {
        release.project.name: {
            "hashes": [f"sha256:{sha256(path)}" for path in release.artifacts],
            "index": "main",
            "version": f"=={release.project.version}",
        }
        for release in releases
    }
    sources = [{"name": "main", "url": "https://index.example/simple", "verify_ssl": True}]
    meta = {"hash": {"sha256": "0"}, "pipfile-spec": 6, "requires": {}, "sources": sources}
    return json.dumps({"_meta": meta, "default": default, "develop": {}}, indent=4)


def pyproject_toml(releases: Iterable[Release]) -> str:
    """A project that pins what it depends on."""
    rows = "".join(f'    "{release.reference}",\n' for release in releases)
    return f'[project]\nname = "the-project"\nversion = "0.1.0"\ndependencies = [\n{rows}]\n'


LOCK_FILES: dict[str, Callable[[Iterable[Release]], str]] = {
    "requirements.txt": requirements_txt,
    "pylock.toml": pylock_toml,
    "uv.lock": uv_lock,
    "poetry.lock": poetry_lock,
    "pdm.lock": pdm_lock,
    "Pipfile.lock": pipfile_lock,
}
ALL_FILES = {**LOCK_FILES, "pyproject.toml": pyproject_toml}
