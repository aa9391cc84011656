"""An environment's folders of packages in, what is installed there out; nothing of it is imported or run."""

from __future__ import annotations

from pathlib import Path

from packaging.direct_url import DirectUrl, DirectUrlValidationError
from packaging.utils import canonicalize_name

from provenance import metadata
from provenance.errors import UsageError
from provenance.requirements.reading import parse_json
from provenance.requirements.required import FROM_FOLDER, FROM_GIT, FROM_URL, Required

PLACES = (
    "lib/python3*/site-packages",
    "lib64/python3*/site-packages",
    "lib/python3*/dist-packages",
    "lib/python3/dist-packages",
    "Lib/site-packages",
)
OLD = (".egg-info", ".egg", ".egg-link")
NOBODYS = {"__pycache__", "README.txt"}  # Python's own


def site_folders(python: Path) -> list[Path]:
    """Return the folders of packages that belong to an interpreter, an environment, or are meant themselves.

    Raises UsageError where there are none. The interpreter is not started.
    """
    if python.is_dir() and any(python.glob("*.dist-info")):
        return [python]
    root = python if python.is_dir() else python.parent.parent
    folders = (folder for place in PLACES for folder in sorted(root.glob(place)))
    found: dict[Path, Path] = {}
    for folder in folders:
        found.setdefault(folder.resolve(), folder)  # lib64 is often lib
    if not found:
        raise UsageError(
            f"{python} is no Python environment: {root} has no folder of packages",
            hint="give the environment's folder, its interpreter, or the folder site-packages itself",
        )
    return list(found.values())


def read_installed(folders: list[Path]) -> list[Required]:
    """Return every installed release, and whatever stands beside them that none of them owns."""
    found = []
    for folder in folders:
        found += [_installed(path) for path in sorted(folder.glob("*.dist-info"))]
        found += [
            Required(
                name=path.name.removesuffix(path.suffix),
                where=str(path),
                text=path.name,
                obstacle="it was installed in an old way, without a list of its files",
            )
            for path in sorted(path for suffix in OLD for path in folder.glob(f"*{suffix}"))
        ]
        found += _ownerless(folder)
    return found


def _installed(path: Path) -> Required:
    try:
        fields = metadata.parse((path / "METADATA").read_bytes())
        obstacle = (
            _obstacle(path) if fields.name and fields.version else "its METADATA has no name and version"
        )
    except OSError:
        return Required(
            name=path.name, where=str(path), text=path.name, obstacle="its METADATA cannot be read"
        )
    return Required(
        name=canonicalize_name(fields.name or path.name.removesuffix(".dist-info")),
        where=str(path),
        text=path.name,
        version=None if obstacle else fields.version,
        obstacle=obstacle,
        installed=None if obstacle else str(path),
    )


def _obstacle(path: Path) -> str:
    """Why an installed release is not from the index, "" where it is (direct_url.json)."""
    file = path / "direct_url.json"
    if not file.exists():
        return ""
    try:
        origin = DirectUrl.from_dict(parse_json(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError, DirectUrlValidationError):
        return "its direct_url.json cannot be read"
    if origin.vcs_info is not None:
        return FROM_GIT
    return FROM_FOLDER if origin.dir_info is not None else FROM_URL


def _ownerless(folder: Path) -> list[Required]:
    """Whatever stands in the folder of packages and no installed release lists."""
    listed = "\n".join(_record(path) for path in folder.glob("*.dist-info"))
    owned = {line.strip('"').partition("/")[0].partition(",")[0] for line in listed.splitlines()}
    return [
        Required(name=path.name, where=str(path), text=path.name, obstacle=_unowned(path))
        for path in sorted(folder.iterdir())
        if path.name not in owned | NOBODYS and not path.name.endswith((".dist-info", *OLD))
    ]


def _unowned(path: Path) -> str:
    is_started = path.suffix == ".pth" or path.stem in ("sitecustomize", "usercustomize")
    return f"it belongs to no installed release{', and runs at every start of Python' if is_started else ''}"


def _record(path: Path) -> str:
    try:
        return (path / "RECORD").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
