"""A tampered file in, whether it may pass out: the exam's own judgement, which knows none of the tool's rules."""

from __future__ import annotations

import ast
import configparser
import csv
import re
import tomllib
from collections.abc import Callable
from typing import Any

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from provenance.compare import Context
from provenance.tree import EXECUTABLE, Entry, Tree, join, parent

PROSE = r"readme|licen[cs]es?|copying|copyright|notice|authors|contributors|changes|changelog|history|news|thanks|todo"
DOCUMENT = re.compile(
    rf"[^/]+\.(?:md|rst|adoc)|(?:{PROSE})(?:[-_.](?:mit|bsd|apache|psf|lgpl|gpl))?(?:\.txt)?", re.I
)
# fields that say nothing about what is installed; METADATA's rule names them
BOOKKEEPING = {
    "metadata_version", "dynamic", "platforms", "supported_platforms", "license_files", "description_content_type",
}  # fmt: skip
DESCRIPTIVE = {
    "summary", "description", "keywords", "classifiers", "author", "author_email", "maintainer", "maintainer_email",
    "license", "license_expression", "home_page", "download_url", "project_urls",
}  # fmt: skip


def can_act(path: str, context: Context) -> bool:
    """Whether the file can run, be imported, steer a build, or be opened by installed code: all but plain prose.

    Prose is documentation and licence texts outside every folder that Python imports from; an empty file of an
    sdist says as little, unless it makes a package or stands where tools look for metadata.
    """
    entry = context.tree.get(path)
    name = path.rpartition("/")[2]
    if (
        entry is None
        or entry.mode == EXECUTABLE
        or not (DOCUMENT.fullmatch(name) or _is_void(entry, context))
    ):
        return True
    folder = parent(path)
    return any(folder == place or folder.startswith(f"{place}/") for place in _importable(context) if place)


def _is_void(entry: Entry, context: Context) -> bool:
    steers = entry.path.endswith((".py", ".pth")) or ".egg-info/" in entry.path or ".dist-info/" in entry.path
    return context.subject.kind == "sdist" and entry.size == 0 and not steers


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
    if before is None or after is None or clean.tree.entries[path].mode != tampered.tree.entries[path].mode:
        return None
    name = path.rpartition("/")[2]
    if name in ("METADATA", "PKG-INFO"):
        return _in_metadata(before, after, has_witness=bool(clean.siblings), everywhere=everywhere)
    if name == "pyproject.toml":
        same = (document := _toml(before)) is not None and document == _toml(after)
        return "pyproject.toml that a backend writes again: comments, layout" if same else None
    if name.endswith(".py"):
        return "version file: comments and layout" if _same_values(before, after) else None
    if name == "SOURCES.txt":
        return "SOURCES.txt: which files it lists" if _lists_files(after, tampered) else None
    if name in SAME and (left := SAME[name][1](before)) is not None and left == SAME[name][1](after):
        return SAME[name][0]
    return None


def _in_metadata(before: bytes, after: bytes, *, has_witness: bool, everywhere: bool) -> str | None:
    left, right = _fields(before), _fields(after)
    if left is None or right is None:
        return None
    differing = {field for field in left.keys() | right.keys() if left.get(field) != right.get(field)}
    if not differing - BOOKKEEPING:
        return "metadata: " + (", ".join(sorted(differing)) or "order, repetition, letter case, blanks")
    if differing <= DESCRIPTIVE | BOOKKEEPING and (everywhere or not has_witness):
        return "metadata that only describes, untold by the source: " + (
            "the same in every artifact" if everywhere and has_witness else "no second artifact"
        )
    return None


def _fields(content: bytes) -> dict[str, Any] | None:
    """Every field in one spelling; None where the file holds what core metadata does not know."""
    raw, unparsed = parse_email(content)
    if unparsed:
        return None
    fields: dict[str, Any] = {key: _plain(value) for key, value in raw.items()}
    fields["name"] = canonicalize_name(raw.get("name", ""))
    fields["provides_extra"] = sorted({canonicalize_name(extra) for extra in raw.get("provides_extra", ())})
    fields["requires_dist"] = sorted({_requirement(row) for row in raw.get("requires_dist", ())})
    return fields


def _requirement(row: str) -> tuple[str, ...]:
    """A dependency in one spelling, however its name and its blanks are written."""
    try:
        read = Requirement(row)
    except InvalidRequirement:
        return (row,)
    extras = ",".join(sorted(canonicalize_name(extra) for extra in read.extras))
    return canonicalize_name(read.name), extras, str(read.specifier), read.url or "", str(read.marker or "")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, list):
        return sorted({" ".join(str(item).split()) for item in value})
    return " ".join(str(value).split())


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


def _lists_files(content: bytes, context: Context) -> bool:
    lines = [
        line for line in content.decode(errors="replace").replace("\\", "/").splitlines() if line.strip()
    ]
    return all(line in context.tree or context.counterpart(line) is not None for line in lines)


def _record(content: bytes) -> Any:
    return {(row[0], row[1]) for row in csv.reader(content.decode(errors="replace").splitlines()) if row}


def _wheel(content: bytes) -> Any:
    text = re.sub(r"^Wheel-Version: 1\.\d$", "Wheel-Version: 1", content.decode(errors="replace"), flags=re.M)
    return sorted(
        line
        for line in text.splitlines()
        if line.strip() and not re.fullmatch(r"Generator: [ -~]{0,80}", line)
    )


def _entry_points(content: bytes) -> Any:
    parser = configparser.RawConfigParser(delimiters=("=",), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
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
