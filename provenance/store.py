"""Reports in, files under one folder out: NAME/VERSION/ARTIFACT.intoto.json, each whole or not at all."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from provenance.errors import OperationError

REPORT = ".intoto.json"
SUMMARY = ".vsa.intoto.json"
RESULT = ".svr.intoto.json"
BUNDLE = ".pack"


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
