"""C headers that the build of a compiled wheel adds for other extensions to compile against: recognized by form."""

from __future__ import annotations

import re

from provenance.compare.context import Context
from provenance.compare.explain.compiled_files import platforms
from provenance.compare.explain.rule import Rule, once_per_context, open_question
from provenance.model import Explanation
from provenance.tree import REGULAR, Entry, parent

HEADERS = (".h", ".hpp", ".hh", ".hxx")
SKIPPED = re.compile(
    r"/\*.*?(?:\*/|\Z)|//[^\n]*|\"(?:[^\"\\\n]|\\.)*+(?:\"|(?=\n)|\Z)|'(?:[^'\\\n]|\\.)*+(?:'|(?=\n)|\Z)",
    re.DOTALL,
)
DIRECTIVE = re.compile(r"\s*#\s*(?:if|ifn?def|define|pragma|include)\b")
PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))
LARGEST = 4 << 20  # bytes of a header worth reading


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Recognize a header in an importable folder of a compiled wheel, and the empty `__init__.py` beside headers."""
    if not platforms(context) or entry.mode != REGULAR or context.counterpart(entry.path) is not None:
        return None
    if entry.name == "__init__.py" and not entry.size and parent(entry.path) in _header_folders(context):
        return open_question(RULE.name, "an empty module in a folder of nothing but headers")
    is_header = entry.name.endswith(HEADERS)
    is_companion = entry.name.endswith(".c") and f"{entry.path.removesuffix('.c')}.h" in context.tree
    content = context.tree.load(entry.blob) or b"\0" if is_header or is_companion else b"\0"
    if not (is_header and _is_header(content)) and not (is_companion and _is_unit(content)):
        return None
    copies = [
        path
        for path in context.source_tree.by_blob.get(entry.blob, ())
        if path.rpartition("/")[2] == entry.name
    ]
    origin = f"the bytes of {copies[0]}" if copies else "written by the build or taken from another project"
    return open_question(
        RULE.name, f"C for other extensions, {origin}; it runs only where somebody compiles it", *copies[:1]
    )


def _is_header(content: bytes) -> bool:
    """Whether the text begins with a directive of the preprocessor and closes every condition."""
    code = _code(content)
    opened = len(re.findall(r"^[^\S\n]*#\s*if", code, re.MULTILINE))
    closed = len(re.findall(r"^[^\S\n]*#\s*endif", code, re.MULTILINE))
    return DIRECTIVE.match(code) is not None and opened == closed


def _is_unit(content: bytes) -> bool:
    """Whether the text beside a header is C: it ends a declaration, and every bracket is closed."""
    code = _code(content)
    return code.rstrip().endswith((";", "}")) and all(
        code.count(left) == code.count(right) for left, right in PAIRS
    )


def _code(content: bytes) -> str:
    """The text without comments and literals, "" for what is no text or too large."""
    if b"\0" in content or len(content) > LARGEST:
        return ""
    return SKIPPED.sub(" ", content.decode("latin-1"))


@once_per_context
def _header_folders(context: Context) -> frozenset[str]:
    """Folders below another that hold headers and, but for an __init__.py, nothing else."""
    names: dict[str, list[str]] = {}
    for entry in context.tree:
        names.setdefault(parent(entry.path), []).append(entry.name)
    return frozenset(
        folder
        for folder, found in names.items()
        if "/" in folder
        and len(found) > 1
        and all(name.endswith((*HEADERS, "__init__.py")) for name in found)
    )


RULE = Rule(
    name="bundled-headers",
    proves="Nothing: in a wheel for one platform the file is recognized as a C or C++ header, which begins with a "
    "directive and closes every condition; as the C file beside a header of its name; or as an empty __init__.py in a "
    "folder of nothing but headers. The reason names the file of the source with the same name and bytes, if any.",
    leaves_free="What these files declare.",
    sources=("ISO C: preprocessing directives", "setuptools: package data"),
    explain=explain,
)
