"""Compiled files of a wheel for one platform: recognized by their headers, never proven."""

from __future__ import annotations

import re
import struct

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, open_question
from provenance.model import Explanation
from provenance.tree import EXECUTABLE, REGULAR, Entry

SOURCES = (
    ".pyx",
    ".py",
    ".c",
    ".cc",
    ".cpp",
    ".cxx",
    ".rs",
    ".pyf",
    ".f",
    ".f90",
    ".cu",
    ".c.src",
    ".pyx.in",
    ".m",
)
LIBRARY = re.compile(r".+\.(so(\.[\w.]+)?|pyd|dll|dylib|a|lib)|[^.]+(\.exe)?")
STARTUP = ("sitecustomize", "usercustomize")
ELF_MACHINES = {
    "x86_64": 62,
    "aarch64": 183,
    "i686": 3,
    "armv7l": 40,
    "ppc64le": 21,
    "s390x": 22,
    "riscv64": 243,
}
PE_MACHINES = {"amd64": 0x8664, "arm64": 0xAA64, "win32": 0x14C}
MACH = {b"\xcf\xfa\xed\xfe": "<", b"\xfe\xed\xfa\xcf": ">"}
MACH_MACHINES = {"x86_64": 0x01000007, "arm64": 0x0100000C}
FAT = b"\xca\xfe\xba\xbe"
HEADERS = 1 << 16  # bytes that the headers of every format fit in


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Read the file's header against the wheel's platform, and look for the source that it bears the name of."""
    tags = platforms(context)
    if not tags or entry.mode not in (REGULAR, EXECUTABLE) or context.counterpart(entry.path) is not None:
        return None
    if not LIBRARY.fullmatch(entry.name) or entry.name.partition(".")[0] in STARTUP:
        return None
    content = context.tree.start(entry.blob, HEADERS)
    if content.startswith(b"!<arch>\n") and entry.name.endswith((".a", ".lib")):
        what = "a static library"
    elif _is_for(content, tags):
        what = "compiled for this platform"
    else:
        return None
    return open_question(
        RULE.name, f"{what}{_origin(entry, context)}; only a rebuild with the builder's tools would prove it"
    )


@once_per_context
def platforms(context: Context) -> tuple[str, ...]:
    """The platform tags of the wheel's file name; none for a wheel that fits any platform, and for an sdist."""
    try:
        tags = parse_wheel_filename(context.subject.filename)[3]
    except InvalidWheelFilename:
        return ()
    return tuple(sorted({tag.platform for tag in tags} - {"any"}))


def _is_for(content: bytes, platforms: tuple[str, ...]) -> bool:
    """Whether this is an ELF, PE or Mach-O file whose machine is that of one of the platforms."""
    if content.startswith(b"\x7fELF") and len(content) >= 64:
        order = "<" if content[5] == 1 else ">"
        kind, machine = struct.unpack(f"{order}HH", content[16:20])
        named = {number for name, number in ELF_MACHINES.items() if any(name in each for each in platforms)}
        return kind in (2, 3) and machine in named and any("linux" in each for each in platforms)
    if content.startswith(b"MZ") and len(content) >= 64:
        place = struct.unpack("<I", content[60:64])[0]
        if content[place : place + 4] != b"PE\0\0" or len(content) < place + 24:
            return False
        machine = struct.unpack("<H", content[place + 4 : place + 6])[0]
        return any(PE_MACHINES.get(each.removeprefix("win_")) == machine for each in platforms)
    return any("macosx" in each for each in platforms) and _is_mach(content, platforms)


def _is_mach(content: bytes, platforms: tuple[str, ...]) -> bool:
    named = {number for name, number in MACH_MACHINES.items() if any(name in each for each in platforms)}
    if any("universal2" in each for each in platforms):
        named = set(MACH_MACHINES.values())
    if content[:4] in MACH and len(content) >= 32:
        return struct.unpack(f"{MACH[content[:4]]}I", content[4:8])[0] in named
    if content.startswith(FAT) and len(content) >= 48:
        count = struct.unpack(">I", content[4:8])[0]
        heads = [content[8 + 20 * number : 12 + 20 * number] for number in range(min(count, 4))]
        return 0 < count <= 4 and all(
            len(head) == 4 and struct.unpack(">I", head)[0] in named for head in heads
        )
    return False


def _origin(entry: Entry, context: Context) -> str:
    """Say what it claims to come from."""
    top = entry.path.partition("/")[0]
    own = {canonicalize_name(context.name)}
    if top.endswith((".libs", ".dylibs")) and canonicalize_name(top.rpartition(".")[0]) in own:
        return ", a library that the wheel's repair tool copied in"
    if "/.dylibs/" in f"/{entry.path}":
        return ", a library that the wheel's repair tool copied in"
    stem = entry.path.removesuffix(entry.name) + entry.name.partition(".")[0]
    if f"{stem}.py" in context.tree:
        return f", imported in place of {stem}.py"
    if found := _named_sources(context).get(entry.name.partition(".")[0]):
        return f", named like {found} of the commit"
    return ", with no source of its name in the commit"


@once_per_context
def _named_sources(context: Context) -> dict[str, str]:
    """Stem -> the topmost source file of that name in a language that is compiled."""
    stems: dict[str, str] = {}
    for path in sorted(context.source_tree.entries, key=lambda path: (path.count("/"), path)):
        name = path.rpartition("/")[2]
        if name.endswith(SOURCES):
            stems.setdefault(name.partition(".")[0], path)
    return stems


RULE = Rule(
    name="compiled-files",
    proves="Nothing: in a wheel for one platform the file is recognized as a library or program for that platform by "
    "its ELF, PE or Mach-O header, or as a static library; the reason names the source file of its name, if any.",
    leaves_free="What the compiled code does.",
    sources=(
        "System V ABI: ELF",
        "Microsoft: PE format",
        "Apple: Mach-O",
        "auditwheel, delocate: copied libraries",
    ),
    explain=explain,
)
