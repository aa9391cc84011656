"""The `[egg_info]` section that setuptools writes into an sdist's setup.cfg."""

from __future__ import annotations

import configparser
import io
import re
from collections.abc import Iterator
from itertools import permutations

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.ini import IniError, read_ini
from provenance.model import Evidence, Explanation
from provenance.tree import Entry

STAMP = re.compile(rb"\[egg_info\]\ntag_build = ?\ntag_date = ?0\n(?:tag_svn_revision = ?0\n)?\n?")
STAMP_KEYS = re.compile(rb"^(?:tag_build *= *|(?:tag_date|tag_svn_revision) *= *0)\n", re.MULTILINE)

UNSEEN = re.compile(
    rb"[\x00-\x08\x0b-\x1f\x7f]"
)  # what one reader takes for the end of a line and another does not
UNSEEN_LINES = re.compile("\x85|\u2028|\u2029".encode())  # the same, of Unicode
STAMPED = {"tag_build": "", "tag_date": "0", "tag_svn_revision": "0"}
# older Pythons wrote the keys of a section in no order
ORDERS = [
    *permutations(("tag_build", "tag_date")),
    *permutations(("tag_build", "tag_date", "tag_svn_revision")),
]


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Take exactly the stamp away and compare the rest with the source's setup.cfg byte for byte."""
    if context.subject.kind != "sdist" or entry.path != "setup.cfg":
        return None
    written = context.tree.read("setup.cfg") or b""
    content = written.replace(b"\r\n", b"\n")
    is_mixed = written.count(b"\r\n") not in (0, written.count(b"\n"))
    if is_mixed or UNSEEN.search(content) or UNSEEN_LINES.search(content):
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
    if content.rstrip(b"\n") in _rewritten(original):
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


class _Rows(configparser.RawConfigParser):
    """A reader that keeps the letter case of names, as setuptools reads."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def _rewritten(original: bytes) -> Iterator[bytes]:
    """The source's setup.cfg read and written again with the stamp, as newer and older setuptools do it."""
    for reader in (_Rows, configparser.RawConfigParser):
        for keys in ORDERS:
            try:
                config = read_ini(original.decode(), reader(strict=False))
            except (IniError, UnicodeDecodeError):
                continue
            if not config.has_section("egg_info"):
                config.add_section("egg_info")
            for key in keys:
                config.set("egg_info", key, STAMPED[key])
            written = io.StringIO()
            config.write(written)
            yield written.getvalue().encode().rstrip(b"\n")


RULE = Rule(
    name="setup-cfg-stamp",
    proves="Without the keys tag_build, tag_date and tag_svn_revision of its [egg_info] section, setup.cfg is the "
    "source's; or the source has none and nothing else is in it.",
    leaves_free="Nothing but line breaks at the end.",
    sources=("setuptools: egg_info.save_version_info",),
    explain=explain,
)
