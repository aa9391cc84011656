"""A Cargo.lock that cargo wrote for an sdist, where the source has none: recognized by its whole document."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, open_question
from provenance.model import Explanation
from provenance.toml import parse_toml
from provenance.tree import REGULAR, Entry

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
CRATE = re.compile(r"[A-Za-z0-9_-]{1,100}")
VERSION = re.compile(r"\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,60}")
DIGEST = re.compile(r"[0-9a-f]{64}")
NEEDED = re.compile(rf"[A-Za-z0-9_-]+(?: [0-9][\w.+-]*(?: \({re.escape(REGISTRY)}\))?)?")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Hold every crate to its form: from crates.io with a digest, or one whose manifest is in the sdist."""
    if entry.path != "Cargo.lock" or entry.mode != REGULAR or context.subject.kind != "sdist":
        return None
    if any(other.name == "Cargo.lock" for other in context.source_tree) or "Cargo.toml" not in context.tree:
        return None
    try:
        document = parse_toml(context.tree.text(entry.path) or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    packages = document.get("package")
    if not document.keys() <= {"version", "package"} or not isinstance(packages, list):
        return None
    own = _own_crates(context)
    if not packages or not all(_is_package(package, own) for package in packages):
        return None
    reason = f"pins {len(packages)} crates of crates.io; the commit holds no Cargo.lock to compare with"
    return open_question(RULE.name, reason)


def _is_package(package: Any, own: set[str]) -> bool:
    keys = {"name", "version", "source", "checksum", "dependencies"}
    if not isinstance(package, dict) or not package.keys() <= keys:
        return False
    name, version = package.get("name"), package.get("version")
    if not _fits(CRATE, name) or not _fits(VERSION, version):
        return False
    if not all(_fits(NEEDED, needed) for needed in package.get("dependencies", ())):
        return False
    if "source" not in package:
        return name in own and "checksum" not in package
    return package["source"] == REGISTRY and _fits(DIGEST, package.get("checksum"))


def _fits(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _own_crates(context: Context) -> set[str]:
    """Names that the manifests of the source and of the sdist give to the project's own crates."""
    names: set[str] = set()
    for tree in (context.tree, context.source_tree):
        for path in [path for path in tree.entries if path.rpartition("/")[2] == "Cargo.toml"]:
            found = re.search(r'^[^\S\n]*name\s*=\s*"([\w-]+)"', tree.text(path) or "", re.MULTILINE)
            names.update([found[1]] if found else [])
    return names


RULE = Rule(
    name="cargo-lock",
    proves="Nothing: the file is recognized as cargo's list of crates by its whole document, where the source has "
    "none: each crate comes from crates.io with a digest, or is one that a manifest of the source or the sdist names.",
    leaves_free="Which crates, and which versions of them, the build takes from crates.io.",
    sources=("the Cargo Book: Cargo.lock",),
    explain=explain,
)
