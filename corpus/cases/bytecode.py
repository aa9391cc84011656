"""Cases of the bytecode rule."""

import struct

from corpus.cases.case import Case, Files
from provenance.model import Evidence

TEXT = "x = 1\n"
PYC = (
    struct.pack("<H", 3495) + b"\r\n" + struct.pack("<III", 0, 1_700_000_000, len(TEXT)) + b"\xe3" + bytes(40)
)
PATH = "example/__pycache__/a.cpython-311.pyc"
SOURCE = {"example/a.py": TEXT}


def _case(
    title: str, content: bytes, evidence: Evidence | None = None, path: str = PATH, beside: Files = SOURCE
) -> Case:
    return Case(title, path, {path: content, **beside}, SOURCE, evidence)


CASES = (
    _case("a file's bytecode", PYC, Evidence.RECOGNIZED),
    _case("of another version than its name says", PYC, path="example/__pycache__/a.cpython-313.pyc"),
    _case("of a source file of another size", PYC[:12] + struct.pack("<I", 7) + PYC[16:]),
    _case("of a source file that is changed", PYC, beside={"example/a.py": "x = 2\n"}),
    _case("of no source file", PYC, beside={}),
    _case("that is used without looking at the source", PYC[:4] + struct.pack("<I", 1) + PYC[8:]),
    _case("in place of a module", PYC, path="example/a.pyc"),
    _case("no code object", PYC[:16] + b"import os"),
)
