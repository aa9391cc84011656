"""An artifact in; out, the files that pip and uv lay on disk for it, to compare with the files that are judged.

Wheels are installed into empty environments. Of an sdist nothing is built: pip's own function unpacks it, and uv
unpacks it before it looks for what the build requires, which it is given no index to find.
"""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from uv import find_uv_bin

from provenance.artifacts import unpack
from provenance.errors import ArtifactError
from provenance.judgement import REFUSALS
from provenance.model import Kind, Limits
from provenance.toml import parse_toml
from provenance.tree import SYMLINK, Tree

Files = Mapping[str, bytes]
# what installers write of their own accord
OWN = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
ALONE = ("--no-deps", "--no-index")
PIP = (sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-cache-dir")
PIP_INSTALL = ("install", *ALONE, "--no-compile", "--ignore-requires-python", "--no-warn-script-location")
UV = (find_uv_bin(), "--no-config", "--offline")
INSTALLERS = ("pip", "uv")
UNPACK = "import sys; from pip._internal.utils.unpacking import unpack_file; unpack_file(*sys.argv[1:])"
NOTHING_TO_BUILD_WITH = "Failed to resolve requirements from"


def judged(path: Path, kind: Kind) -> Files | str:
    """Return the files that the tool judges, links as what they name, or the rule by which it refuses the artifact."""
    try:
        tree = unpack(path, kind, Limits())
    except ArtifactError as error:
        return REFUSALS.get(type(error), "archive")
    return {
        entry.path: (b"-> " if entry.mode == SYMLINK else b"") + (tree.load(entry.blob) or b"")
        for entry in tree
    }


def at_their_places(files: Files) -> Files:
    """Return a wheel's files where an environment has them: what is data of it is spread, its commands left out."""
    name = next(path for path in files if path.endswith(".dist-info/METADATA")).partition("-")[0]
    places = {
        "purelib": _place("purelib"),
        "platlib": _place("platlib"),
        "scripts": "bin",
        "headers": f"include/site/python{sysconfig.get_python_version()}/{name}",
        "data": ".",
    }
    found = {}
    for path, content in files.items():
        top, _, rest = path.partition("/")
        scheme, _, inner = rest.partition("/")
        place = f"{places[scheme]}/{inner}" if top.endswith(".data") else f"{places['purelib']}/{path}"
        found[place.removeprefix("./")] = _any_interpreter(place, content)
    commands = _commands(files)
    return {path: content for path, content in found.items() if not _is_own(path) and path not in commands}


def installed(wheel: Path, folder: Path, installer: str, files: Files) -> Files | None:
    """Return what an installation of a wheel adds to an empty environment, which `folder` becomes; None if refused.

    The commands that its `files` ask installers to write are left out.
    """
    _uv("venv", "--quiet", "--python", sys.executable, "--no-project", str(folder))
    before = set(folder.rglob("*"))
    python = str(folder / "bin/python")
    if installer == "pip":
        done = _run(*PIP, "--python", python, *PIP_INSTALL, str(wheel))
    else:
        done = _uv("pip", "install", *ALONE, "--no-cache", "--python", python, str(wheel))
    if done.returncode != 0:
        return None
    commands = _commands(files)
    return {
        place: _any_interpreter(place, path.read_bytes())
        for path in sorted(set(folder.rglob("*")) - before)
        if path.is_file()
        and not _is_own(place := path.relative_to(folder).as_posix())
        and place not in commands
    }


def unpacked_by_pip(sdist: Path, folder: Path) -> Files | None:
    """Return what pip's own function makes of an sdist in an empty folder, None where it refuses."""
    done = _run(sys.executable, "-c", UNPACK, str(sdist), str(folder))
    return on_disk(folder) if done.returncode == 0 else None


def unpacked_by_uv(sdist: Path, folder: Path) -> Files | None:
    """Return what uv makes of an sdist in an empty cache until it looks for the build's requirements, None if refused.

    Raises ValueError for an sdist that asks for none, whose own code would then be run.
    """
    if not builds_with_others(unpack(sdist, "sdist", Limits())):
        raise ValueError(f"{sdist.name} builds with code of its own")
    target = str(folder / "target")
    places = ("--cache-dir", str(folder), "--target", target, "--python", sys.executable)
    done = _uv("pip", "install", *ALONE, *places, str(sdist))
    found = [path for path in folder.glob("sdists-v*/path/*/*/src") if path.is_dir()]
    is_read = NOTHING_TO_BUILD_WITH in done.stderr or done.returncode == 0  # uv_build is uv itself
    return on_disk(found[0]) if is_read and len(found) == 1 else None


def builds_with_others(tree: Tree) -> bool:
    """Return whether an sdist requires anything to build with: without an index, no build of it begins."""
    system = parse_toml(tree.text("pyproject.toml") or "").get("build-system", {})
    required = [Requirement(text) for text in system.get("requires", ["setuptools"])]
    return any(each.marker is None and each.url is None for each in required)


def on_disk(folder: Path) -> Files:
    """Return all files of a folder by their paths; a link by what it names."""
    return {path.relative_to(folder).as_posix(): _content(path) for path in sorted(_files(folder))}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def _content(path: Path) -> bytes:
    return b"-> " + str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()


def _place(scheme: str) -> str:
    """Where an environment has modules, below its own folder."""
    return sysconfig.get_path(scheme, "venv", {"base": "", "platbase": ""}).strip("/")


def _any_interpreter(place: str, content: bytes) -> bytes:
    """A script without the lines that installers write to name the environment's own interpreter."""
    is_script = place.startswith("bin/") and content.startswith(b"#!") and b"python" in content[:200]
    return b"#!python\n" + content.partition(b"\n")[2] if is_script else content


def _is_own(place: str) -> bool:
    return place == ".lock" or (place.rpartition("/")[2] in OWN and ".dist-info/" in place)


def _commands(files: Files) -> set[str]:
    """Where the scripts are that installers write for entry points, over others of these names."""
    text = next(
        (content for path, content in files.items() if path.endswith(".dist-info/entry_points.txt")), b""
    )
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string("\n".join(line.strip() for line in text.decode().splitlines()))
    sections = [parser[name] for name in ("console_scripts", "gui_scripts") if parser.has_section(name)]
    names = {name for section in sections for name in section}
    names |= {f"pip{sysconfig.get_python_version()}"} if "pip" in names else set()  # as all installers do
    return {f"bin/{name}" for name in names}


def _uv(*arguments: str) -> subprocess.CompletedProcess[str]:
    return _run(*UV, *arguments)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command without the user's settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))
    }
    return subprocess.run(command, capture_output=True, text=True, check=False, env=kept)
