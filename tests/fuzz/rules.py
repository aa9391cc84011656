"""Files of artifacts in; every rule answers, and none proves other bytes than its cases and its freedoms allow."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.cases import all_cases
from corpus.cases.case import Case, context_of
from corpus.exam_criteria import freedom
from corpus.mutations import File, changed
from provenance.compare import Context, Subject, judge
from provenance.compare.behaviour import behaviour
from provenance.compare.diff import difference
from provenance.model import Finding, Source
from provenance.project import read_project
from provenance.tree import REGULAR, SYMLINK
from tests.fuzz.configuration import tree
from tests.fuzz.target import Target

INFO = "plume-1.0.0.dist-info"
FILES = (
    f"{INFO}/METADATA", f"{INFO}/WHEEL", f"{INFO}/RECORD", f"{INFO}/entry_points.txt", f"{INFO}/top_level.txt",
    "plume/_version.py", "plume/__init__.py", "plume.pth", "plume.egg-info/requires.txt", "setup.cfg", "setup.py",
    "pyproject.toml", "PKG-INFO", "Cargo.lock", "Cargo.toml", ".gitattributes", ".gitmodules", "plume/a.js",
    "plume/parser.out", "plume/x_pb2.py", "plume/a.mo", "plume/a.c", "ChangeLog", "plume/zone/Paris",
    "plume/__pycache__/a.cpython-311.pyc", "plume/parsetab.py", "plume/a.min.js", "plume.egg-info/SOURCES.txt",
    "plume.egg-info/PKG-INFO", "AUTHORS", "plume/a.so", "plume-1.0.0.data/scripts/plume", f"{INFO}/pbr.json",
)  # fmt: skip
SOURCE = Source(repository="https://git.example/o/plume", ref="v1.0.0", commit="1" * 40, tree="2" * 40)
ARTIFACTS = (("wheel", "plume-1.0.0-py3-none-any.whl"), ("sdist", "plume-1.0.0.tar.gz"))
TO_THE_END = 0xFFFF


def judge_files(content: bytes, files: Sequence[str] = FILES) -> None:
    """Every rule, on files that it knows; the source has the first half of the bytes where the package has all."""
    half = content[: len(content) // 2]
    source = tree({**dict.fromkeys(FILES, b""), **dict.fromkeys(files, half)})
    for kind, name in ARTIFACTS:
        subject = Subject(name, "wheel" if kind == "wheel" else "sdist", tree(dict.fromkeys(files, content)))
        found = judge(Context("plume", "1.0.0", subject, source, SOURCE, read_project(source, "")))
        assert {each.path for each in found} == {*files}


def judge_file(content: bytes) -> None:
    """The same with one file, told by the first byte; its difference and what it reaches for are shown as well."""
    place, content = content[0] if content else 0, content[1:]
    path, half = FILES[place % len(FILES)], content[: len(content) // 2]
    judge_files(content, [path])
    difference(half, content)
    behaviour(path, half, content)


@functools.cache
def proven_cases() -> tuple[tuple[str, Case, Context], ...]:
    """The rules' cases whose file is proven, in one order."""
    cases = ((rule, case) for rule, found in all_cases().items() for case in found)
    return tuple(
        (rule, case, context_of(case)) for rule, case in cases if case.evidence and case.evidence.is_proof
    )


def tamper(content: bytes) -> None:
    """A case of a rule with its file changed: two bytes say which, two from where, two how many bytes go."""
    cases = proven_cases()
    head, new = content[:6].ljust(6, b"\0"), content[6:]
    number, start, gone = (int.from_bytes(head[place : place + 2], "big") for place in (0, 2, 4))
    _, case, clean = cases[number % len(cases)]
    old, entry = clean.tree.read(case.path) or b"", clean.tree.entries[case.path]
    end = len(old) if gone == TO_THE_END else start + gone
    changed_file = old[:start] + new + old[end:]
    if changed_file == old or entry.mode == SYMLINK:
        return
    context = replace(clean, subject=changed(clean.subject, {case.path: File(changed_file, entry.mode)}))
    found = next(each for each in judge(context) if each.path == case.path)
    if found.evidence.is_proof and not found.contradicts and not _is_allowed(found, clean, context):
        raise AssertionError(f"{case.title!r} is still {found.evidence} by {found.rule}: {found.reason}")


def _is_allowed(found: Finding, clean: Context, context: Context) -> bool:
    """Whether bytes of the source stand there now, or a documented freedom covers the change."""
    counterpart = context.counterpart(found.path)
    if found.rule == "identity":
        return counterpart is not None and counterpart.blob == found.blob
    before, after = (each.tree.read(found.path) or b"" for each in (clean, context))
    if found.rule == "setup-cfg-stamp" and before.rstrip(b"\n") == after.rstrip(b"\n"):
        return True
    if found.rule == "egg-info" and found.path.endswith("/top_level.txt"):
        return re.fullmatch(rb"[\w./\s-]*", after) is not None
    if found.rule == "version-files":
        return _says_nothing_new(before, after)
    return freedom(found.path, clean, context, everywhere=False) is not None


def _says_nothing_new(before: bytes, after: bytes) -> bool:
    """Whether a Python file consists of statements of the other, and of constants that are bound to names."""
    try:
        known = {ast.dump(node) for node in ast.parse(before).body}
        return all(ast.dump(node) in known or _binds_constants(node) for node in ast.parse(after).body)
    except (SyntaxError, ValueError):
        return False


def _binds_constants(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) else None
    plain = (ast.Constant, ast.Tuple, ast.List, ast.Load)
    return value is not None and all(isinstance(part, plain) for part in ast.walk(value))


def _tampers() -> Iterator[bytes]:
    for number, (_, case, clean) in enumerate(proven_cases()):
        content = clean.tree.read(case.path) or b""
        if clean.tree.entries[case.path].mode == REGULAR and len(content) < 5_000:
            yield number.to_bytes(2, "big") + bytes(2) + TO_THE_END.to_bytes(2, "big") + content
            yield (
                number.to_bytes(2, "big")
                + (len(content) // 2).to_bytes(2, "big")
                + bytes(2)
                + b"\nimport os\n"
            )


def _known() -> Iterator[bytes]:
    """Every rule's cases, each as the file among FILES that ends alike."""
    for _, case, clean in proven_cases():
        name = case.path.rpartition("/")[2]
        content = clean.tree.read(case.path) or b""
        for place, path in enumerate(FILES):
            if path.endswith(name[-3:]) and len(content) < 5_000:
                yield bytes([place]) + content * 2


TARGETS = {
    "judge": Target(
        judge_files, lambda: [b"[section]\nkey = value\n", b"__version__ = '1.0.0'\n", b"{}"], 500
    ),
    "judge-one": Target(judge_file, _known, 8_000),
    "tampered": Target(tamper, _tampers, 6_000),
}
