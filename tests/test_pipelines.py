"""Where other programs run the command: in, the action, the hook and the jobs shown; out, that they are understood."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.command import ROOT, hermetic
from corpus.example import FLIT
from corpus.git_host import GitHost
from corpus.tamper import append, rewrite
from tests.conftest import MakeRelease, Serve
from tests.test_docs import blocks

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
STEP_KEYS = {"name", "id", "if", "shell", "run", "uses", "with", "env"}
EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")
YES, NO = 0, 1


def test_the_action_has_the_parts_that_github_asks_for() -> None:
    """Name, description, described inputs and outputs, and steps that run or use something."""
    assert set(ACTION) == {"name", "description", "branding", "inputs", "outputs", "runs"}
    assert all(set(each) == {"description", "default"} for each in ACTION["inputs"].values())
    assert all(set(each) == {"description", "value"} for each in ACTION["outputs"].values())
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS:
        assert set(step) <= STEP_KEYS
        assert ("run" in step) == ("shell" in step) != ("uses" in step)


def test_the_action_names_only_inputs_and_steps_that_it_has() -> None:
    """A misspelt one would be empty, in silence."""
    words = EXPRESSION.findall((ROOT / "action.yml").read_text())
    identified = {step["id"] for step in STEPS if "id" in step}
    assert {word.split(".")[1] for word in words if word.startswith("inputs.")} < set(ACTION["inputs"])
    assert {word.split(".")[1] for word in words if word.startswith("steps.")} <= identified
    conditions = " ".join(step.get("if", "") for step in STEPS)
    assert set(re.findall(r"inputs\.([\w-]+)", conditions)) <= set(ACTION["inputs"])


def test_no_input_becomes_a_part_of_a_script() -> None:
    """Inputs reach the shell as variables, so that none of them is run."""
    assert all("${{" not in step.get("run", "") for step in STEPS)


@pytest.mark.parametrize(("is_tampered", "code"), [(False, YES), (True, NO)])
def test_the_steps_of_the_action_answer(
    is_tampered: bool, code: int, release: MakeRelease, serve: Serve, git_host: GitHost, tmp_path: Path
) -> None:
    """Run as GitHub runs them, but for the installation: the answer, the summary, the findings, the exit code."""
    built = release(FLIT)
    edits = {f"{FLIT.package}/greeting.py": append(b"import os\n")}
    wheel = rewrite(built.wheel, tmp_path / "tampered", edits) if is_tampered else built.wheel
    (tmp_path / "requirements.txt").write_text(f"{built.reference}\n")
    programs = tmp_path / "provenance" / "bin"
    programs.mkdir(parents=True)
    (programs / "provenance").symlink_to(Path(sys.executable).with_name("provenance"))
    inputs = {"FILES": "requirements.txt", "FAIL_ON": "cannot-tell", "POLICY": ""}
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    environment = hermetic(tmp_path, git_host.write_gitconfig(tmp_path / "gitconfig")) | inputs | files
    environment |= {"INDEX": serve([built.sdist, wheel]).simple, "RUNNER_TEMP": str(tmp_path)}
    done = bash(step("Check")["run"], environment, tmp_path)
    assert done.returncode == 0, done.stderr
    given = dict(line.split("=", 1) for line in Path(files["GITHUB_OUTPUT"]).read_text().splitlines())
    assert given["answer"] == str(code)
    assert ('"ruleId"' in Path(given["sarif"]).read_text()) == is_tampered
    assert "plume" in Path(files["GITHUB_STEP_SUMMARY"]).read_text()
    assert bash(step("Answer")["run"], {"ANSWER": given["answer"]}, tmp_path).returncode == code


def step(name: str) -> dict[str, Any]:
    """A step of the action."""
    return next(each for each in STEPS if each["name"] == name)


def bash(script: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub runs `shell: bash`."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("requirements.txt", True),
        ("deploy/requirements-dev.txt", True),
        ("pylock.toml", True),
        ("pylock.dev.toml", True),
        ("uv.lock", True),
        ("Pipfile.lock", True),
        ("notes.txt", False),
        ("pyproject.toml", False),
    ],
)
def test_the_hook_runs_for_files_that_pin(path: str, *, is_read: bool) -> None:
    """pre-commit searches its pattern in the paths of changed files."""
    assert bool(re.search(HOOK["files"], path)) == is_read


def test_the_hook_checks_every_file_that_it_is_given(tmp_path: Path) -> None:
    """pre-commit puts options before the names of files; each name becomes a requirements file."""
    (tmp_path / "provenance").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "provenance").chmod(0o755)
    command = [*shlex.split(HOOK["entry"]), "--fail-on=no", "a/requirements.txt", "uv.lock"]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["check", "--fail-on=no", "-r", "a/requirements.txt", "-r", "uv.lock"]


@pytest.mark.parametrize("text", blocks("docs/guides/pipelines.md", "yaml"))
def test_a_job_that_is_shown_uses_what_there_is(text: str) -> None:
    """Inputs of the action, the hook's name, options of the command."""
    assert isinstance(yaml.safe_load(text), dict)
    for given in re.findall(r"uses: OWNER/provenance@COMMIT\n +with:\n((?: +[\w-]+: .*\n)+)", text):
        assert set(yaml.safe_load(given)) <= set(ACTION["inputs"])
    assert set(re.findall(r"- id: (\w+)", text)) <= {HOOK["id"]}
    assert "provenance" in text
