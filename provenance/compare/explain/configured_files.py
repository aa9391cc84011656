"""Files that meson or CMake fill in from a template of the commit (`NAME.in`): recognized line by line."""

from __future__ import annotations

import re

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, open_question
from provenance.model import Explanation
from provenance.tree import REGULAR, Entry

PLACE = re.compile(r"@[A-Za-z]\w*@|#(?:mesondefine|cmakedefine(?:01)?)[ \t]+(\w+)[^\n]*")
VALUE = r"[\w .+/:,=~-]{0,400}"
DEFINED = r'(?:#define {0}(?: [\w.+"() -]{{0,100}})?|/\* ?#undef {0} ?\*/|#undef {0})'
BLOCK = re.compile(
    r"\{\{(?:py|for|if|elif|else|endfor|endif|default|def|enddef)\b(?:(?!\{\{|\}\}).)*\}\}", re.DOTALL
)
EXPRESSION = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*\}\}")
MOST_LINES = 20_000
LARGEST = 1 << 20  # characters of a template worth reading


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Find the template and compare: what surrounds its places byte for byte, each place with a plain value."""
    if (
        context.subject.kind != "wheel"
        or entry.mode != REGULAR
        or context.counterpart(entry.path) is not None
    ):
        return None
    templates = _templates(entry, context)
    text = context.tree.text(entry.path) if templates else None
    for path in templates:
        template = context.source_tree.text(path)
        if text is None or template is None or len(template) > LARGEST:
            continue
        if re.fullmatch(_pattern(template), text) or _is_rendered(template, text):
            return open_question(
                RULE.name, f"{path} with its places filled in by the build, else the same", path
            )
    return None


def _templates(entry: Entry, context: Context) -> list[str]:
    """The template beside the file's place, else the only one of this name below the same top folder."""
    beside = context.counterpart(f"{entry.path}.in")
    if beside is not None:
        return [beside.path]
    top = entry.path.partition("/")[0]
    found = [path for path in _by_name(context).get(entry.name, ()) if f"/{top}/" in f"/{path}"]
    return found if len(found) == 1 else []


@once_per_context
def _by_name(context: Context) -> dict[str, list[str]]:
    """Templates of the commit by the name of what is made from them."""
    found: dict[str, list[str]] = {}
    for path in context.source_tree.entries:
        if path.endswith(".in"):
            found.setdefault(path.rpartition("/")[2].removesuffix(".in"), []).append(path)
    return found


def _pattern(template: str) -> str:
    pattern, place = "", 0
    for found in PLACE.finditer(template):
        pattern += re.escape(template[place : found.start()])
        pattern += VALUE if found[1] is None else DEFINED.format(found[1])
        place = found.end()
    return pattern + re.escape(template[place:])


def _is_rendered(template: str, text: str) -> bool:
    """Whether each line is a line of a Tempita template, with plain values where it has `{{…}}`."""
    if "{{" not in template or text.count("\n") > MOST_LINES:
        return False
    lines = BLOCK.sub("", template).split("\n")
    literal = {line.rstrip() for line in lines if "{{" not in line}
    parts = [[re.escape(part) for part in EXPRESSION.split(line.rstrip())] for line in lines if "{{" in line]
    pattern = re.compile("|".join(f"(?:{VALUE.join(each)})" for each in parts) or r"(?!)")
    return all(row.rstrip() in literal or pattern.fullmatch(row.rstrip()) for row in text.split("\n"))


RULE = Rule(
    name="configured-files",
    proves="Nothing: the file of a wheel is recognized as a template of the commit in which every place to fill holds "
    "a plain value without quotes, brackets or line breaks, and everything else is the same; of a Tempita template, "
    "as lines of it, repeated as its loops may.",
    leaves_free="The values, such as the names of compilers and the sizes of types.",
    sources=("meson: configure_file", "CMake: configure_file", "Cython: Tempita"),
    explain=explain,
)
