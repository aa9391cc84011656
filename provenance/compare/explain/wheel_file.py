"""A wheel's WHEEL file: format version, generator, and the tags that its file name carries."""

from __future__ import annotations

import re

from packaging.tags import parse_tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, contradiction, open_question, proof
from provenance.model import Evidence, Explanation
from provenance.tree import Entry

GRAMMAR = {
    "Wheel-Version": re.compile(r"1\.\d", re.ASCII),
    "Generator": re.compile(r"[\w .+(){}-]{1,80}", re.ASCII),
    "Root-Is-Purelib": re.compile(r"[Tt]rue|[Ff]alse"),
    "Tag": re.compile(r"(?:\w+(?:\.\w+){0,9}-){2}\w+(?:\.\w+){0,9}", re.ASCII),
    "Build": re.compile(r"\d\w{0,40}", re.ASCII),
}
ONCE = ("Wheel-Version", "Root-Is-Purelib")
MOST_TAGS = 200
AT_MOST_ONCE = ("Generator", "Build")


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
    if wrong := _wrong_number(fields):
        return contradiction(RULE.name, wrong)
    return _against_file_name(fields, context)


def _wrong_number(fields: dict[str, list[str]]) -> str | None:
    for key in (*ONCE, *AT_MOST_ONCE):
        number = len(fields.get(key, ()))
        if number > 1 or (number == 0 and key in ONCE):
            return f"WHEEL holds {key} {number} times"
    if len(fields.get("Tag", ())) > MOST_TAGS:
        return f"WHEEL holds more than {MOST_TAGS} tags"
    tags = [tag for value in fields.get("Tag", ()) for tag in parse_tag(value)]
    if len(set(tags)) < len(tags):
        return "WHEEL holds a tag twice"
    return None


def _against_file_name(fields: dict[str, list[str]], context: Context) -> Explanation | None:
    try:
        _, _, build, named = parse_wheel_filename(context.subject.filename)
    except InvalidWheelFilename:
        return None
    stated = {tag for value in fields.get("Tag", ()) for tag in parse_tag(value)}
    if stated != named:
        return contradiction(RULE.name, "WHEEL states other tags than the file name")
    own_build = "".join(map(str, build))
    if fields.get("Build", [own_build]) != [own_build]:
        return contradiction(RULE.name, "WHEEL states another build number than the file name")
    is_for_any = all(tag.platform == "any" for tag in named)
    if [value.lower() for value in fields["Root-Is-Purelib"]] != ["true" if is_for_any else "false"]:
        return open_question(
            RULE.name, "Root-Is-Purelib is not what the platform in the file name lets expect"
        )
    generator = fields.get("Generator", ["an unnamed tool"])[0]
    return proof(RULE.name, Evidence.CONSISTENT, f"format and tags hold; built by {generator}")


RULE = Rule(
    name="wheel-file",
    proves="Every line is one that the format knows and stands as often as it allows, tags and build number are those "
    "of the file name, each once, and Root-Is-Purelib is true for exactly the wheels that fit any platform.",
    leaves_free="Generator, the name of the tool that built the wheel, up to 80 plain characters; the format's minor "
    "version.",
    sources=("PyPA specification: binary distribution format",),
    explain=explain,
)
