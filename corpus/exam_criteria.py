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

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, canonicalize_version

from provenance.compare import Context
from provenance.tree import EXECUTABLE, Entry, Tree, join, parent

PROSE = r"readme|licen[cs]es?|copying|copyright|notice|authors|contributors|changes|changelog|history|news|thanks|todo"
DOCUMENT = re.compile(
    rf"[^/]+\.(?:md|rst|adoc)|(?:{PROSE})(?:[-_][\w-]+|\.(?:apache2?|mit|bsd|psf|markdown-it))?(?:\.txt)?",
    re.I,
)
# what a folder of documentation holds, built or not; requirement lists there are read by its builders
SHOWN = re.compile(
    r"(?!\.|requirements|constraints)[^/]+\.(?:html|css|svg|png|jpe?g|gif|ico|txt|rst|md)", re.I
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
    if before is None or after is None or clean.tree.entries[path].mode != tampered.tree.entries[path].mode:
        return None
    name = path.rpartition("/")[2]
    if name in ("METADATA", "PKG-INFO"):
        return _in_metadata(before, after, clean, everywhere=everywhere)
    if name == "pyproject.toml":
        same = (document := _toml(before)) is not None and document == _toml(after)
        return "pyproject.toml that a backend writes again: comments, layout" if same else None
    if name == "Cargo.toml":
        same = (document := _toml(before)) is not None and document == _toml(after)
        return "Cargo.toml that maturin writes again: comments, layout" if same else None
    if name in ("ChangeLog", "AUTHORS", "DESCRIPTION.rst"):
        return f"{name}: blanks" if before.split() == after.split() else None
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


def _in_metadata(before: bytes, after: bytes, clean: Context, *, everywhere: bool) -> str | None:
    differing = differing_fields(before, after)
    if differing is None:
        return None
    if differing == {"project_urls"} and _addresses(before) == _addresses(after):
        return "metadata: labels of links"
    if not differing - BOOKKEEPING:
        return "metadata: " + (", ".join(sorted(differing)) or "order, repetition, letter case, blanks")
    has_witness = _is_witnessed(differing - BOOKKEEPING, _fields(after) or {}, clean)
    if differing <= DESCRIPTIVE | BOOKKEEPING and (everywhere or not has_witness):
        return "metadata that only describes, untold by the source: " + (
            "the same in every artifact" if everywhere and has_witness else "no second artifact"
        )
    return None


def _is_witnessed(fields: set[str], after: dict[str, Any], clean: Context) -> bool:
    """Whether another artifact speaks of one of these fields; an sdist of old metadata may be silent on any."""
    spoken = {field for field in fields if field in after or not clean.subject.may_leave_out_fields}
    return any(
        not sibling.may_leave_out_fields or sibling.metadata.get(field)
        for field in spoken
        for sibling in clean.siblings
    )


def _addresses(content: bytes) -> set[str]:
    raw, _ = parse_email(content)
    links = [
        *dict(raw.get("project_urls", {})).values(),
        raw.get("home_page", ""),
        raw.get("download_url", ""),
    ]
    return {link.rstrip("/") for link in links if link}


def differing_fields(before: bytes, after: bytes) -> set[str] | None:
    """Return the metadata fields that differ; None where one file holds what core metadata does not know."""
    left, right = _fields(before), _fields(after)
    if left is None or right is None:
        return None
    return {field for field in left.keys() | right.keys() if left.get(field) != right.get(field)}


def _fields(content: bytes) -> dict[str, Any] | None:
    """Every field in one spelling; None where the file holds what core metadata does not know."""
    raw, unparsed = parse_email(content)
    if unparsed:
        return None
    fields: dict[str, Any] = {key: _plain(value) for key, value in raw.items()}
    fields["name"] = canonicalize_name(raw.get("name", ""))
    fields["version"] = canonicalize_version(raw.get("version", ""))
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
    ranges = sorted(f"{each.operator}{canonicalize_version(each.version)}" for each in read.specifier)
    return canonicalize_name(read.name), extras, ",".join(ranges), read.url or "", str(read.marker or "")


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
