"""Output for terminals that cannot show every sign: in, their encoding; out, the same text in signs that they have."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from corpus.command import COMMAND, ROOT, hermetic
from corpus.example import FLIT, UNTAGGED
from corpus.git_host import GitHost
from tests.conftest import MakeRelease, Serve


@pytest.mark.parametrize(
    ("encoding", "sign"),
    [("ascii", b" / "), ("latin-1", b" \xb7 "), ("cp1252", b" \xb7 "), ("utf-8", b" \xc2\xb7 ")],
)
def test_an_answer_is_printed_in_any_encoding(
    encoding: str, sign: bytes, release: MakeRelease, serve: Serve, git_host: GitHost, tmp_path: Path
) -> None:
    """The sign between counts is one that the encoding has; quotes and the rest do not stop the answer."""
    index = serve([*release(FLIT).artifacts, *release(UNTAGGED).artifacts])
    clean = printed(encoding, git_host, tmp_path, "check", FLIT.reference, "--index", index.simple)
    assert sign in clean.stdout
    assert clean.returncode == 0
    open_ = printed(encoding, git_host, tmp_path, "check", UNTAGGED.reference, "--index", index.simple)
    assert open_.returncode == 3
    assert "Source" in open_.stdout.decode(encoding)
    assert b"Traceback" not in clean.stderr + open_.stderr


def test_a_name_that_cannot_be_shown_is_escaped(git_host: GitHost, tmp_path: Path) -> None:
    """An error names what was asked for, whatever signs it is written in."""
    outcome = printed("ascii", git_host, tmp_path, "check", "./caf\u00e9-\U0001f40d.whl")
    assert b"caf\\u00e9-\\ud83d\\udc0d.whl" in outcome.stderr
    assert outcome.returncode == 2


def printed(encoding: str, host: GitHost, home: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command with stdout and stderr in this encoding."""
    environment = hermetic(home, host.write_gitconfig(home / "gitconfig"))
    settings = {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*COMMAND, *arguments], env=environment | settings, capture_output=True, check=False
    )
