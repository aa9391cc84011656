"""Requirements and constraints in, the releases that fit them together out: found by uv, which builds nothing here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from provenance.errors import ResolutionError
from provenance.metadata import parse_requirement
from provenance.model import Reference
from provenance.requirements.required import pinned

OPTIONS = (
    "--no-build", "--no-header", "--no-annotate", "--no-sources", "--no-python-downloads",
    "--quiet", "--no-progress", "--color", "never",
)  # fmt: skip
ONLY_SDIST = re.compile(r"Wheels are required for `([^`]+)`")
PREFIX = re.compile(r"^\s*(error|cause|hint):\s*", re.MULTILINE)


def resolve(requirements: Sequence[str], constraints: Sequence[str], index: str) -> list[Reference]:
    """Return one Reference for every release that an installation here would need, dependencies included, by name.

    Only the lines given reach uv: an option in somebody's file, such as `--no-binary`, could make it build an sdist.
    Raises ResolutionError where nothing fits, or where only a build would tell what a release depends on.
    """
    with tempfile.TemporaryDirectory(prefix="provenance-") as folder:
        wanted, limits = Path(folder, "requirements.in"), Path(folder, "constraints.txt")
        wanted.write_text("".join(f"{line}\n" for line in requirements), "utf-8")
        limits.write_text("".join(f"{line}\n" for line in constraints), "utf-8")
        command = [_uv(), "--no-config", "pip", "compile", *OPTIONS, "--python", sys.executable]
        done = subprocess.run(  # noqa: S603 - uv itself, with fixed options; the lines go in as files
            [*command, "--constraints", limits.name, wanted.name],
            cwd=folder,
            env={**_environment(), "UV_DEFAULT_INDEX": index},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise _explained(done.stderr)
    found = [_reference(line) for line in done.stdout.splitlines() if line.strip()]
    return sorted(found, key=lambda reference: reference.name)


def _uv() -> str:
    """The path of uv: the one that the extra `pin` brings, else the one on PATH."""
    try:
        from uv import find_uv_bin
    except ImportError:
        found = shutil.which("uv")
    else:
        found = find_uv_bin()
    if found is None:
        raise ResolutionError(
            "Finding out which releases fit together needs uv, which is not installed",
            hint="pip install 'pypi-provenance[pin]'",
        )
    return found


def _environment() -> dict[str, str]:
    """The environment without uv's own settings, which could allow a build or name another index."""
    kept = {"UV_CACHE_DIR"}
    return {name: value for name, value in os.environ.items() if not name.startswith("UV_") or name in kept}


def _explained(stderr: str) -> ResolutionError:
    if names := sorted(set(ONLY_SDIST.findall(stderr))):
        plural = "s" if len(names) == 1 else ""
        return ResolutionError(
            f"{' and '.join(names)} need{plural} to be built: the index has an sdist that fits, and no wheel. Finding "
            "out what it depends on would run its code, which is never done here",
            hint="ask for a version that has a wheel, or leave it out and pin it by hand once you have checked it",
        )
    return ResolutionError(f"No releases fit together: {' '.join(PREFIX.sub('', stderr).split())}")


def _reference(line: str) -> Reference:
    """The release that a line of uv's answer names."""
    try:
        requirement = parse_requirement(line)
    except InvalidRequirement as error:
        raise ResolutionError(f"uv answered with a line that names no release: {line}") from error
    version = pinned(requirement.specifier)
    if requirement.url or version is None:
        raise ResolutionError(f"{requirement.name} does not come from the index, so it cannot be checked")
    return Reference(name=canonicalize_name(requirement.name), version=version)
