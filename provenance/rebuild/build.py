"""A recipe and its source on disk in, the artifacts that it makes out, each built in the sandbox."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance.errors import RebuildError
from provenance.model import Kind, Recipe
from provenance.rebuild.cage import CageLimits, Ended, Job, Sandbox
from provenance.rebuild.environment import Interpreter, Packages

HOOKS: Mapping[Kind, str] = {"sdist": "build_sdist", "wheel": "build_wheel"}
DISTUTILS: Mapping[Kind, str] = {"sdist": "sdist", "wheel": "bdist_wheel"}
ENDINGS: Mapping[Kind, tuple[str, ...]] = {
    "sdist": (".tar.gz", ".zip", ".tgz", ".tar.bz2"),
    "wheel": (".whl",),
}
LAST_LINES = 3


@dataclass(frozen=True)
class Built:
    """One artifact that was built, as a file; or why it was not: what ended it and the last that it printed."""

    path: Path | None
    failure: str = ""


@dataclass(frozen=True)
class Workshop:
    """What building takes: a sandbox, build requirements, interpreters by version, and a folder of its own."""

    sandbox: Sandbox
    packages: Packages
    interpreters: Mapping[str, Interpreter]
    folder: Path
    limits: CageLimits = field(default_factory=CageLimits)

    def interpreter(self, version: str) -> Interpreter:
        """Return the interpreter of a version. Raises RebuildError where there is none."""
        if version not in self.interpreters:
            raise RebuildError(
                f"The recipe needs Python {version}, which is not on this machine",
                hint="install it, or put it on PATH",
            )
        return self.interpreters[version]


@dataclass(frozen=True)
class Bench:
    """A recipe whose build requirements are resolved and installed, ready to build from a source."""

    recipe: Recipe
    environment: Path
    workshop: Workshop

    def build(self, kind: Kind, source: Path) -> Built:
        """Build an sdist or a wheel from a folder, or from an sdist that was published, at its root."""
        task: dict[str, object] = {"hook": HOOKS[kind], "command": _command(self.recipe, kind)}
        ended = _run(self, source, task)
        if ended.failure:
            return Built(None, _why(ended))
        out = self.workshop.folder / f"built-{len(list(self.workshop.folder.iterdir()))}"
        out.mkdir()
        for name, content in _files(ended.output).items():
            if name.endswith(ENDINGS[kind]):
                path = out / Path(name).name
                path.write_bytes(content)
                return Built(path)
        return Built(None, f"it made no {kind}")


def prepare(recipe: Recipe, source: Path, workshop: Workshop) -> Bench:
    """Resolve and install what a recipe requires, and what its backend asks for on top, which is asked in the sandbox.

    A recipe that names exact lines is followed as it is. Raises RebuildError where the requirements cannot be had, or
    the backend cannot say what it needs.
    """
    interpreter = workshop.interpreter(recipe.python)
    if _is_exact(recipe):
        return Bench(recipe, _installed(recipe.requires, interpreter, workshop), workshop)
    packages = workshop.packages
    lines = packages.resolve(recipe.requires, recipe.pins, interpreter, recipe.not_after)
    bench = Bench(recipe, _installed(lines, interpreter, workshop), workshop)
    if not recipe.command and (asked := _asked(bench, source)):
        lines = packages.resolve((*recipe.requires, *asked), recipe.pins, interpreter, recipe.not_after)
        bench = Bench(recipe, _installed(lines, interpreter, workshop), workshop)
    exact = recipe.model_copy(update={"requires": lines, "pins": (), "not_after": None})
    return Bench(exact, bench.environment, workshop)


def _is_exact(recipe: Recipe) -> bool:
    """Whether all requirements are resolved already."""
    return not recipe.pins and recipe.not_after is None and all("--hash=" in row for row in recipe.requires)


def _installed(lines: tuple[str, ...], interpreter: Interpreter, workshop: Workshop) -> Path:
    """The environment with these lines, made once."""
    key = abs(hash((interpreter.version, lines)))
    folder = workshop.folder / f"environment-{key:x}"
    if not folder.exists():
        workshop.packages.install(lines, interpreter, folder)
    return folder


def _asked(bench: Bench, source: Path) -> list[str]:
    """What the backend requires beyond what the project states; it runs the project's code to say so."""
    ended = _run(bench, source, {"hook": "get_requires", "command": []})
    if ended.failure:
        raise RebuildError(f"The build backend could not say what it needs: {_why(ended)}")
    found: Any = json.loads(_files(ended.output).get("requires.json", b"[]"))
    return [row for row in found if isinstance(row, str) and "\n" not in row]


def _run(bench: Bench, source: Path, task: dict[str, object]) -> Ended:
    recipe, workshop = bench.recipe, bench.workshop
    is_checkout = source.is_dir()
    inside = "/source" if is_checkout else f"/{source.name}"
    variables = {
        "PATH": "/env/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    if recipe.epoch is not None:
        variables["SOURCE_DATE_EPOCH"] = str(recipe.epoch)
    variables |= dict(row.split("=", 1) for row in recipe.variables if "=" in row)
    job = Job(
        task={
            "source": inside,
            "name": recipe.source.repository.rpartition("/")[2].removesuffix(".git") or recipe.name,
            "subdirectory": recipe.source.subdirectory if is_checkout else "",
            "moment": recipe.epoch,
            "backend": recipe.backend,
            "backend_path": list(recipe.backend_path),
            "before": list(recipe.before) if is_checkout else [],
            "is_windows": recipe.is_windows,
            **task,
        },
        python="/env/bin/python",
        interpreter=workshop.interpreter(recipe.python).folder,
        places={inside: source, "/env": bench.environment},
        environment=variables,
        limits=workshop.limits,
    )
    return workshop.sandbox.run(job)


def _command(recipe: Recipe, kind: Kind) -> list[str]:
    words = {"{kind}": kind, "{distutils}": DISTUTILS[kind]}
    return [words.get(word, word) for word in recipe.command]


def _files(archive: bytes) -> dict[str, bytes]:
    """Files of the tar archive that the driver wrote, by name; it is bounded, and nothing else in it is looked at."""
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is not None:
                    files[member.name.removeprefix("out/")] = file.read()
    except tarfile.TarError as error:
        raise RebuildError(f"What the build left behind cannot be read: {error}") from error
    return files


def _why(ended: Ended) -> str:
    """Why a build failed, and the last lines that it printed."""
    lines = [line.strip() for line in ended.log.splitlines() if line.strip()][-LAST_LINES:]
    said = " / ".join(line[:200] for line in lines)
    return f"{ended.failure}: {said}" if said else ended.failure
