"""Compiled Python files (`__pycache__/*.pyc`) whose source file is in the artifact and proven by the commit."""

from __future__ import annotations

import re
import struct

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, open_question
from provenance.model import Explanation
from provenance.tree import EXECUTABLE, REGULAR, Entry

PLACE = re.compile(r"((?:.+/)?)__pycache__/([A-Za-z_]\w*)\.cpython-3(\d{1,2})(?:\.opt-[12])?\.pyc")
FIRST_MAGIC = {6: 3360, 7: 3390, 8: 3400, 9: 3420, 10: 3430, 11: 3450, 12: 3500, 13: 3550, 14: 3600, 15: 3650}
CODE_OBJECT = 0xE3  # marshal: a code object that may be referred to again
ROOTS = ("sitecustomize", "usercustomize")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Read the header: Python version, no hash, and the size of the source file, which must be the commit's own."""
    match = PLACE.fullmatch(entry.path)
    if match is None or entry.mode not in (REGULAR, EXECUTABLE) or match[2] in ROOTS:
        return None
    source = context.tree.get(f"{match[1]}{match[2]}.py")
    original = context.counterpart(source.path) if source else None
    if source is None or original is None or original.blob != source.blob:
        return None
    content = context.tree.load(entry.blob) or b""
    if len(content) < 17 or content[2:4] != b"\r\n" or content[16] != CODE_OBJECT:
        return None
    magic, _, flags, _, size = struct.unpack("<HHIII", content[:16])
    first, after = FIRST_MAGIC.get(int(match[3])), FIRST_MAGIC.get(int(match[3]) + 1, 4000)
    if first is None or not first <= magic < after or flags != 0 or size != source.size:
        return None
    reason = f"compiled Python that claims to come from {original.path}, which is the source's; its code is not proven"
    return open_question(RULE.name, reason, original.path)


RULE = Rule(
    name="bytecode",
    proves="Nothing: the file is recognized as compiled Python by its header, which states the version of Python in "
    "its name and the size of the source file beside it, and that file is the commit's own.",
    leaves_free="The compiled code, which Python may run in place of the source file.",
    sources=("PEP 3147", "PEP 552"),
    explain=explain,
)
