"""Build requirements in, a folder with them installed out: fetched outside the cage, and only ever as wheels."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from packaging.requirements import InvalidRequirement

from provenance.errors import RebuildError
from provenance.metadata import parse_requirement

ONLY_WHEELS = ("--no-build", "--no-sources", "--no-config")
QUIET = ("--quiet", "--no-progress", "--color", "never")
WITHOUT_DATES = re.compile(r"missing an upload date|upload[- ]time", re.IGNORECASE)
EXACT = re.compile(r"[A-Za-z0-9][\w.-]*==[\w.+!-]+( ?; [^\n]+?)?( --hash=sha256:[0-9a-f]{64})+")
PREFIX = re.compile(r"^\s*(error|cause|hint|warning|×|╰─▶|│)[:\s]*", re.MULTILINE)


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine: its version such as "3.11", its program, and the folder that it lives in."""

    version: str
    program: Path
    folder: Path


class Packages:
    """Python packages from an index (a Simple API address), by uv; `path` is where interpreters are looked for."""

    def __init__(self, index: str, path: str) -> None:
        self._uv = _uv()
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV"))
        }
        self._environment = {**kept, "UV_DEFAULT_INDEX": index, "PATH": path, "UV_PYTHON_DOWNLOADS": "never"}

    def interpreters(self) -> dict[str, Interpreter]:
        """Return the interpreters of this machine by version, of equal ones the one that PATH names first."""
        found: dict[str, Interpreter] = {}
        for row in json.loads(self._run("python", "list", "--only-installed", "--output-format", "json")):
            parts, program = row["version_parts"], Path(row["path"])
            version = f"{parts['major']}.{parts['minor']}"
            is_own = (
                row["implementation"] == "cpython"
                and not program.is_symlink()
                and "shims" not in program.parts
            )
            if is_own and (version not in found or found[version].folder == Path("/usr")):
                found[version] = Interpreter(version, program, program.parent.parent)
        return found

    def resolve(
        self,
        requires: Sequence[str],
        pins: Sequence[str],
        interpreter: Interpreter,
        not_after: datetime | None,
    ) -> tuple[str, ...]:
        """Return exact lines with hashes for requirements and all that they require, none newer than a time (UTC).

        Raises RebuildError where they do not fit together, or one has no wheel. An index that does not say when files
        were uploaded leaves the time unused.
        """
        lines = "".join(f"{_plain(row)}\n" for row in (*requires, *pins))
        options = ["--no-header", "--no-annotate", "--generate-hashes", "--python", str(interpreter.program)]
        dated = ["--exclude-newer", not_after.isoformat()] if not_after else []
        try:
            text = self._run("pip", "compile", *ONLY_WHEELS, *options, *dated, "-", lines=lines)
        except RebuildError as error:
            if not dated or not WITHOUT_DATES.search(str(error)):
                raise
            text = self._run("pip", "compile", *ONLY_WHEELS, *options, "-", lines=lines)
        joined = text.replace("\\\n", " ")
        return tuple(" ".join(line.split()) for line in joined.splitlines() if line.strip())

    def install(self, lines: Sequence[str], interpreter: Interpreter, folder: Path) -> None:
        """Make an environment in a new folder with exactly what these lines name. Raises RebuildError.

        Its interpreter is not run here once something is installed: a `.pth` file would run along.
        """
        if strange := [line for line in lines if not EXACT.fullmatch(line)]:
            raise RebuildError(
                f"The recipe requires {strange[0]!r}, which is not one release with its hashes"
            )
        self._run("venv", "--no-config", "--relocatable", "--python", str(interpreter.program), str(folder))
        text = "".join(f"{line}\n" for line in lines)
        python = ["--python", str(folder / "bin" / "python")]
        if lines:
            exactly = ["--require-hashes", "--no-deps", "--link-mode", "copy"]
            self._run("pip", "install", *ONLY_WHEELS, *exactly, *python, "-r", "-", lines=text)

    def _run(self, *arguments: str, lines: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - uv itself, with fixed options; requirements go in as lines
            [self._uv, *arguments[:2], *(QUIET if arguments[0] != "python" else ()), *arguments[2:]],
            env=self._environment,
            input=lines,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = " ".join(PREFIX.sub("", done.stderr).split())
            raise RebuildError(f"The build requirements cannot be had: {said}")
        return done.stdout


def _plain(row: str) -> str:
    """A requirement that names a release on the index; anything else could be an option of uv's, or another host."""
    try:
        requirement = parse_requirement(row)
    except InvalidRequirement as error:
        raise RebuildError(f"The project requires {row!r} for its build, which is no requirement") from error
    if requirement.url:
        raise RebuildError(f"The project's build requires {requirement.url}, which is not on the index")
    return str(requirement)


def _uv() -> str:
    """The path of uv: the one that the extra `rebuild` brings, else the one on PATH."""
    try:
        from uv import find_uv_bin
    except ImportError:
        found = shutil.which("uv")
    else:
        found = find_uv_bin()
    if found is None:
        raise RebuildError(
            "Rebuilding needs uv, which is not installed", hint="pip install 'pypi-provenance[rebuild]'"
        )
    return found
