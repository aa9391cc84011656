"""The files of setuptools' .egg-info folder, and those it leaves in .dist-info: each recomputed or cross-checked."""

from __future__ import annotations

import re
from collections.abc import Callable

from provenance.compare.context import Context
from provenance.compare.explain.described import same_fields
from provenance.compare.explain.rule import Rule, contradiction, open_question, proof
from provenance.compare.explain.steering import dependencies
from provenance.compare.subject import requirements_of_text
from provenance.model import Evidence, Explanation
from provenance.tree import Entry, parent

NAME = re.compile(r"[\w./-]+")
PLAIN_PATH = re.compile(r"[^\0-\x1f\x7f]+")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Hand the file to the check of its kind, if it stands directly in such a folder."""
    folder = parent(entry.path)
    info = context.subject.dist_info
    if context.subject.kind == "wheel":
        check = _WHEEL_CHECKS.get(entry.name) if folder == info else None
    else:
        check = _SDIST_CHECKS.get(entry.name) if re.fullmatch(r"(?:.+/)?[^/]+\.egg-info", folder) else None
    return check(entry, context) if check else None


def _pkg_info(entry: Entry, context: Context) -> Explanation | None:
    root, own = context.tree.get("PKG-INFO"), context.tree.load(entry.blob)
    content = context.tree.load(root.blob) if root else None
    if root is None or content is None or own is None:
        return None
    if root.blob == entry.blob or same_fields(own, content):
        return proof(RULE.name, Evidence.CONSISTENT, "states what the sdist's PKG-INFO states")
    return contradiction(RULE.name, "states something else than the sdist's PKG-INFO")


def _requires(entry: Entry, context: Context) -> Explanation | None:
    """requires.txt holds the dependencies in setuptools' own layout of sections."""
    if requirements_of_text(context.tree.text(entry.path) or "") != context.subject.requirements:
        return contradiction(RULE.name, "lists other dependencies than the distribution metadata")
    if not context.subject.has_requires_txt_only:
        return proof(RULE.name, Evidence.CONSISTENT, "lists the dependencies of the distribution metadata")
    refuted = dependencies(context)
    if refuted:
        return contradiction(RULE.name, refuted)
    if refuted is None and not any(
        sibling.requirements == context.subject.requirements for sibling in context.siblings
    ):
        return open_question(
            RULE.name, "dependencies are computed by the build, and no other artifact confirms them"
        )
    return proof(RULE.name, Evidence.CONSISTENT, "lists the dependencies that the source states")


def _sources(entry: Entry, context: Context) -> Explanation | None:
    """SOURCES.txt: every line a member of the sdist or a file of the source."""
    text = context.tree.text(entry.path)
    lines = [line for line in (text or "\0").replace("\r\n", "\n").split("\n") if line]
    for line in lines:
        if not PLAIN_PATH.fullmatch(line):
            return contradiction(RULE.name, f"holds the line {line[:80]!r}, which is no path")
        path = line.replace("\\", "/").removeprefix("./")
        if path not in context.tree and context.counterpart(path) is None:
            return contradiction(
                RULE.name, f"lists {path[:120]}, which is neither in the sdist nor in the source"
            )
    return proof(
        RULE.name, Evidence.CONSISTENT, f"all {len(lines)} paths are files of the sdist or of the source"
    )


def _top_level(entry: Entry, context: Context) -> Explanation | None:
    """top_level.txt: every line a name; in a wheel one that it installs."""
    lines = [line.strip() for line in (context.tree.text(entry.path) or "\0").splitlines() if line.strip()]
    if malformed := [line for line in lines if not NAME.fullmatch(line)]:
        return contradiction(RULE.name, f"holds the line {malformed[0][:80]!r}, which is no module's name")
    if context.subject.kind == "sdist":
        return proof(RULE.name, Evidence.CONSISTENT, "a list of names, which an installation writes anew")
    installed = {part.partition(".")[0] for path in context.tree.entries for part in path.split("/")}
    if unknown := [line for line in lines if not set(re.split("[./]", line)) <= installed]:
        return contradiction(RULE.name, f"names {unknown[0]}, which the wheel does not install")
    return proof(RULE.name, Evidence.CONSISTENT, "every name is one that the wheel installs")


def _exactly(*contents: bytes) -> Callable[[Entry, Context], Explanation | None]:
    def check(entry: Entry, context: Context) -> Explanation | None:
        content = (context.tree.load(entry.blob) or b"").replace(b"\r\n", b"\n")
        return (
            proof(RULE.name, Evidence.REPRODUCED, "exactly what setuptools writes")
            if content in contents
            else None
        )

    return check


_MARKER = _exactly(b"\n", b"")
_WHEEL_CHECKS: dict[str, Callable[[Entry, Context], Explanation | None]] = {
    "top_level.txt": _top_level,
    "namespace_packages.txt": _top_level,
    "zip-safe": _MARKER,
    "not-zip-safe": _MARKER,
    "dependency_links.txt": _MARKER,
    "REQUESTED": _exactly(b""),
}
_SDIST_CHECKS = _WHEEL_CHECKS | {"PKG-INFO": _pkg_info, "requires.txt": _requires, "SOURCES.txt": _sources}

RULE = Rule(
    name="egg-info",
    proves="PKG-INFO and requires.txt state what the sdist's own PKG-INFO states; every path of SOURCES.txt is a file "
    "of the sdist or of the source; every name of top_level.txt is a module of the release; marker files are empty.",
    leaves_free="Which files of the source SOURCES.txt lists besides those in the sdist, and in what order.",
    sources=("setuptools: egg_info command",),
    explain=explain,
)
