"""A requirements file as pip reads it in, what it asks for out: includes, constraints, hashes, continued lines."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NoReturn

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from provenance.errors import UsageError
from provenance.metadata import parse_requirement
from provenance.model import LockedFile
from provenance.requirements.reading import read_text
from provenance.requirements.required import (
    FROM_FOLDER,
    Required,
    address_obstacle,
    file_name,
    from_requirement,
    locked_file,
    parts_of,
    pinned,
)

COMMENT = re.compile(r"(^|\s)#.*$")
OPTIONS = re.compile(r"\s(?=-)")  # what follows a requirement on its line
HASH = re.compile(r"--hash[= ]\s*(\S+)")
ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
ELSEWHERE = ("extra_index_url", "find_links")
MOST_INCLUDES = 100


class _Options(argparse.ArgumentParser):
    """The options that pip allows on lines of their own."""

    def __init__(self) -> None:
        super().__init__(add_help=False, allow_abbrev=False)
        for names in (
            ("-r", "--requirement"), ("-c", "--constraint"), ("-e", "--editable"), ("-i", "--index-url"),
            ("-f", "--find-links"), ("--extra-index-url",), ("--trusted-host",), ("--use-feature",),
            ("--no-binary",), ("--only-binary",),
        ):  # fmt: skip
            self.add_argument(*names)
        for name in ("--no-index", "--pre", "--prefer-binary", "--require-hashes"):
            self.add_argument(name, action="store_true")

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


@dataclass
class _Reading:
    """What was found so far, over all files that include each other."""

    found: list[Required] = field(default_factory=list)
    constraints: dict[str, SpecifierSet] = field(default_factory=dict)
    seen: set[tuple[Path, bool]] = field(default_factory=set)
    index: str | None = None


def read(path: Path) -> list[Required]:
    """Return every entry of a requirements file and of those it includes. Raises UsageError."""
    reading = _Reading()
    _read_file(path, "", reading, is_constraint=False)
    return [_constrained(each, reading) for each in reading.found]


def read_constraints(path: Path) -> list[str]:
    """Return the constraints that a requirements file names with `-c`, one line for each project."""
    reading = _Reading()
    _read_file(path, "", reading, is_constraint=False)
    return [f"{name}{limits}" for name, limits in sorted(reading.constraints.items())]


def _read_file(path: Path, named_by: str, reading: _Reading, *, is_constraint: bool) -> None:
    if (path.resolve(), is_constraint) in reading.seen:
        return
    if len(reading.seen) >= MOST_INCLUDES:
        raise UsageError(f"{path}: more than {MOST_INCLUDES} files include each other")
    reading.seen.add((path.resolve(), is_constraint))
    for number, line in logical_lines(read_text(path, named_by)):
        where = f"{path}:{number}"
        if line.startswith("-"):
            _option(line, where, path, reading, is_constraint=is_constraint)
        elif is_constraint:
            _constraint(line, where, reading)
        else:
            reading.found.append(_requirement(line, where))


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield every line that says something with its number; comments are gone, continued lines joined."""
    started, parts = 0, []
    for number, line in enumerate(text.splitlines(), 1):
        started = started or number
        if line.endswith("\\") and not COMMENT.match(line.lstrip()):
            parts.append(line[:-1])
            continue
        parts.append(f" {line}" if COMMENT.match(line.lstrip()) else line)
        if joined := COMMENT.sub("", "".join(parts)).strip():
            yield started, joined
        started, parts = 0, []
    if joined := COMMENT.sub("", "".join(parts)).strip():
        yield started, joined


@cache
def _options() -> _Options:
    return _Options()


def _option(line: str, where: str, path: Path, reading: _Reading, *, is_constraint: bool) -> None:
    try:
        options = _options().parse_args(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"{where}: `{line}` is not an option of a requirements file ({error})") from error
    for included, constrains in ((options.requirement, is_constraint), (options.constraint, True)):
        if included and "://" in included:
            reading.found.append(_unasked(included, where, line, "files on the network are not read"))
        elif included and "\0" in included:
            raise UsageError(f"{where}: {included!r} is not the name of a file")
        elif included:
            _read_file(path.parent / included, where, reading, is_constraint=constrains)
    if options.editable and not is_constraint:
        reading.found.append(_direct(options.editable, where, line))
    for other in filter(None, (getattr(options, name) for name in ELSEWHERE)):
        shown = parts_of(other).hostname or other
        reading.found.append(
            _unasked(shown, where, line.split()[0], "pip looks there too, this check does not")
        )
    reading.index = options.index_url or reading.index


def _constraint(line: str, where: str, reading: _Reading) -> None:
    requirement = _parsed(OPTIONS.split(line, maxsplit=1)[0].strip(), where)
    name = canonicalize_name(requirement.name)
    reading.constraints[name] = reading.constraints.get(name, SpecifierSet()) & requirement.specifier


def _requirement(line: str, where: str) -> Required:
    text, *options = OPTIONS.split(line, maxsplit=1)
    text = text.strip()
    if _is_direct(text):
        return _direct(text, where, line)
    return from_requirement(_parsed(text, where), where, tuple(_files(options)))


def _files(options: Iterable[str]) -> Iterator[LockedFile]:
    for found in options:
        for text in HASH.findall(found):
            yield from locked_file(text)


def _is_direct(text: str) -> bool:
    """Whether a line names a file, a folder or an address, and no name that an index knows."""
    first = text.partition(";")[0].partition(" @ ")[0].strip()
    return "/" in first.partition("[")[0] or first.startswith(".") or first.lower().endswith(ARCHIVES)


def _direct(text: str, where: str, line: str) -> Required:
    """An entry by address or path; its name is what its fragment says, else the end of its path."""
    if match := re.match(r"\s*([\w.-]+)\s*(\[.*?\])?\s*@\s", text):
        name, text = match[1], text[match.end() :]
    elif match := re.search(r"#.*?egg=([\w.-]+)", text):
        name = match[1]
    else:
        name = file_name(text.partition("#")[0]).partition("@")[0].removesuffix(".git") or text
    is_folder = "://" not in text and not text.lower().endswith(ARCHIVES)
    obstacle = FROM_FOLDER if is_folder else address_obstacle(text)
    return Required(name=name, where=where, text=line, obstacle=obstacle)


def _unasked(name: str, where: str, line: str, obstacle: str) -> Required:
    return Required(name=name, where=where, text=line, obstacle=obstacle)


def _parsed(text: str, where: str) -> Requirement:
    try:
        return parse_requirement(text)
    except InvalidRequirement as error:
        raise UsageError(
            f"{where}: `{text}` is not a requirement", hint="for example requests==2.32.5"
        ) from error


def _constrained(required: Required, reading: _Reading) -> Required:
    """The entry as the constraints and the file's index leave it."""
    update: dict[str, str | None] = {"index": reading.index}
    limits = reading.constraints.get(required.name)
    if limits is not None and required.version is None and not required.obstacle:
        narrowed = SpecifierSet(required.specifier) & limits
        update |= {"specifier": str(narrowed), "version": pinned(narrowed)}
    return required.model_copy(update=update)
