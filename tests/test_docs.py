"""The documents: in, what they say of commands, exit codes, files and rules; out, that it is so."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.command import ROOT
from provenance.cli import check, diff, flag, pin
from provenance.cli.exits import Exit
from provenance.policy import read_policy
from tests.conftest import Run

GUIDES = ("docs/guides/install-a-package.md", "docs/guides/pipelines.md", "docs/guides/publishers.md")
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/rules.md",
    "docs/predicate/v1.md",
    "docs/log/v1.md",
    "reports/examples/README.md",
    *GUIDES,
)
OFFLINE = ("provenance --", "provenance explain")
ONLINE = {
    "provenance check": check.command,
    "provenance diff": diff.command,
    "provenance flag": flag.command,
    "provenance pin": pin.command,
}
SETTING_UP = (
    "python3 -m venv ",
    "~/provenance/bin/pip install ",
    "pip download ",
    "pip install ",
    "export PATH=",
    "git push ",
)


@dataclass(frozen=True)
class Example:
    """A command that a document shows, and what it shows of the output."""

    command: str
    output: str


def examples(document: str) -> list[Example]:
    """The commands in a document's console blocks."""
    found = blocks(document, "console")
    shown = [example for block in found for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [Example(*example.partition("\n")[::2]) for example in shown]


def blocks(document: str, language: str) -> list[str]:
    """The blocks of a document that are in this language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def starting_with(*words: str) -> list[Example]:
    """The examples of README and guides that start so."""
    shown = [example for document in ("README.md", *GUIDES) for example in examples(document)]
    return list(dict.fromkeys(example for example in shown if example.command.startswith(words)))


def by_command(example: Example) -> str:
    """A test's name."""
    return example.command


@pytest.mark.parametrize("example", starting_with(*OFFLINE), ids=by_command)
def test_commands_that_need_no_network_print_what_is_shown(example: Example, run: Run) -> None:
    """They are run, and their output compared."""
    outcome = run(*shlex.split(example.command)[1:])
    assert outcome.code == 0, outcome.stderr
    assert outcome.stdout == example.output


@pytest.mark.parametrize("example", starting_with(*ONLINE), ids=by_command)
def test_commands_that_need_the_network_are_understood(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are not run here: what index and git host answer is not this test's to promise."""
    (tmp_path / "requirements.in").touch()
    monkeypatch.chdir(tmp_path)
    verb, *arguments = shlex.split(example.command)[1:]
    context = ONLINE[f"provenance {verb}"].make_context(verb, arguments)
    assert any(context.params.get(name) for name in ("reference", "references", "files", "installed"))


@pytest.mark.parametrize("example", starting_with("make "), ids=by_command)
def test_targets_of_make_exist(example: Example) -> None:
    """make knows what to do for each, and CI does it in a fresh clone."""
    outcome = make("--dry-run", *shlex.split(example.command)[1:])
    assert outcome.returncode == 0, outcome.stderr
    assert example.command in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()


def test_the_demo_runs() -> None:
    """`make demo` tells the clean release from the tampered one; `make test` is what runs this test."""
    assert Example("make demo", "") in starting_with("make ")
    outcome = make("demo")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "Yes. plume 1.0.0" in outcome.stdout
    assert "NO. plume 1.0.0" in outcome.stdout


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make with this interpreter's environment in the place of .venv, and set nothing up anew."""
    folder = Path(sys.executable).parent
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", f"BIN={folder}", f"--assume-old={folder}/provenance", *arguments],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("document", ["README.md", *GUIDES])
def test_no_other_command_is_shown(document: str) -> None:
    """What is neither run nor parsed here is only what sets up or installs."""
    known = (*OFFLINE, *ONLINE, "make ", *SETTING_UP)
    assert [example.command for example in examples(document) if not example.command.startswith(known)] == []


@pytest.mark.parametrize("policy", blocks("docs/guides/pipelines.md", "toml"))
def test_a_policy_that_is_shown_is_one(policy: str) -> None:
    """Every key of it is known."""
    assert read_policy(policy, "provenance.toml").accept


def test_the_exit_codes_are_those_of_the_command() -> None:
    """The README's table has each, and no other."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| ([\w ]*?) *\|", text, re.MULTILINE)
    answers = {Exit.YES: "Yes", Exit.NO: "No", Exit.CANNOT_TELL: "Cannot tell"}
    assert {int(code): answer for code, answer in rows} == {
        code.value: answers.get(code, "") for code in Exit
    }


def test_the_page_of_rules_is_what_the_command_prints(run: Run) -> None:
    """To mend it: `provenance explain --markdown > docs/rules.md`."""
    assert run("explain", "--markdown").stdout == (ROOT / "docs/rules.md").read_text(encoding="utf-8")


def test_every_room_is_in_the_architecture() -> None:
    """A new room is not finished before it is described."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    inside = {path.stem for path in (ROOT / "provenance").iterdir() if path.suffix in ("", ".py")}
    rooms = {name for name in inside if not name.startswith("__")} - {"py"}
    assert [room for room in sorted(rooms) if f"| `{room}` |" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    """Every relative link names a file that is there."""
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if not ((ROOT / document).parent / target).is_file()] == []
