"""Reports in, files out, each whole or not at all: NAME/VERSION/ARTIFACT.intoto.json, or objects named by digest."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from provenance.errors import OperationError, UsageError

REPORT = ".intoto.json"
SUMMARY = ".vsa.intoto.json"
RESULT = ".svr.intoto.json"
BUNDLE = ".pack"
LISTED = ".sha256"


def release_folder(folder: Path, name: str, version: str) -> Path:
    """Return where the reports of one release stand."""
    return folder / _as_one_part(name) / _as_one_part(version)


def artifact_file(release: Path, filename: str, suffix: str = REPORT) -> Path:
    """Return where one statement about an artifact stands in its release's folder."""
    return release / f"{_as_one_part(filename)}{suffix}"


def bundle_file(release: Path, name: str, version: str) -> Path:
    """Return where a release's evidence bundle stands in its folder."""
    return release / f"{_as_one_part(f'{name}-{version}')}{BUNDLE}"


def put(path: Path, content: bytes) -> None:
    """Write a file in the place of what was there; raises OperationError where it cannot be written."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".incoming-", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise OperationError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="choose another place with --output",
        ) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()


def remove(path: Path) -> None:
    """Remove a file that no longer holds, if there is one; raises OperationError where it cannot be removed."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OperationError(f"{path} cannot be removed: {error.strerror or error}") from error


def _as_one_part(name: str) -> str:
    """A name that an index chose, as one part of a path."""
    if name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name:
        raise OperationError(f"{name!r} cannot be the name of a file, so no report is stored under it")
    return name


def object_name(digest: str, suffix: str) -> str:
    """Return where an object with this sha256 stands in a store."""
    return f"sha256/{digest[:2]}/{digest}{suffix}"


class ObjectStore:
    """Objects in a folder, or at an address that fsspec reaches, such as s3://bucket/reports.

    Raises UsageError where it knows no such place.
    """

    def __init__(self, place: str) -> None:
        self._place = place.rstrip("/")
        self._files = _file_system(place) if "://" in place else None

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Write objects by name, at the same time where the place can; raises OperationError."""
        if self._files is None:
            for name, content in objects.items():
                put(Path(self._place) / name, content)
            return
        try:
            self._files.pipe({f"{self._place}/{name}": content for name, content in objects.items()})
        except Exception as error:  # what goes wrong there is different for every kind of place
            raise OperationError(
                f"Reports cannot be stored at {self._place}: {error}",
                hint="look at its address and what you may do there; --store names another place",
            ) from error


def _file_system(place: str) -> Any:
    hint = "pip install 'pypi-provenance[store]', and what fsspec asks for"
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise UsageError("Object stores need fsspec", hint=hint) from error
    try:
        return url_to_fs(place)[0]
    except (ImportError, ValueError) as error:
        raise UsageError(f"There is no way to {place}: {error}", hint=hint) from error
