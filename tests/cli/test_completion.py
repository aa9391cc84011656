"""Shell completion: in, what a shell asks while somebody types; out, verbs and options."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("provenance")


def ask(shell: str, **words: str) -> str:
    """Run the installed program as a shell's completion does."""
    environment = {"PATH": os.environ["PATH"], "_PROVENANCE_COMPLETE": shell, **words}
    done = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(
    ("typed", "place", "expected"),
    [
        ("provenance ch", "1", "check"),
        ("provenance pin --form", "2", "--format"),
        ("provenance sta", "1", "standing"),
    ],
)
def test_verbs_and_options_are_completed(typed: str, place: str, expected: str) -> None:
    """As bash asks for them."""
    found = ask("bash_complete", COMP_WORDS=typed, COMP_CWORD=place)
    assert found.split() == [f"plain,{expected}"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    """The line that the documentation tells to put into the shell's configuration."""
    assert "_PROVENANCE_COMPLETE" in ask(f"{shell}_source")
