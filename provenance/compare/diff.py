"""Two texts in, the lines that differ out: made with diff-match-patch on interned lines, bounded in time and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provenance.compare.behaviour import behaviour, is_python
from provenance.model import FileDifference

SECONDS = 2.0
LARGEST = 2_000_000  # bytes of either side
MOST_LINES = 60_000  # distinct lines that fit the code points used
CONTEXT_LINES = 3
FIRST_CODE_POINT = 0x100


@dataclass(frozen=True)
class Difference:
    """Unified lines (`+`, `-`, ` ` and `@@`), and whether a limit cut the comparison short."""

    lines: tuple[str, ...]
    is_cut: bool = False
    is_binary: bool = False


def difference(source: bytes, artifact: bytes) -> Difference:
    """Return what changed from the source's bytes to the artifact's."""
    if b"\0" in source or b"\0" in artifact:
        return Difference((), is_binary=True)
    if max(len(source), len(artifact)) > LARGEST:
        return Difference((), is_cut=True)
    old = source.decode(errors="replace").splitlines(keepends=True)
    new = artifact.decode(errors="replace").splitlines(keepends=True)
    points: dict[str, str] = {}
    interned = ["".join(points.setdefault(line, _point(len(points))) for line in side) for side in (old, new)]
    if len(points) > MOST_LINES:
        return Difference((), is_cut=True)
    from diff_match_patch import diff_match_patch  # a check shows no differences unless somebody asks

    engine = diff_match_patch()
    engine.Diff_Timeout = SECONDS
    operations = engine.diff_main(interned[0], interned[1], checklines=False)
    return Difference(tuple(_unified(operations, old, new)))


def file_difference(
    artifact: str, path: str, source_path: str | None, source: bytes, own: bytes
) -> FileDifference:
    """Return how one file of an artifact differs from the source file behind it, and what its code then reaches for."""
    found = difference(source, own)
    return FileDifference(
        artifact=artifact,
        path=path,
        source_path=source_path,
        lines=found.lines,
        is_cut=found.is_cut,
        is_binary=found.is_binary,
        reaches=behaviour(path, source, own) if is_python(path) and own != source else (),
    )


def _point(number: int) -> str:
    """A character of its own for each line, outside the surrogates."""
    return chr(FIRST_CODE_POINT + number if FIRST_CODE_POINT + number < 0xD800 else 0xE000 + number)


def _unified(operations: list[tuple[int, str]], old: list[str], new: list[str]) -> Iterator[str]:
    rows: list[tuple[str, int, int, str]] = []
    here = there = 0
    for kind, text in operations:
        for _ in text:
            mark = {0: " ", -1: "-", 1: "+"}[kind]
            rows.append((mark, here, there, new[there] if mark == "+" else old[here]))
            here += mark != "+"
            there += mark != "-"
    last = -2
    for place in _shown_rows(rows):
        if place != last + 1:
            yield f"@@ line {rows[place][1] + 1} of the source, {rows[place][2] + 1} of the package @@"
        yield rows[place][0] + rows[place][3].rstrip("\r\n")
        last = place


def _shown_rows(rows: list[tuple[str, int, int, str]]) -> list[int]:
    near: set[int] = set()
    for place, row in enumerate(rows):
        if row[0] != " ":
            near.update(range(max(0, place - CONTEXT_LINES), min(len(rows), place + CONTEXT_LINES + 1)))
    return sorted(near)
