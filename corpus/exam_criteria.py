"""A tampered file in, whether it may pass out: the exam's own judgement, which knows none of the tool's rules."""

from __future__ import annotations

import ast
import configparser
import csv
import posixpath
import re
import tomllib
from collections.abc import Callable
from typing import Any

from corpus.exam_metadata import freedom_in_metadata
from provenance.compare import Context
from provenance.tree import EXECUTABLE, REGULAR, Entry, Tree, join, parent

PROSE = r"readme|licen[cs]es?|copying|copyright|notice|authors|contributors|changes|changelog|history|news|thanks|todo"
DOCUMENT = re.compile(
    rf"[^/]+\.(?:md|rst|adoc)|(?:{PROSE})(?:[-_][\w-]+|\.(?:apache2?|mit|bsd|psf|markdown-it))?(?:\.txt)?",
    re.I,
)
# what a folder of documentation holds, built or not; requirement lists there are read by its builders
SHOWN = re.compile(
    r"(?!\.|requirements|constraints)[^/]+\.(?:html|css|svg|png|jpe?g|gif|ico|txt|rst|md)", re.I
)
LICENCE = re.compile(r"(?:licen[cs]e|copying|copyright|notice)[\w-]*(?:\.(?:txt|md|rst))?", re.I)


def can_act(path: str, context: Context) -> bool:
    """Whether the file can run, be imported, steer a build, or be opened by installed code: all but plain prose.

    Prose is documentation and licence texts outside every folder that Python imports from, and what an sdist's
    documentation shows; an empty file there says as little, unless it stands where tools look for metadata.
    """
    entry = context.tree.get(path)
    if entry is None or entry.mode == EXECUTABLE or not _is_prose(entry, context):
        return True
    folder = parent(path)
    return any(folder == place or folder.startswith(f"{place}/") for place in _importable(context) if place)


def _is_prose(entry: Entry, context: Context) -> bool:
    path = entry.path
    if DOCUMENT.fullmatch(entry.name):
        return True
    steers = path.endswith((".py", ".pth")) or ".egg-info/" in path or ".dist-info/" in path
    if context.subject.kind == "wheel" or steers:
        return False
    in_docs = not {"doc", "docs"}.isdisjoint(path.split("/")[:-1])
    return entry.size == 0 or (in_docs and SHOWN.fullmatch(entry.name) is not None)


def _importable(context: Context) -> set[str]:
    """In a wheel every folder with modules; in an sdist every package, and what its wheel installs modules to."""
    if context.subject.kind == "wheel":
        return _with(context.tree, (".py", ".so", ".pyd"))
    wheels = [sibling.tree for sibling in context.siblings if sibling.kind == "wheel"]
    installed = {folder for tree in wheels for folder in _with(tree, (".py", ".so", ".pyd"))}
    return _with(context.tree, ("/__init__.py",)) | {
        join(top, folder) for folder in installed for top in ("", "src", "lib", "python")
    }


def _with(tree: Tree, endings: tuple[str, ...]) -> set[str]:
    return {parent(path) for path in tree.entries if path.endswith(endings)}


def freedom(path: str, clean: Context, tampered: Context, *, everywhere: bool) -> str | None:
    """Name the documented freedom that covers this change; None where there is none."""
    before, after = clean.tree.read(path), tampered.tree.read(path)
    if before is None and _is_licence_copy(path, tampered):
        return "licence text in .dist-info: its name"
    if before is None or after is None or clean.tree.entries[path].mode != tampered.tree.entries[path].mode:
        return None
    name = path.rpartition("/")[2]
    if name in ("METADATA", "PKG-INFO"):
        return freedom_in_metadata(before, after, clean, everywhere=everywhere)
    if name == "pyproject.toml":
        same = (document := _toml(before)) is not None and document == _toml(after)
        return "pyproject.toml that a backend writes again: comments, layout" if same else None
    if name == "Cargo.toml":
        same = (document := _toml(before)) is not None and document == _toml(after)
        return "Cargo.toml that maturin writes again: comments, layout" if same else None
    if name in ("ChangeLog", "AUTHORS", "DESCRIPTION.rst"):
        if before.split() == after.split():
            return f"{name}: blanks"
        return f"{name} of pbr's: which lines it lists" if _is_of_pbr(name, before, after, clean) else None
    if name in ("top_level.txt", "namespace_packages.txt"):
        is_list = re.fullmatch(rb"(?:[\w./-]*\r?\n)*[\w./-]*", after)
        return f"{name}: which names it lists" if is_list else None
    if name == "requires.txt" and "requires_dist" in clean.project.dynamic and _is_part(after, before):
        return "requires.txt that the build computes: one left out"
    if name == "entry_points.txt" and clean.project.entry_points is None and _is_part(after, before):
        return "entry_points.txt that the build computes: one left out"
    if name.endswith(".py"):
        return "version file: comments and layout" if _same_values(before, after) else None
    if name == "SOURCES.txt":
        return "SOURCES.txt: which files it lists" if _lists_files(after, tampered) else None
    if name in SAME and (left := SAME[name][1](before)) is not None and left == SAME[name][1](after):
        return SAME[name][0]
    return None


