"""What differing code reaches for: in, a Python file as the source and as the package has it; out, sentences."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.compare.behaviour import MOST, UNREADABLE, behaviour, is_python

SOURCE = b"import os\nimport subprocess as run_it\n\n\ndef greet():\n    return 1\n"


def told(added: bytes, source: bytes = SOURCE) -> tuple[str, ...]:
    """Sentences about lines at the end of a file, without Bandit's."""
    found = behaviour("plume/greeting.py", source, source + added)
    return tuple(sentence for sentence in found if not sentence.startswith("Bandit"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (b"import socket\n", "can reach the network: socket (line 7)"),
        (b"from urllib.request import urlopen\n", "can reach the network: urllib.request.urlopen (line 7)"),
        (b"run_it.Popen(['ls'])\n", "can start other programs: subprocess.Popen (line 7)"),
        (b"os.system('ls')\n", "can start other programs: os.system (line 7)"),
        (
            b"os.environ['TOKEN']\n",
            "can read environment variables, accounts or passwords: os.environ (line 7)",
        ),
        (b"open('/etc/passwd')\n", "can read or write files: open (line 7)"),
        (b"e = eval\n", "can run code that is made while it runs, or native code: eval (line 7)"),
        (b"import base64 as b\nb.b64decode('')\n", "unpacks or decodes data: base64.b64decode (line 8)"),
    ],
)
def test_each_reach_is_said_in_plain_words(code: bytes, expected: str) -> None:
    """With the name spelled out from the module that it is from, and the lines."""
    assert told(code) == (expected,)


def test_lines_that_the_source_has_say_nothing() -> None:
    """The source's own imports are not the package's doing."""
    assert told(b"print('hello')\n") == ()
    assert behaviour("plume/greeting.py", SOURCE, SOURCE) == ()


def test_all_of_a_file_without_source_counts() -> None:
    """An added file has no line that the source has."""
    assert "subprocess (line 2)" in " ".join(behaviour("new.py", b"", SOURCE))


def test_a_name_in_a_changed_line_of_a_longer_statement_is_found() -> None:
    """The statement begins on a line that the source has."""
    source = b"values = [\n    1,\n]\n"
    artifact = b"values = [\n    __import__('os').system('x'),\n]\n"
    assert "__import__ (line 2)" in " ".join(behaviour("a.py", source, artifact))


def test_of_a_pth_file_only_what_python_runs_counts() -> None:
    """Lines that begin with `import` are run, all others name folders."""
    assert behaviour("a.pth", b"", b"open\nimport os; os.system('x')\n")[0] == (
        "can start other programs: os.system (line 2)"
    )


def test_code_in_another_encoding_is_read_as_python_reads_it() -> None:
    """A coding line can hide what a text search looks for."""
    hidden = b"# coding: utf-7\n" + b"+AGkAbQBwAG8AcgB0- socket\n"
    assert behaviour("a.py", b"", hidden) == ("can reach the network: socket (line 2)",)


@pytest.mark.parametrize("code", [b"def (:\n", b"x = " + b"(" * 100_000, b"a" + b".b" * 50_000, b"\0"])
def test_what_is_not_python_is_said_to_be_unknown(code: bytes) -> None:
    """Also where it is made to exhaust the parser."""
    assert behaviour("a.py", b"", code) == (UNREADABLE,)


def test_a_flood_of_names_is_cut() -> None:
    """With how many more there are."""
    (sentence,) = told(b"".join(b"import socket.a%d\n" % number for number in range(2_000)))
    assert sentence.endswith(f" and {2_000 - MOST:,} more")


def test_bandit_is_asked_and_not_silenced_by_comments() -> None:
    """A `nosec` comment is the author's word, and the author is who is asked about."""
    found = behaviour("a.py", b"", b"import subprocess\nsubprocess.run(x, shell=True)  # nosec\n")
    assert [sentence for sentence in found if sentence.startswith("Bandit's B602: ")]


def test_without_bandit_the_names_alone_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bandit is an extra."""
    monkeypatch.setitem(sys.modules, "bandit.core.config", None)
    assert behaviour("a.py", b"", b"import subprocess\n") == (
        "can start other programs: subprocess (line 1)",
    )


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_no_bytes_are_too_odd(source: bytes, artifact: bytes) -> None:
    """Whatever it is, something sayable comes out."""
    assert all(isinstance(sentence, str) for sentence in behaviour("a.py", source, artifact))


@pytest.mark.parametrize(
    ("path", "expected"), [("a.py", True), ("x/y.pth", True), ("a.pyc", False), ("py", False)]
)
def test_python_is_known_by_its_name(path: str, expected: bool) -> None:
    """Compiled files are not read."""
    assert is_python(path) is expected
