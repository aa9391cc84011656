"""The exit code of the command: in, releases of every answer and the flags that say what fails; out, one number."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.example import FLIT, UNTAGGED, Release
from corpus.tamper import append, rewrite
from tests.conftest import MakeRelease, Run, Serve

YES, NO, USAGE, CANNOT_TELL, FAILED = range(5)
CHANGES = {
    "match": {},
    "extras": {"THANKS.md": append(b"Thanks to all.\n")},
    "mismatch": {f"{FLIT.package}/greeting.py": append(b"import os\n")},
}
MISSING = "plumage==1.0"


@pytest.mark.parametrize(
    ("asked", "flags", "code"),
    [
        ("match", (), YES),
        ("match", ("--strict",), YES),
        ("extras", (), YES),
        ("extras", ("--fail-on", "cannot-tell"), YES),
        ("extras", ("--fail-on", "extras"), NO),
        ("extras", ("--strict",), NO),
        ("mismatch", (), NO),
        ("mismatch", ("--fail-on", "no"), NO),
        ("untagged", (), CANNOT_TELL),
        ("untagged", ("--fail-on", "no"), YES),
        ("untagged", ("--fail-on", "extras"), CANNOT_TELL),
        ("untagged", ("--strict",), NO),
        ("missing", (), FAILED),
        ("missing", ("--fail-on", "no"), FAILED),
        ("match untagged", (), CANNOT_TELL),
        ("match untagged", ("--fail-on", "no"), YES),
        ("match missing", (), FAILED),
        ("untagged missing", ("--fail-on", "no"), FAILED),
        ("mismatch missing", (), NO),
        ("mismatch untagged", ("--fail-on", "no"), NO),
        ("match", ("--strict", "--fail-on", "no"), USAGE),
        ("match", ("--fail-on", "sometimes"), USAGE),
    ],
)
def test_the_worst_answer_that_fails_decides(
    asked: str,
    flags: tuple[str, ...],
    code: int,
    release: MakeRelease,
    serve: Serve,
    run: Run,
    tmp_path: Path,
) -> None:
    """One release alone and several give the same codes; `untagged` breaks --strict by a grave notice."""
    references = []
    artifacts = [*release(UNTAGGED).artifacts]
    for word in asked.split():
        references.append({"untagged": UNTAGGED.reference, "missing": MISSING}.get(word, FLIT.reference))
        if word in CHANGES:
            artifacts += changed(release(FLIT), word, tmp_path)
    outcome = run("check", *references, *flags, "--index", serve(artifacts).simple)
    assert outcome.code == code, outcome.stdout + outcome.stderr


def changed(built: Release, word: str, folder: Path) -> list[Path]:
    """The release's artifacts, the sdist changed so that this is the answer."""
    edits = CHANGES[word]
    return [rewrite(built.sdist, folder / word, edits) if edits else built.sdist, built.wheel]
