"""Tampers as values: a kind, the file it aims at, and a pure function from an artifact's files to changed files."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from provenance.compare import Context, Subject
from provenance.tree import EXECUTABLE, REGULAR, Entry, Tree, blob_id


@dataclass(frozen=True)
class File:
    """A file as an attacker writes it."""

    content: bytes
    mode: int = REGULAR


Changes = Mapping[str, File | None]  # path -> the new file, None for a removed one
Edit = Callable[[Subject, Random], Changes | None]  # None where there is nothing to change
Rewrite = Callable[[str, Random], str]


@dataclass(frozen=True)
class Mutation:
    """One way to tamper with one artifact.

    `everywhere` makes the same edit in the release's other artifacts too; `record` says whether a wheel's
    RECORD is written anew afterwards, as an attacker who knows wheels does.
    """

    kind: str
    path: str
    edit: Edit
    everywhere: bool = False
    record: bool = True

    @property
    def name(self) -> str:
        """What it is called in lists."""
        marks = [""] + ["in every artifact"] * self.everywhere + ["RECORD left as it is"] * (not self.record)
        return f"{self.kind}: {self.path}{', '.join(marks)}"


def tampered(context: Context, mutation: Mutation, seed: str) -> tuple[Context, Changes] | None:
    """Return the context of the tampered artifact and what was changed in it; None where nothing was."""
    changes = mutation.edit(context.subject, Random(seed))
    if changes is None:
        return None
    subject = changed(context.subject, changes, record=mutation.record)
    siblings = context.siblings
    if mutation.everywhere:
        siblings = tuple(
            changed(sibling, mutation.edit(sibling, Random(seed)) or {}) for sibling in context.siblings
        )
    return replace(context, subject=subject, siblings=siblings), changes


def changed(subject: Subject, changes: Changes, *, record: bool = True) -> Subject:
    """Return the artifact with these files changed, and with a RECORD that lists what it holds now."""
    contents: dict[str, bytes] = {}
    entries = dict(subject.tree.entries)
    for path, file in changes.items():
        if file is None:
            entries.pop(path, None)
        else:
            entries[path] = _entry(path, file, contents)
    own_record = subject.dist_info and f"{subject.dist_info}/RECORD"
    if record and own_record and own_record not in changes and changes:
        entries[own_record] = _entry(own_record, File(_record(entries, own_record)), contents)
    old = subject.tree.load
    tree = Tree(entries, lambda blob: contents[blob] if blob in contents else old(blob))
    return Subject(subject.filename, subject.kind, tree)


def _entry(path: str, file: File, contents: dict[str, bytes]) -> Entry:
    blob = blob_id(file.content)
    contents[blob] = file.content
    return Entry(path, file.mode, blob, len(file.content), hashlib.sha256(file.content).hexdigest())


def _record(entries: Mapping[str, Entry], own: str) -> bytes:
    rows = []
    for path, entry in entries.items():
        digest = base64.urlsafe_b64encode(bytes.fromhex(entry.sha256)).rstrip(b"=").decode()
        quoted = f'"{path}"' if "," in path else path
        rows.append(f"{own},," if path == own else f"{quoted},sha256={digest},{entry.size}")
    return ("\n".join(rows) + "\n").encode()


def content_of(subject: Subject, path: str) -> bytes:
    """The bytes of a file of the artifact."""
    return subject.tree.read(path) or b""


def rewritten(path: str, change: Callable[[bytes, Random], bytes | None]) -> Edit:
    """An edit of one file's content; its mode stays."""

    def edit(subject: Subject, random: Random) -> Changes | None:
        entry = subject.tree.get(path)
        if entry is None:
            return None
        old = content_of(subject, path)
        new = change(old, random)
        return None if new is None or new == old else {path: File(new, entry.mode)}

    return edit


def written(path: str, content: bytes, mode: int = REGULAR) -> Edit:
    """An edit that adds a file, or replaces the one that stands there."""
    return lambda subject, random: {path: File(content, mode)}


def is_regular(entry: Entry) -> bool:
    """Whether this is a file with content of its own."""
    return entry.mode in (REGULAR, EXECUTABLE)


def as_bytes(rewrite: Rewrite) -> Callable[[bytes, Random], bytes]:
    """Make an edit of text one of bytes; bytes that are no UTF-8 stay."""

    def change(content: bytes, random: Random) -> bytes:
        text = content.decode(errors="surrogateescape")
        return rewrite(text, random).encode(errors="surrogateescape")

    return change
