"""A wheel's RECORD: every other file with its digest and size, recomputed."""

from __future__ import annotations

import base64
import csv
import hashlib
import io

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, contradiction, proof
from provenance.model import Evidence, Explanation
from provenance.tree import Entry

ALGORITHMS = ("sha256", "sha384", "sha512")
UNLISTED = ("RECORD.jws", "RECORD.p7s")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Recompute every row; a row that does not hold contradicts the wheel itself."""
    info = context.subject.dist_info
    if info is None or entry.path != f"{info}/RECORD":
        return None
    content = context.tree.read(entry.path) or b""
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode(), newline="")) if row]
    except (UnicodeDecodeError, csv.Error):
        return contradiction(RULE.name, "RECORD is not a list of comma-separated values")
    if wrong := _first_wrong(rows, entry.path, context):
        return contradiction(RULE.name, wrong)
    return proof(
        RULE.name, Evidence.REPRODUCED, f"all {len(rows)} rows recomputed: every file, its digest and size"
    )


def _first_wrong(rows: list[list[str]], own_path: str, context: Context) -> str | None:
    listed: set[str] = set()
    for row in rows:
        path = row[0]
        if len(row) != 3 or path in listed:
            return f"RECORD has a malformed or repeated row for {path[:120]}"
        listed.add(path)
        member = context.tree.get(path)
        if member is None:
            return f"RECORD lists {path[:120]}, which is not in the wheel"
        if path == own_path and row[1:] != ["", ""]:
            return "RECORD states a digest or size of its own, which it cannot know"
        if path != own_path and not _holds(row, member, context):
            return f"RECORD's digest or size of {path} is not that of the file"
    info = context.subject.dist_info
    unlisted = {path for path in context.tree.entries if path not in listed}
    unlisted -= {f"{info}/{name}" for name in UNLISTED}
    return f"RECORD does not list {min(unlisted)}" if unlisted else None


def _holds(row: list[str], member: Entry, context: Context) -> bool:
    algorithm, _, expected = row[1].partition("=")
    if algorithm not in ALGORITHMS or row[2] not in ("", str(member.size)):
        return False
    if algorithm == "sha256":
        digest = bytes.fromhex(member.sha256)
    else:
        digest = hashlib.new(algorithm, context.tree.load(member.blob) or b"").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == expected


RULE = Rule(
    name="record",
    proves="Every file of the wheel is listed once, with the digest and size it has, and nothing else is listed.",
    leaves_free="The order of the rows, and whether a row states the size beside the digest.",
    sources=("PyPA specification: recording installed projects; PEP 427",),
    explain=explain,
)
