"""What pbr writes from the git history: AUTHORS, ChangeLog and pbr.json."""

from __future__ import annotations

import json
import re

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, open_question, proof
from provenance.compare.explain.versions.facts import Facts, facts_of, plain_text
from provenance.compare.subject import Subject
from provenance.model import Evidence, Explanation
from provenance.tree import GITLINK, SYMLINK, Entry, parent

MENTIONED = re.compile(r"(?<![\w.-])pbr(?![\w-])")
AUTHOR = re.compile(r"[^<>]{1,200} <[^<>]{1,200}>")
HEADER = "CHANGES\n=======\n\n"
CHANGE = re.compile(r"\* .{0,2000}")
JSON = re.compile(r'\{"git_version": "[0-9a-f]{7,64}", "is_release": (?:true|false)\}')
JSON_TURNED = re.compile(r'\{"is_release": (?:true|false), "git_version": "[0-9a-f]{7,64}"\}')


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Hold the file to its grammar, to the release's version or commit, and to the sibling's copy."""
    if entry.mode in (SYMLINK, GITLINK):
        return None
    if entry.name == "pbr.json":
        return _pbr_json(entry, context) if _is_metadata(parent(entry.path), context) else None
    if entry.name not in ("AUTHORS", "ChangeLog") or not _is_place(entry, context.subject):
        return None
    if not MENTIONED.search(context.project.texts):
        return None
    text = plain_text(context.tree.load(entry.blob))
    if text is None or context.counterpart(entry.path) is not None:
        return None
    if not (_are_authors(text) if entry.name == "AUTHORS" else _is_change_log(text, facts_of(context))):
        return None
    others = [
        other for sibling in context.siblings for other in sibling.tree if _is_same(other, entry, sibling)
    ]
    if any(other.blob != entry.blob for other in others):
        return open_question(RULE.name, f"differs from the {entry.name} of the release's other artifact")
    what = (
        "authors and their addresses"
        if entry.name == "AUTHORS"
        else "this version's heading and changes below it"
    )
    where = ", the same in the release's other artifact" if others else ""
    return proof(RULE.name, Evidence.CONSISTENT, f"as pbr writes it: nothing but {what}{where}")


def _is_metadata(folder: str, context: Context) -> bool:
    """Whether this is the wheel's .dist-info, or an .egg-info where the sdist's packages stand."""
    if context.subject.kind == "wheel":
        return folder == context.subject.dist_info
    places = {"", *(place.strip("/") for place in (context.project.package_dir or {}).values())}
    return folder.endswith(".egg-info") and parent(folder) in places


def _is_place(entry: Entry, subject: Subject) -> bool:
    """Whether this is an sdist's own file, or a wheel's copy of it beside the licences."""
    folder = parent(entry.path)
    if subject.kind == "sdist":
        return folder == ""
    return subject.dist_info is not None and folder in (subject.dist_info, f"{subject.dist_info}/licenses")


def _is_same(other: Entry, entry: Entry, sibling: Subject) -> bool:
    return other.name == entry.name and _is_place(other, sibling)


def _are_authors(text: str) -> bool:
    """Lines of names and addresses, each once."""
    lines = text.removesuffix("\n").removesuffix("\n").split("\n")
    return len(lines) == len(set(lines)) and all(AUTHOR.fullmatch(line) for line in lines)


def _is_change_log(text: str, facts: Facts) -> bool:
    """The header, then sections: a version, its underline and changes; the first is this release's."""
    if not text.startswith(HEADER) or not text.endswith("\n"):
        return False
    lines = text.removeprefix(HEADER).removesuffix("\n").split("\n")
    if len(lines) < 2 or not facts.is_version(lines[0]):
        return False
    place = 0
    while place < len(lines):
        line, below = lines[place], lines[place + 1] if place + 1 < len(lines) else ""
        if re.fullmatch(r"[\w.+-]{1,60}", line) and below == "-" * len(line):
            place += 2
        elif line == "" or CHANGE.fullmatch(line):
            place += 1
        else:
            return False
    return True


def _pbr_json(entry: Entry, context: Context) -> Explanation | None:
    text = plain_text(context.tree.load(entry.blob)) or ""
    if not (JSON.fullmatch(text) or JSON_TURNED.fullmatch(text)):
        return None
    commit = json.loads(text)["git_version"]
    if not facts_of(context).is_commit(commit):
        return open_question(RULE.name, f"says that it was built from commit {commit}")
    return proof(RULE.name, Evidence.CONSISTENT, "as pbr writes it, naming this commit")


RULE = Rule(
    name="pbr-files",
    proves="pbr.json names the commit, whether it is a release, and nothing else. In a project whose packaging files "
    "name pbr, and whose source holds no such file, AUTHORS is lines of names and addresses, and ChangeLog is pbr's "
    "header, this release's version as the first heading, and headings and one-line changes below. Where the "
    "release's other artifact has one of the two as well, it is the same.",
    leaves_free="Which authors and changes are listed, as they come from the history, which a check does not fetch; "
    "in pbr.json how many digits of the commit id are quoted, and is_release.",
    sources=("pbr: git.py (write_git_changelog, generate_authors), pbr_json.py",),
    explain=explain,
)
