"""An artifact in, the tampers with the files that it holds out: bytes, lines, places, and other files' content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

from corpus.mutations import Changes, Edit, File, Mutation, content_of, is_regular, rewritten
from provenance.compare import Context, Subject
from provenance.tree import EXECUTABLE, REGULAR, SYMLINK, Entry, Tree, join, parent

Change = Callable[[bytes, Random], bytes | None]
EVIL_LINE = b"import os; os.system('id')\n"
EVIL_LIBRARY = b"\x7fELF\x02\x01\x01" + bytes(57)
IN_PACKAGE = re.compile(r"(?:.*/)?__init__\.pyi?$")


def flip_byte(content: bytes, random: Random) -> bytes | None:
    """Another value for one byte."""
    if not content:
        return None
    place = random.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << random.randrange(8))]) + content[place + 1 :]


def insert_byte(content: bytes, random: Random) -> bytes:
    """One byte more."""
    place = random.randrange(len(content) + 1)
    return content[:place] + bytes([random.randrange(256)]) + content[place:]


def delete_byte(content: bytes, random: Random) -> bytes | None:
    """One byte less."""
    place = random.randrange(len(content)) if content else 0
    return content[:place] + content[place + 1 :] if content else None


def append_line(content: bytes, random: Random) -> bytes:
    """A line of code at the end."""
    return content + (b"" if content.endswith(b"\n") or not content else b"\n") + EVIL_LINE


def truncate(content: bytes, random: Random) -> bytes | None:
    """The end cut off."""
    return content[: random.randrange(len(content))] if content else None


def append_nothing(content: bytes, random: Random) -> bytes:
    """Blank lines at the end."""
    return content + b"\n" * random.randrange(1, 4)


def crlf_with_one_changed_line(content: bytes, random: Random) -> bytes | None:
    """The other kind of line ending throughout, and one line that says something else."""
    if b"\0" in content or content.count(b"\n") < 2:
        return None
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    place = random.randrange(len(lines))
    lines[place] += b" # changed" if lines[place] else EVIL_LINE.rstrip()
    return (b"\n" if b"\r\n" in content else b"\r\n").join(lines)


def other_line_ends(content: bytes, random: Random) -> bytes | None:
    """The other kind of line ending on one line only."""
    lines = content.split(b"\n")
    if b"\0" in content or len(lines) < 3:
        return None
    place = random.randrange(len(lines) - 1)
    lines[place] = lines[place][:-1] if lines[place].endswith(b"\r") else lines[place] + b"\r"
    return b"\n".join(lines)


def change_indentation(content: bytes, random: Random) -> bytes | None:
    """One line of a Python block moved in or out by its own step."""
    lines = content.split(b"\n")
    indented = [number for number, line in enumerate(lines) if line[:1] in (b" ", b"\t") and line.strip()]
    if not indented:
        return None
    place = random.choice(indented)
    step = len(lines[place]) - len(lines[place].lstrip())
    out = min(step, 4)
    lines[place] = lines[place][out:] if random.random() < 0.5 else b" " * 4 + lines[place]
    return b"\n".join(lines)


def change_cookie(content: bytes, random: Random) -> bytes | None:
    """A comment that gives the file another encoding, or another meaning to a compiler."""
    cookie = random.choice(
        (b"# -*- coding: utf-7 -*-", b"# coding: rot13", b"# cython: embedsignature=False")
    )
    first, _, rest = content.partition(b"\n")
    keeps_first = first.startswith(b"#!")
    return first + b"\n" + cookie + b"\n" + rest if keeps_first else cookie + b"\n" + content


ON_EVERY_FILE: dict[str, Change] = {
    "flip a byte": flip_byte,
    "insert a byte": insert_byte,
    "delete a byte": delete_byte,
    "append a line": append_line,
    "append blank lines": append_nothing,
    "truncate": truncate,
    "other line ends and one changed line": crlf_with_one_changed_line,
    "other line end on one line": other_line_ends,
}
ON_PYTHON: dict[str, Change] = {
    "change indentation": change_indentation,
    "change the encoding cookie": change_cookie,
}


def file_mutations(context: Context, older: Sequence[Tree]) -> Iterator[Mutation]:
    """Yield the tampers with every file; `older` are the same project's artifacts of other versions."""
    subject = context.subject
    record = f"{subject.dist_info}/RECORD"
    entries = [entry for entry in subject.tree if is_regular(entry) and entry.path != record]
    foreign = _foreign(context)
    for entry in entries:
        path = entry.path
        for kind, change in ON_EVERY_FILE.items():
            yield Mutation(kind, path, rewritten(path, change))
        yield Mutation("append a line, RECORD kept", path, rewritten(path, append_line), record=False)
        yield Mutation("rename", path, _rename(entry))
        yield Mutation("swap with another file", path, _swap(entry, entries))
        yield Mutation("become a link", path, _link(entry, entries))
        if not entry.is_executable:
            yield Mutation("set the executable bit", path, _set_executable(path))
        if path.endswith((".py", ".pyi")):
            for kind, change in ON_PYTHON.items():
                yield Mutation(kind, path, rewritten(path, change))
        if path.endswith((".so", ".pyd")) or ".so." in entry.name:
            yield Mutation("replace a compiled library", path, _replace(path, EVIL_LIBRARY))
        for tree in older:
            revision = tree.get(path)
            if revision is not None and revision.blob != entry.blob:
                yield Mutation("older revision", path, _replace(path, tree.read(path) or b""))
        if foreign and path.endswith(".py"):
            yield Mutation("become another source file", path, _become(path, foreign, context))
    for folder in sorted(parent(entry.path) for entry in entries if IN_PACKAGE.match(entry.path)):
        if foreign:
            yield Mutation("copy a source file into the package", folder, _copy(folder, foreign, context))