def _is_licence_copy(path: str, context: Context) -> bool:
    """Whether a wheel has a licence of the source, byte for byte, among its metadata, under a document's name."""
    entry, info = context.tree.entries[path], context.subject.dist_info
    if info is None or not path.startswith(f"{info}/") or not LICENCE.fullmatch(entry.name):
        return False
    names = [place.rpartition("/")[2] for place in context.source_tree.by_blob.get(entry.blob, ())]
    return entry.mode == REGULAR and any(LICENCE.fullmatch(name) for name in names)


def _is_of_pbr(name: str, before: bytes, after: bytes, clean: Context) -> bool:
    """Whether a list that pbr makes of the history keeps its head, and stays plain text that nothing else tells."""
    held = [entry.path for sibling in clean.siblings for entry in sibling.tree if entry.name == name]
    rows = [content.decode(errors="replace").split("\n") for content in (before, after)]
    is_plain = all(row.isprintable() and "\ufffd" not in row for row in rows[1])
    kept = 5 if name == "ChangeLog" else 0
    return "pbr" in clean.project.texts and not held and is_plain and rows[0][:kept] == rows[1][:kept]


def _same_values(before: bytes, after: bytes) -> bool:
    """Whether two Python files differ in comments, layout and docstring only."""
    left, right = _syntax(before), _syntax(after)
    return left is not None and left == right


def _syntax(content: bytes) -> str | None:
    try:
        module = ast.parse(content)
    except (SyntaxError, ValueError):
        return None
    if ast.get_docstring(module) is not None:
        module.body = module.body[1:]
    return ast.dump(module)


def _toml(content: bytes) -> Any:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None


def _is_part(after: bytes, before: bytes) -> bool:
    """Whether a file holds nothing but lines of the other, and not none."""
    return bool(after.split()) and set(after.splitlines()) <= set(before.splitlines())


def _lists_files(content: bytes, context: Context) -> bool:
    lines = [
        line for line in content.decode(errors="replace").replace("\\", "/").splitlines() if line.strip()
    ]
    paths = [posixpath.normpath(line) for line in lines]
    return all(path in context.tree or context.counterpart(path) is not None for path in paths)


def _record(content: bytes) -> Any:
    return {(row[0], row[1]) for row in csv.reader(content.decode(errors="replace").splitlines()) if row}


def _wheel(content: bytes) -> Any:
    lines = content.decode(errors="replace").splitlines()
    kept = [line for line in lines if line.strip() and not re.fullmatch(r"Generator: [ -~]{0,80}", line)]
    return sorted(re.sub(r"^(Wheel-Version: 1)\.\d$", r"\1", line) for line in kept)


class _Rows(configparser.RawConfigParser):
    """A reader that keeps the letter case of names."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def _entry_points(content: bytes) -> Any:
    parser = _Rows(delimiters=("=",), strict=True)
    try:
        parser.read_string(content.decode())
    except (configparser.Error, UnicodeDecodeError):
        return None
    return {
        (section, key, "".join(value.split())) for section in parser for key, value in parser[section].items()
    }


def _ordered_rows(content: bytes) -> Any:
    return [line.strip() for line in content.splitlines() if line.strip()]


def _rows(content: bytes) -> Any:
    return sorted(_ordered_rows(content))


SAME: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "RECORD": ("RECORD: order of rows, stated sizes", _record),
    "WHEEL": ("WHEEL: Generator, minor version, order", _wheel),
    "entry_points.txt": ("entry_points.txt: order and blanks", _entry_points),
    "top_level.txt": ("top_level.txt: order and blanks", _rows),
    "requires.txt": ("requires.txt: blanks", _ordered_rows),
    "dependency_links.txt": ("empty file: blank lines", _rows),
    "zip-safe": ("empty file: blank lines", _rows),
    "not-zip-safe": ("empty file: blank lines", _rows),
}  # fmt: skip
