"""A wheel's WHEEL file: format version, generator, and the tags that its file name carries."""

from __future__ import annotations

import re

from packaging.tags import parse_tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, contradiction, proof
from provenance.model import Evidence, Explanation
from provenance.tree import Entry

GRAMMAR = {
    "Wheel-Version": re.compile(r"1\.\d"),
    "Generator": re.compile(r"[\w .+()-]{1,80}", re.ASCII),
    "Root-Is-Purelib": re.compile(r"true|false"),
    "Tag": re.compile(r"[\w.]+-[\w.]+-[\w.]+", re.ASCII),
    "Build": re.compile(r"\d\w*", re.ASCII),
}


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Read every line under the grammar; tags must be those of the file name."""
    info = context.subject.dist_info
    if info is None or entry.path != f"{info}/WHEEL":
        return None
    fields: dict[str, list[str]] = {}
    text = context.tree.text(entry.path) or ""
    for line in text.replace("\r\n", "\n").strip().split("\n"):
        key, _, value = line.partition(": ")
        if key not in GRAMMAR or not GRAMMAR[key].fullmatch(value):
            return contradiction(
                RULE.name, f"WHEEL holds the line {line[:80]!r}, which the format does not know"
            )
        fields.setdefault(key, []).append(value)
    try:
        named = parse_wheel_filename(context.subject.filename)[3]
    except InvalidWheelFilename:
        return None
    stated = {tag for value in fields.get("Tag", ()) for tag in parse_tag(value)}
    if stated != named:
        return contradiction(RULE.name, "WHEEL states other tags than the file name")
    pure = all(tag.platform == "any" for tag in named)
    if pure and fields.get("Root-Is-Purelib") == ["false"]:
        return contradiction(RULE.name, "WHEEL says that a wheel for any platform holds compiled files")
    generator = fields.get("Generator", ["an unnamed tool"])[0]
    return proof(RULE.name, Evidence.CONSISTENT, f"format and tags hold; built by {generator}")


RULE = Rule(
    name="wheel-file",
    proves="Every line is one that the format knows, and the tags are those of the file name.",
    leaves_free="Generator, the name of the tool that built the wheel, up to 80 plain characters.",
    sources=("PyPA specification: binary distribution format",),
    explain=explain,
)