def _foreign(context: Context) -> list[Entry]:
    """Python files of the source that this artifact does not hold, and whose bytes are known: tests, tools."""
    held = {entry.blob for entry in context.tree}
    return [
        entry
        for entry in context.source_tree
        if is_regular(entry)
        and entry.path.endswith(".py")
        and entry.blob not in held
        and context.source_tree.load(entry.blob)
    ]


def _replace(path: str, content: bytes) -> Edit:
    return rewritten(path, lambda old, random: content)


def _become(path: str, foreign: list[Entry], context: Context) -> Edit:
    return rewritten(path, lambda old, random: context.source_tree.load(random.choice(foreign).blob))


def _copy(folder: str, foreign: list[Entry], context: Context) -> Edit:
    def edit(subject: Subject, random: Random) -> Changes | None:
        entry = random.choice(foreign)
        path = join(folder, entry.name)
        content = context.source_tree.load(entry.blob) or b""
        return None if path in subject.tree else {path: File(content)}

    return edit


def _rename(entry: Entry) -> Edit:
    stem, dot, ending = entry.name.partition(".")
    path = join(parent(entry.path), f"{stem}_{dot}{ending}")

    def edit(subject: Subject, random: Random) -> Changes | None:
        if path in subject.tree:
            return None
        return {entry.path: None, path: File(content_of(subject, entry.path), entry.mode)}

    return edit


def _swap(entry: Entry, entries: list[Entry]) -> Edit:
    """With a file of the same kind, so that both stay readable."""
    ending = entry.name.rpartition(".")[2]
    others = [each for each in entries if each.name.rpartition(".")[2] == ending and each.blob != entry.blob]

    def edit(subject: Subject, random: Random) -> Changes | None:
        if not others:
            return None
        other = random.choice(others)
        return {
            entry.path: File(content_of(subject, other.path), entry.mode),
            other.path: File(content_of(subject, entry.path), other.mode),
        }

    return edit


def _link(entry: Entry, entries: list[Entry]) -> Edit:
    """A symbolic link to another file of the same folder."""
    beside = [each for each in entries if parent(each.path) == parent(entry.path) and each.blob != entry.blob]

    def edit(subject: Subject, random: Random) -> Changes | None:
        if not beside:
            return None
        return {entry.path: File(random.choice(beside).name.encode(), SYMLINK)}

    return edit


def _set_executable(path: str) -> Edit:
    def edit(subject: Subject, random: Random) -> Changes | None:
        entry = subject.tree.get(path)
        is_plain = entry is not None and entry.mode == REGULAR
        return {path: File(content_of(subject, path), EXECUTABLE)} if is_plain else None

    return edit
