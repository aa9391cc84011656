"""A file's unified difference in, rows of two columns out: what the source says left, what the package says right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

LONGEST_LINE = 2_000  # characters; longer ones are shown without marks inside
SECONDS = 0.2

Words = tuple[tuple[str, bool], ...]  # pieces of a line, each with whether it changed


@dataclass(frozen=True)
class Row:
    """One row: a heading between hunks, or the two sides, None where a side has no line."""

    heading: str = ""
    source: Words | None = None
    package: Words | None = None
    is_changed: bool = False


def side_by_side(lines: Sequence[str]) -> tuple[Row, ...]:
    """Pair removed with added lines and mark what changed inside each pair."""
    return tuple(_rows(lines))


def _rows(lines: Sequence[str]) -> Iterator[Row]:
    removed: list[str] = []
    added: list[str] = []
    for line in (*lines, "@@"):
        mark, text = line[:1], line[1:]
        if mark == "-" and not added:
            removed.append(text)
            continue
        if mark == "+":
            added.append(text)
            continue
        yield from _changed(removed, added)
        removed, added = ([text], []) if mark == "-" else ([], [])
        if mark == " ":
            yield Row(source=((text, False),), package=((text, False),))
        elif mark == "@" and line != "@@":
            yield Row(heading=line.strip("@ "))


def _changed(removed: list[str], added: list[str]) -> Iterator[Row]:
    for old, new in zip_longest(removed, added):
        if old is None or new is None or max(len(old), len(new)) > LONGEST_LINE:
            source: Words | None = None if old is None else ((old, True),)
            package: Words | None = None if new is None else ((new, True),)
        else:
            source, package = _marked(old, new)
        yield Row(source=source, package=package, is_changed=True)


def _marked(old: str, new: str) -> tuple[Words, Words]:
    from diff_match_patch import diff_match_patch  # only pages and differences ask for it

    engine = diff_match_patch()
    engine.Diff_Timeout = SECONDS
    pieces = engine.diff_main(old, new)
    engine.diff_cleanupSemantic(pieces)
    source = tuple((text, kind != 0) for kind, text in pieces if kind <= 0)
    package = tuple((text, kind != 0) for kind, text in pieces if kind >= 0)
    return source or (("", False),), package or (("", False),)
