"""Compiled message catalogues (`.mo`): read back and compared with the .po file of the commit."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import REGULAR, Entry

Messages = dict[bytes, bytes]
LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?("(?:[^"\\]|\\.)*")')
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
HEADER_LINE = re.compile(rb"[\w-]+:[^\0\r\n]*", re.ASCII)
STEERING = re.compile(rb"^(?:Plural-Forms|Content-Type):\s*(.*?)\s*$", re.MULTILINE | re.IGNORECASE)
LARGEST = 16 << 20  # bytes


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Read every message of the catalogue and find it, with its translation, in the .po file."""
    if entry.mode != REGULAR or not entry.name.endswith(".mo") or (entry.size or 0) > LARGEST:
        return None
    origin = context.counterpart(entry.path.removesuffix(".mo") + ".po")
    content = context.tree.load(entry.blob)
    if origin is None or content is None or context.counterpart(entry.path) is not None:
        return None
    text, messages = context.source_tree.text(origin.path), _compiled(content)
    stated = None if text is None else _stated(text)
    if not messages or stated is None:
        return None
    header, expected = messages.pop(b"", b""), stated.pop(b"", b"")
    if any(stated.get(key) != value for key, value in messages.items()):
        return None
    if header == expected:
        return proof(
            RULE.name, Evidence.REPRODUCED, f"all {len(messages)} messages as {origin.path}", origin.path
        )
    if not _is_header(header) or STEERING.findall(header) != STEERING.findall(expected):
        return None
    reason = f"all {len(messages)} messages as {origin.path}; the header has other dates or names"
    return proof(RULE.name, Evidence.CONSISTENT, reason, origin.path)


def _is_header(header: bytes) -> bool:
    return all(HEADER_LINE.fullmatch(line) for line in header.split(b"\n") if line)


def _compiled(content: bytes) -> Messages | None:
    """The catalogue's messages; None where it is malformed or holds bytes that belong to none."""
    order = {b"\xde\x12\x04\x95": "<", b"\x95\x04\x12\xde": ">"}.get(content[:4])
    if order is None or len(content) < 28:
        return None
    revision, count, originals, translations, hashes, table = struct.unpack(f"{order}6I", content[4:28])
    if revision != 0 or count > len(content) // 16 or max(originals, translations) + 8 * count > len(content):
        return None
    if not _is_hash_table(content[table : table + 4 * hashes], order, count, hashes):
        return None
    used = [(0, 28), (originals, 8 * count), (translations, 8 * count), (table, 4 * hashes)]
    messages: Messages = {}
    for number in range(count):
        pair = []
        for start in (originals, translations):
            length, place = struct.unpack_from(f"{order}2I", content, start + 8 * number)
            used.append((place, length))
            pair.append(content[place : place + length])
        if pair[0] in messages:
            return None
        messages[pair[0]] = pair[1]
    return messages if _covers(used, content) else None


def _is_hash_table(table: bytes, order: str, count: int, hashes: int) -> bool:
    """Whether the table for fast look-up holds nothing but numbers of messages, each once."""
    numbers = (
        [row[0] for row in struct.iter_unpack(f"{order}I", table)]
        if len(table) == 4 * hashes
        else [count + 1]
    )
    filled = [number for number in numbers if number]
    return hashes <= 2 * count + 8 and len(set(filled)) == len(filled) and max(filled, default=0) <= count


def _covers(used: list[tuple[int, int]], content: bytes) -> bool:
    """Whether nothing but zeros stands between the parts that are used, and all of them lie within the file."""
    end = 0
    for start, length in sorted(used):
        if content[end:start].strip(b"\0") or start + length > len(content):
            return False
        end = max(end, start + length)
    return not content[end:].strip(b"\0")


def _stated(text: str) -> Messages | None:
    """Every message of a .po file as msgfmt writes it: context, plural and plural translations joined."""
    messages: Messages = {}
    for fields in _entries(text):
        key = fields.get("msgid", "")
        if "msgctxt" in fields:
            key = f"{fields['msgctxt']}\x04{key}"
        if "msgid_plural" in fields:
            key = f"{key}\0{fields['msgid_plural']}"
        plurals = [fields[name] for name in sorted(fields) if name.startswith("msgstr[")]
        messages[key.encode()] = "\0".join(plurals or [fields.get("msgstr", "")]).encode()
    return messages or None


def _entries(text: str) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    current = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        match = LINE.fullmatch(line.strip())
        if match is None:
            continue
        if match[1]:
            if match[1] in ("msgctxt", "msgid") and any(name.startswith("msgstr") for name in fields):
                yield fields
                fields = {}
            current = match[1]
            fields[current] = ""
        if current:
            fields[current] += _unquoted(match[2])
    if fields:
        yield fields


def _unquoted(literal: str) -> str:
    """The text of a quoted string, whose escapes are C's."""
    return ESCAPE.sub(lambda match: ESCAPES.get(match[1], match[1]), literal[1:-1])


RULE = Rule(
    name="message-catalogs",
    proves="Every message of the compiled catalogue stands in the .po file beside it in the commit, with the same "
    "translation, and no byte of the file belongs to anything else; encoding and rule for plurals are the same.",
    leaves_free="Which messages of the .po file are left out, as untranslated and unsure ones are; dates and names in "
    "the header, in which case the level is `consistent`.",
    sources=("GNU gettext: the format of .mo files", "Babel: write_mo"),
    explain=explain,
)
