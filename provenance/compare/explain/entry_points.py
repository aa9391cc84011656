"""entry_points.txt: which commands and plugins an installation gets, against the source's configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, contradiction, open_question, proof
from provenance.compare.subject import Subject
from provenance.model import Evidence, Explanation
from provenance.project.setuptools import parse_entry_points
from provenance.tree import Entry

Groups = Mapping[str, Mapping[str, str]]


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Compare group by group, name by name; a computed one must agree with the sibling artifact."""
    if not _is_entry_points(entry.path, context.subject):
        return None
    text = context.tree.text(entry.path)
    found = None if text is None else parse_entry_points(text)
    if found is None:
        return contradiction(RULE.name, "entry_points.txt is not a plain list of entry points")
    expected = context.project.entry_points
    if expected is not None:
        return _against_source(found, expected, context)
    rows = [(name, value) for group in found.values() for name, value in group.items()]
    if rows and all(_is_written(name, value, context) for name, value in rows):
        return proof(
            RULE.name, Evidence.CONSISTENT, "computed by the build, each as a packaging file writes it"
        )
    texts = context.project.texts
    if unnamed := [
        name for name, value in rows if _stem(name) not in texts or value.partition(":")[0] not in texts
    ]:
        return contradiction(RULE.name, f"adds {unnamed[0]}, which no packaging file of the source names")
    if not rows or not all(_is_written(_stem(name), value, context, loosely=True) for name, value in rows):
        return open_question(
            RULE.name, "entry points are computed by the build, and no packaging file writes them so"
        )
    others = [groups for sibling in context.siblings if (groups := _of(sibling)) is not None]
    if others and all(_flat(groups) == _flat(found) for groups in others):
        return proof(
            RULE.name, Evidence.CONSISTENT, "computed by the build, the same in the release's other artifact"
        )
    return open_question(
        RULE.name, "entry points are computed by the build, and no other artifact confirms them"
    )


def _against_source(found: Groups, expected: Groups, context: Context) -> Explanation:
    ours, theirs = _flat(found), _flat(expected)
    if more := sorted(ours - theirs):
        return contradiction(
            RULE.name, f"adds {' '.join(more[0][:2])} = {more[0][2]}, which the source does not state"
        )
    if fewer := sorted(theirs - ours):
        return contradiction(RULE.name, f"leaves out {' '.join(fewer[0][:2])}, which the source states")
    return proof(
        RULE.name,
        Evidence.REPRODUCED,
        f"all {len(ours)} entry points as the source states",
        context.project.folder,
    )


def _is_written(name: str, value: str, context: Context, *, loosely: bool = False) -> bool:
    """Whether a packaging file holds this assignment, quoted or not; loosely, with a version to be filled in."""
    target = r"\s*".join(re.escape(part) for each in re.split(r"([:\[\]])", value) if (part := each.strip()))
    filled_in = r"[^'\"\n=]{0,20}" if loosely else ""
    pattern = rf"(?<![\w.-])[\"']?{re.escape(name)}{filled_in}[\"']?\s*=\s*[\"']?{target}(?![\w.:])"
    return re.search(pattern, context.project.texts) is not None


def _stem(name: str) -> str:
    """The name without a Python version at its end, which setup.py files like to add (`pip3.9`)."""
    return name.rstrip("0123456789.-") or name


def _is_entry_points(path: str, subject: Subject) -> bool:
    if subject.kind == "wheel":
        return path == f"{subject.dist_info}/entry_points.txt"
    return path.endswith(".egg-info/entry_points.txt")


def _of(subject: Subject) -> Groups | None:
    """A sibling's entry points, {} where it has none, None where they cannot be read."""
    path = next((path for path in subject.tree.entries if _is_entry_points(path, subject)), None)
    return {} if path is None else parse_entry_points(subject.tree.text(path) or "")


def _flat(groups: Groups) -> set[tuple[str, str, str]]:
    return {
        (group, name, "".join(value.split()))
        for group, rows in groups.items()
        for name, value in rows.items()
    }


RULE = Rule(
    name="entry-points",
    proves="Every command and plugin is one that the source's configuration states, and none is missing; where the "
    "build computes them, the release's other artifact has the same and the source's packaging files name each.",
    leaves_free="The order and the blanks; where the build computes them, whether one of them is left out.",
    sources=("PyPA specification: entry points", "PEP 621: scripts, gui-scripts, entry-points"),
    explain=explain,
)
