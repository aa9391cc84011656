"""What a project depends on: requirements and lock files and environments in, Required entries out.

A format is one file here and one row in NAMES.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from provenance.errors import UsageError
from provenance.requirements import (
    pdm_lock,
    pipfile_lock,
    poetry_lock,
    pylock,
    pyproject,
    requirements_txt,
    uv_lock,
)
from provenance.requirements.installed import read_installed, site_folders
from provenance.requirements.reading import read_text, read_toml
from provenance.requirements.required import Required
from provenance.requirements.resolve import resolve

__all__ = ["Required", "read_constraints", "read_installed", "read_requirements", "resolve", "site_folders"]

Reader = Callable[[Path], list[Required]]

# pattern of the file's name -> its reader
NAMES: dict[str, Reader] = {
    r"pylock(\..+)?\.toml": pylock.read,
    r"uv\.lock": uv_lock.read,
    r"poetry\.lock": poetry_lock.read,
    r"pdm(\..+)?\.lock": pdm_lock.read,
    r"Pipfile\.lock": pipfile_lock.read,
    r"pyproject\.toml": pyproject.read,
    r".+\.(txt|in)": requirements_txt.read,
}


def read_requirements(path: Path) -> list[Required]:
    """Return what a requirements or lock file asks for, in its order.

    The format is known by the file's name, else by its content. Raises UsageError, which names the file and the line.
    """
    return _reader(path)(path)


def read_constraints(path: Path) -> list[str]:
    """Return the constraints that a requirements file names with `-c`; other formats have none."""
    return requirements_txt.read_constraints(path) if _reader(path) is requirements_txt.read else []


def _reader(path: Path) -> Reader:
    reader = next((reader for name, reader in NAMES.items() if re.fullmatch(name, path.name)), None)
    return reader or _by_content(path)


def _by_content(path: Path) -> Reader:
    if read_text(path).lstrip().startswith("{"):
        return pipfile_lock.read
    try:
        document = read_toml(path)
    except UsageError:
        return requirements_txt.read
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    if "packages" in document and "lock-version" in document:
        return pylock.read
    if "package" in document and ("content-hash" in metadata or "lock-version" in metadata):
        return poetry_lock.read
    if "package" in document and "lock_version" in metadata:
        return pdm_lock.read
    if "package" in document:
        return uv_lock.read
    return pyproject.read if document else requirements_txt.read
