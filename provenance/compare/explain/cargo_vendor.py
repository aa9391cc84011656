"""Crates that an sdist carries along (`cargo vendor`): each file against the crate's own list, that against Cargo.lock.

The list is not bound to the checksum in Cargo.lock: that is the digest of the crate's archive, which cannot be made
again from the files. Who changes a file and the list passes. So this recognizes and never proves.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, open_question
from provenance.model import Explanation
from provenance.toml import parse_toml
from provenance.tree import REGULAR, Entry, join, parent

LIST = ".cargo-checksum.json"
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
DIGEST = re.compile(r"[0-9a-f]{64}")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Look the file up among the vendored crates of this sdist, or read the configuration that leads cargo to them."""
    if (
        context.subject.kind != "sdist"
        or entry.mode != REGULAR
        or context.counterpart(entry.path) is not None
    ):
        return None
    if entry.path == ".cargo/config.toml" and _leads_to_crates(context.tree.text(entry.path) or "", context):
        return open_question(
            RULE.name, "leads cargo to the crates that this sdist carries along, and does nothing else"
        )
    crate = _vendored(context).get(entry.path)
    if crate is None:
        return None
    reason = f"vendored from {crate}, as the commit's Cargo.lock pins it; only the crate's archive would prove the file"
    return open_question(RULE.name, reason)


def _leads_to_crates(text: str, context: Context) -> bool:
    """Whether this is just what `cargo vendor` asks for: crates.io replaced by the folder of the crates."""
    document = _document(text)
    try:
        name = document["source"]["crates-io"]["replace-with"]
        folder = document["source"][name]["directory"]
        expected = {"source": {"crates-io": {"replace-with": name}, name: {"directory": folder}}}
    except (KeyError, TypeError):
        return False
    inside = [path for path in context.tree.entries if path.startswith(f"{folder}/")]
    return document == expected and bool(inside) and all(path in _vendored(context) for path in inside)


def _document(text: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


@once_per_context
def _vendored(context: Context) -> dict[str, str]:
    """Path -> crate for every file that its crate's list names with the digest it has."""
    pinned = _pinned(context)
    found: dict[str, str] = {}
    for path in [path for path in context.tree.entries if path.endswith(f"/{LIST}")] if pinned else ():
        folder = parent(path)
        listed = _listed(context.tree.text(path) or "")
        crate = _crate(folder, context)
        if listed is None or crate is None or pinned.get(crate) != listed[1]:
            continue
        good = [
            file
            for name, digest in listed[0].items()
            if (entry := context.tree.get(file := join(folder, name))) is not None and entry.sha256 == digest
        ]
        if len(good) == len(listed[0]):
            found |= dict.fromkeys([path, *good], " ".join(crate))
    return found


def _listed(text: str) -> tuple[dict[str, str], str] | None:
    """The crate's files with their digests, and the archive's digest; None where the document is anything else."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    files = (
        document.get("files")
        if isinstance(document, dict) and document.keys() == {"files", "package"}
        else None
    )
    if not isinstance(files, dict) or not all(
        _is_digest(value) for value in [*files.values(), document["package"]]
    ):
        return None
    return files, document["package"]


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def _crate(folder: str, context: Context) -> tuple[str, str] | None:
    """Name and version that the crate's manifest states, if its folder bears them."""
    try:
        package = _document(context.tree.text(join(folder, "Cargo.toml")) or "")["package"]
        name, version = str(package["name"]), str(package["version"])
    except (KeyError, TypeError):
        return None
    return (name, version) if folder.rpartition("/")[2] in (name, f"{name}-{version}") else None


@once_per_context
def _pinned(context: Context) -> dict[tuple[str, str], str]:
    """(name, version) -> archive digest of every crate that the commit's Cargo.lock takes from crates.io."""
    return dict(_locked(context.source_tree.text(join(context.project.folder, "Cargo.lock")) or ""))


def _locked(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    packages = _document(text).get("package", [])
    for package in packages if isinstance(packages, list) else ():
        if isinstance(package, dict) and package.get("source") == REGISTRY:
            yield (str(package.get("name")), str(package.get("version"))), str(package.get("checksum"))


RULE = Rule(
    name="cargo-vendor",
    proves="Nothing: the file is recognized as part of a vendored crate whose name, version and archive digest stand "
    "in the commit's Cargo.lock, and whose own list names every file of it with the digest it has; or as the "
    "configuration that does nothing but lead cargo to a folder of such crates.",
    leaves_free="The files themselves: the archive's digest cannot be computed from them, so somebody who changes a "
    "file and the list is not noticed.",
    sources=("cargo: vendor, directory sources", "the Cargo Book: Cargo.lock"),
    explain=explain,
)
