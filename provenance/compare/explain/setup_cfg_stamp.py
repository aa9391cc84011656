"""The `[egg_info]` section that setuptools writes into an sdist's setup.cfg."""

from __future__ import annotations

import configparser
import re

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import Entry

STAMP = re.compile(rb"\[egg_info\]\ntag_build = ?\ntag_date = ?0\n(?:tag_svn_revision = ?0\n)?\n?")
STAMP_KEYS = re.compile(rb"^(?:tag_build *= *|(?:tag_date|tag_svn_revision) *= *0)\n", re.MULTILINE)

UNSEEN = re.compile(
    rb"[\x00-\x08\x0b-\x1f\x7f]"
)  # what one reader takes for the end of a line and another does not
UNSEEN_LINES = re.compile("\x85|\u2028|\u2029".encode())  # the same, of Unicode
STAMPED = {"tag_build": "", "tag_date": "0", "tag_svn_revision": "0"}


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Take exactly the stamp away and compare the rest with the source's setup.cfg byte for byte."""
    if context.subject.kind != "sdist" or entry.path != "setup.cfg":
        return None
    content = (context.tree.read("setup.cfg") or b"").replace(b"\r\n", b"\n")
    if UNSEEN.search(content) or UNSEEN_LINES.search(content):
        return None
    counterpart = context.counterpart("setup.cfg")
    if counterpart is None:
        if STAMP.fullmatch(content):
            return proof(RULE.name, Evidence.REPRODUCED, "holds nothing but the stamp that setuptools writes")
        return None
    original = context.source_tree.load(counterpart.blob)
    if original is None:
        return None
    original = original.replace(b"\r\n", b"\n")
    for rest in _without_stamp(content):
        if rest.rstrip(b"\n") == original.rstrip(b"\n"):
            reason = "the source's setup.cfg and the stamp [egg_info] tag_build, tag_date"
            return proof(RULE.name, Evidence.REPRODUCED, reason, counterpart.path)
    if _canonical(content, is_stamped=True) == _canonical(original, is_stamped=False) is not None:
        reason = "the source's setup.cfg as configparser writes it again, and the stamp"
        return proof(RULE.name, Evidence.REPRODUCED, reason, counterpart.path)
    return None


def _without_stamp(content: bytes) -> list[bytes]:
    """The content without a stamp section at its end, or without stamp keys in its own [egg_info] section."""
    rests = [content[: match.start()] for match in STAMP.finditer(content) if match.end() == len(content)]
    section = re.search(rb"^\[egg_info\]\n(.*?)(?=^\[|\Z)", content, re.MULTILINE | re.DOTALL)
    if section:
        kept = STAMP_KEYS.sub(b"", section[1])
        rests.append(content[: section.start(1)] + kept + content[section.end(1) :])
    return rests


def _canonical(content: bytes, *, is_stamped: bool) -> list[tuple[str, list[tuple[str, str]]]] | None:
    """Sections and options in order without the stamp, None where it is not plain INI.

    The source may have the stamp's keys with values of its own, which the stamp overwrites.
    """
    config = configparser.RawConfigParser(strict=True)
    try:
        config.read_string(content.decode())
    except (configparser.Error, UnicodeDecodeError):
        return None
    rows = [
        (section, [row for row in config.items(section) if not _is_stamp(section, *row, is_stamped)])
        for section in config.sections()
    ]
    return [(section, options) for section, options in rows if options or section != "egg_info"]


def _is_stamp(section: str, key: str, value: str, is_stamped: bool) -> bool:
    return section == "egg_info" and key in STAMPED and (not is_stamped or STAMPED[key] == value)


RULE = Rule(
    name="setup-cfg-stamp",
    proves="Without the keys tag_build, tag_date and tag_svn_revision of its [egg_info] section, setup.cfg is the "
    "source's; or the source has none and nothing else is in it.",
    leaves_free="Nothing but comments and blanks, where configparser has written the file again.",
    sources=("setuptools: egg_info.save_version_info",),
    explain=explain,
)
