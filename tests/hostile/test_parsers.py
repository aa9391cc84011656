"""Texts that take readers long in, answers within seconds of processor time out, in a process that is killed else."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

SECONDS = 20  # of the processor, the interpreter's own start among them
READ = """
import sys
from tests.fuzz.target import give
from tests.fuzz.targets import TARGETS
give(TARGETS[sys.argv[1]], sys.stdin.buffer.read())
"""

SIZE = 100_000
CASES = {
    "a dotted key of TOML": ("pyproject.toml", b"a." * (SIZE // 2) + b"a = 1"),
    "a number of many dots": ("setup.py", b"1." * (SIZE // 2)),
    "empty lines": ("judge", b"\n" * SIZE),
    "blanks": ("judge", b" " * SIZE),
    "opening braces": ("judge", b"{" * SIZE),
    "opening brackets": ("pyproject.toml", b"x = " + b"[" * SIZE),
    "brackets in setup.py": ("setup.py", b"setup(" + b"(" * SIZE),
    "sums in setup.py": ("setup.py", b"x = " + b"1+" * (SIZE // 2) + b"1"),
    "signs in setup.py": ("setup.py", b"x = " + b"-" * SIZE + b"1"),
    "a name bound again and again in setup.py": ("setup.py", b"x = 1\n" * (SIZE // 2)),
    "options without values": ("setup.cfg", b"[options]\n" + b"a\n" * (SIZE // 2)),
    "blanks in a line of setup.cfg": ("setup.cfg", b"[options]\na" + b" " * 3 * SIZE + b"x = find:\n"),
    "sections that share options": (
        "setup.cfg",
        b"[DEFAULT]\n" + b"".join(b"a%d=1\n[b%d]\n[DEFAULT]\n" % (each, each) for each in range(SIZE // 12)),
    ),
    "an endless line of METADATA": ("metadata", b"Name: " + b"a" * SIZE),
    "many fields of METADATA": ("metadata", b"Classifier: a\n" * (SIZE // 14)),
    "many names of fields in METADATA": (
        "metadata",
        b"".join(b"A%d: a\r" % each for each in range(SIZE // 4)),
    ),
    "parentheses in a requirement": ("requirement", b"quill ; " + b"(" * SIZE),
    "blanks in requirements": ("lock-requirements.txt", b" " * SIZE),
    "tags of digits": ("tags", b"1" * SIZE),
    "tags of dots": ("tags", b"v1." * (SIZE // 3)),
    "an address of slashes": ("address", b"https://git.example" + b"/" * SIZE),
    "JSON of brackets": ("statement", b"[" * SIZE),
}


@pytest.mark.parametrize("case", CASES)
def test_no_text_takes_a_reader_long(case: str) -> None:
    """Every one is answered or refused before the processor's time is over."""
    target, content = CASES[case]
    done = subprocess.run(
        [sys.executable, "-c", READ, target],
        input=content,
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def test_empty_lines_before_what_a_compiler_wrote_are_read_once() -> None:
    """Forty of them once took a regular expression years."""
    from provenance.compare.explain.protobuf_modules import HEADER

    assert HEADER.match("\n" * 4000 + "# Generated\n# source: plume/greeting.proto\n") is not None
    assert HEADER.match("\n" * 4000 + "x") is None
