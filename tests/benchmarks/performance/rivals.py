"""One artifact in, what a tool says of it out: this project, diffoscope, guarddog's integrity rule, phantom-scan.

Each tool comes from the index into an environment of its own and is given the same local data. How each is fed stands
at its function. Seconds and memory are of the whole process.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from corpus.command import COMMAND, ROOT
from tests.benchmarks.performance.process import NoAnswerError, Run, measured

UNPROVEN = {"added", "modified", "relocated", "recognized"}


@dataclass(frozen=True)
class Case:
    """One artifact, as published or changed, and where its source is."""

    name: str
    version: str
    artifact: Path
    repository: str
    tag: str
    clone: Path  # bare, with the one commit

    @property
    def kind(self) -> str:
        """What it is, sdist or wheel."""
        return "wheel" if self.artifact.suffix == ".whl" else "sdist"


@dataclass(frozen=True)
class Answer:
    """What a tool said: the names of the files that it lists, and whether it would stop an installation."""

    run: Run
    named: frozenset[str]
    stops: bool


Tool = Callable[[Case, Path], Answer]


def provenance(case: Case, folder: Path) -> Answer:
    """`provenance check FILE --source REPOSITORY@TAG`; it fetches the commit itself, and stops unless it says yes."""
    words = [*COMMAND, "check", str(case.artifact), "--source", f"{case.repository}@{case.tag}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PROVENANCE_CACHE": str(folder / "cache")}
    run = measured(
        [*words, "--format", "json", "--no-sign", "--output", str(folder / "reports")], environment
    )
    named = {
        finding["path"]
        for release in json.loads(run.output)["releases"]
        for artifact in release["artifacts"]
        for finding in artifact["findings"]
        if finding["evidence"] in UNPROVEN
    }
    return Answer(run, names(named), run.code != 0)


def diffoscope(case: Case, folder: Path) -> Answer:
    """The unpacked artifact and `git archive` of the tag as two directories; it stops at any difference.

    A wheel is held against the folder that its modules come from.
    """
    here = unpacked(case, folder / "artifact")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=git_archive(case, "tar"), check=True)
    there = folder / f"{case.name}-{case.version}"
    if case.kind == "wheel" and (there / "src").is_dir():
        there /= "src"
    result = folder / "differences.json"
    words = [
        "diffoscope",
        "--exclude-directory-metadata",
        "yes",
        "--json",
        str(result),
        str(here),
        str(there),
    ]
    run = measured(in_environment("diffoscope", words), os.environ)
    difference = json.loads(result.read_bytes()) if result.exists() else {}
    return Answer(run, names(_differing(difference)), run.code != 0)


def _differing(difference: Mapping[str, object]) -> set[str]:
    """The files that differ or stand on one side only, out of diffoscope's tree of differences."""
    if difference.get("source1") == "file list":
        lines = str(difference.get("unified_diff")).splitlines()
        return {line[1:] for line in lines if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}}
    details = difference.get("details")
    below = {path for each in (details if isinstance(details, list) else ()) for path in _differing(each)}
    return below or {str(difference.get("source1", ""))}


def guarddog(case: Case, folder: Path) -> Answer:
    """The rule's own `detect` on the unpacked sdist; it clones the whole repository from the same host."""
    home = folder / "home"
    home.mkdir()
    if configuration := os.environ.get("GIT_CONFIG_GLOBAL"):  # libgit2 reads the home folder's alone
        (home / ".gitconfig").write_bytes(Path(configuration).read_bytes())
    outside = unpacked(case, folder / "artifact").parent
    words = [
        "python",
        "-c",
        RULE,
        case.name,
        case.version,
        str(outside),
        case.repository.removesuffix(".git"),
    ]
    run = measured(in_environment("guarddog", words), {**os.environ, "HOME": str(home)})
    if run.code:
        raise NoAnswerError
    is_found, message = json.loads(run.output.splitlines()[-1])
    named = {line.removeprefix("* ") for line in message.splitlines() if line.startswith("* ")}
    return Answer(run, names(named), is_found)


RULE = """
import json, sys
from guarddog.analyzer.metadata.pypi.repository_integrity_mismatch import PypiIntegrityMismatchDetector
name, version, path, repository = sys.argv[1:]
package = {"info": {"version": version, "project_urls": {"Source": repository}}}
print(json.dumps(PypiIntegrityMismatchDetector().detect(package, path, name, version)))
"""


def phantom(case: Case, folder: Path) -> Answer:
    """`phantom scan`; its cache holds what it would download: a page of metadata, the wheel, the tag's archive."""
    index, wheel = "https://index.example/json", "https://index.example/wheel"
    about = {
        "urls": [{"packagetype": "bdist_wheel", "filename": case.artifact.name, "url": wheel}],
        "info": {"project_urls": {"Source": case.repository}},
    }
    project = case.repository.removeprefix("https://").removesuffix(".git")
    kept = {
        f"{index}/{case.name}/{case.version}/json": json.dumps(about).encode(),
        wheel: case.artifact.read_bytes(),
    }
    for tag in {
        case.tag,
        f"v{case.version}",
    }:  # the name that it tries first: its cache cannot say that there is none
        kept[f"https://codeload.{project}/tar.gz/refs/tags/{tag}"] = git_archive(case, "tar.gz")
    for address, content in kept.items():
        digest = hashlib.sha256(address.encode()).hexdigest()
        path = folder / "cache" / digest[:2] / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    words = [
        "phantom",
        "scan",
        f"{case.name}=={case.version}",
        "--json",
        "--cache-dir",
        str(folder / "cache"),
    ]
    run = measured(in_environment("phantom-scan", [*words, "--index-url", index]), os.environ)
    if run.code not in (0, 1):  # a compiled wheel
        raise NoAnswerError
    found = json.loads(run.output)["findings"]
    return Answer(run, names(str(each["path"]) for each in found), run.code != 0)


def names(paths: Iterable[str]) -> frozenset[str]:
    """The last parts of paths: what all tools' ways to write a path have in common."""
    return frozenset(PurePosixPath(path).name for path in paths)


def in_environment(project: str, words: Sequence[str]) -> list[str]:
    """A command of a project that is installed into an environment of its own, once."""
    return [str(_environment(project) / "bin" / words[0]), *words[1:]]


@cache
def _environment(project: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{project}-"))
    venv.create(folder, with_pip=True)
    subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", project], check=True, stderr=subprocess.DEVNULL
    )
    return folder


def git_archive(case: Case, form: str) -> bytes:
    """The commit as `git archive` writes it, below a folder as hosts name it."""
    words = [
        "git",
        "-C",
        str(case.clone),
        "archive",
        f"--format={form}",
        f"--prefix={case.name}-{case.version}/",
    ]
    return subprocess.run([*words, "HEAD"], check=True, capture_output=True).stdout


def unpacked(case: Case, folder: Path) -> Path:
    """Unpack an artifact; return the folder that its files are in, which is an sdist's only one."""
    if case.kind == "wheel":
        inside = folder / f"{case.name}-{case.version}"
        with zipfile.ZipFile(case.artifact) as archive:
            archive.extractall(inside)
        return inside
    with tarfile.open(case.artifact) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())
