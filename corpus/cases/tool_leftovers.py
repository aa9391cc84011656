"""Cases of the tool-leftovers rule."""

import json
import struct

from corpus.cases.case import Case, Files, Program
from provenance.compare.explain.tool_leftovers import README, TAG
from provenance.model import Evidence

TEST = {"tests/test_a.py": "class TestA:\n    def test_b(self): ...\n"}
CACHE = "tests/.pytest_cache"
NODES = ["test_a.py::TestA::test_b", "test_a.py::TestA::test_b[x-1]", "test_a.py"]
DS_STORE = b"\0\0\0\1Bud1" + struct.pack(">III", 64, 32, 64) + bytes(120)
DOUBLE = b"\0\5\x16\7\0\2\0\0" + b"Mac OS X        " + struct.pack(">HIII", 1, 9, 38, 32) + bytes(32)


def _case(
    title: str, path: str, content: str | bytes, evidence: Evidence | None = None, source: Files = TEST
) -> Case:
    return Case(title, path, {path: content, **TEST}, source, evidence)


def _json(title: str, name: str, value: object, evidence: Evidence | None = None) -> Case:
    return _case(title, f"{CACHE}/v/cache/{name}", json.dumps(value), evidence)


SEEN = Evidence.RECOGNIZED
README_NOW = README % b"stable/how-to/cache"

CASES = (
    _case("pytest's readme", f"{CACHE}/README.md", README_NOW, SEEN),
    _case("pytest's tag", f"{CACHE}/CACHEDIR.TAG", TAG % b"https://bford.info", SEEN),
    _case("pytest's .gitignore", f"{CACHE}/.gitignore", "# Created by pytest automatically.\n*\n", SEEN),
    _json("names of tests", "nodeids", NODES, SEEN),
    _json("tests that failed", "lastfailed", dict.fromkeys(NODES, True), SEEN),
    _json("no step", "stepwise", [], SEEN),
    _json(
        "a step",
        "stepwise",
        {"last_failed": NODES[0], "last_test_count": 3, "last_cache_date_str": "2026-01-02T03:04:05.678901"},
        SEEN,
    ),
    _case("a submodule's link", "suite/.git", "gitdir: ../.git/modules/suite\n", SEEN),
    _case("a link to a repository in the sdist", "suite/.git", "gitdir: ../evil\n"),
    _case("a link with something behind it", "suite/.git", "gitdir: ../.git/modules/suite\n[core]\n"),
    _case("macOS's folder settings", "docs/.DS_Store", DS_STORE, SEEN),
    _case("macOS's attributes", "docs/._a.txt", DOUBLE, SEEN),
    _case("an empty file", "docs/.keep", "", SEEN),
    _case("a line more in the readme", f"{CACHE}/README.md", README_NOW + b"x\n"),
    _case("a module in the cache", f"{CACHE}/evil.py", "import os\n"),
    _case("data in the cache", f"{CACHE}/d/evil.bin", b"\0\1"),
    _case("a cache file of another name", f"{CACHE}/v/cache/evil", json.dumps(NODES)),
    _json("a test of a file that is not there", "nodeids", ["test_evil.py::test_a"]),
    _json("a test that its file does not name", "nodeids", ["test_a.py::test_evil"]),
    _json("code as a parameter", "nodeids", ["test_a.py::TestA::test_b[__import__('os') or exec('x')]"]),
    _json("a parameter too long", "nodeids", [f"test_a.py::TestA::test_b[{'QUJD' * 200}]"]),
    _json("text as a result", "lastfailed", {NODES[0]: "import os"}),
    _json("a number among the names", "nodeids", [7]),
    _json("one more key in a step", "stepwise", {"last_failed": None, "evil": "x"}),
    _case("no JSON", f"{CACHE}/v/cache/nodeids", "import os\n"),
    _case("another file called .DS_Store", "docs/.DS_Store", b"Bud1 import os\n"),
    _case("another file that begins with ._", "docs/._a.txt", b"\0\5\x16\7 import os\n"),
    _case("macOS's attributes that Python reads at its start", "._a.pth", DOUBLE),
    _case("an empty module, which makes a folder a package", "docs/__init__.py", ""),
    _case("an empty file that a build reads", "requirements.txt", ""),
    _case("an empty file at the top, whose presence a build could ask for", "RELEASE", ""),
    _case("an empty file among the metadata", "example.egg-info/x", ""),
    _case("a source file emptied", "data.txt", "", source={"data.txt": "x\n", **TEST}),
    Case(
        "an executable in the cache",
        f"{CACHE}/README.md",
        {f"{CACHE}/README.md": Program(README_NOW), **TEST},
        TEST,
        None,
    ),
)
