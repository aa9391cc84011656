"""A Context in, one Finding per artifact file out: identity first, then the rules in order, then what is left."""

from __future__ import annotations

import re
from collections.abc import Sequence

from provenance.compare.classify import is_inert, severity_of, starts_unasked
from provenance.compare.context import Context
from provenance.compare.explain import RULES, symlinks
from provenance.model import Evidence, Explanation, Finding, Notice, Severity
from provenance.tree import GITLINK, REGULAR, SYMLINK, Entry, parent


def judge(context: Context) -> tuple[Finding, ...]:
    """Return one finding for every file of the artifact, in path order."""
    return tuple(_finding(context, context.tree.entries[path]) for path in sorted(context.tree.entries))


def executable_bits(context: Context) -> tuple[Notice, ...]:
    """Return a notice where files are executable in the artifact and not in the source: apart from evidence."""
    pairs = ((entry, context.counterpart(entry.path)) for entry in context.tree if entry.is_executable)
    paths = [entry.path for entry, found in pairs if found is not None and found.mode == REGULAR]
    if not paths:
        return ()
    shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    message = f"Marked as executable in {context.subject.filename} and not in the source: {shown}."
    return (Notice(code="executable-bit", severity=Severity.LOW, message=message),)


def inert_paths(context: Context, findings: Sequence[Finding]) -> frozenset[str]:
    """Return the paths of findings that nothing runs, reads or builds from."""
    importable = _importable(context)
    return frozenset(
        finding.path for finding in findings if is_inert(finding.path, finding.severity, importable)
    )


def _importable(context: Context) -> frozenset[str]:
    """Folders whose files installed code can open as its own: packages; in a wheel, any folder with modules."""
    is_wheel = context.subject.kind == "wheel"
    marks = (".py", ".so", ".pyd", ".pyi") if is_wheel else ("__init__.py",)
    found = {parent(path) for path in context.tree.entries if path.endswith(marks)}
    if context.project.package_dir and not is_wheel:
        found |= set(context.project.package_dir.values())
    return frozenset(folder for folder in (*found, *(() if is_wheel else ("src", "lib"))) if folder)


def _finding(context: Context, entry: Entry) -> Finding:
    explanation = (
        _collision(context, entry)
        or _unnamed_start(context, entry)
        or _identity(context, entry)
        or _missing_submodule(context, entry)
        or _explained(context, entry)
        or _unexplained(context, entry)
    )
    proven = explanation.evidence.is_proof and not explanation.contradicts
    return Finding(
        path=entry.path,
        evidence=explanation.evidence,
        rule=explanation.rule,
        severity=Severity.INFO if proven else _severity(entry, explanation, context),
        source_path=explanation.source_path,
        reason=explanation.reason,
        sha256=entry.sha256,
        blob=entry.blob,
        contradicts=explanation.contradicts,
    )


def _severity(entry: Entry, explanation: Explanation, context: Context) -> Severity:
    return explanation.severity or severity_of(entry, context.subject.kind, context.tree)


def _collision(context: Context, entry: Entry) -> Explanation | None:
    if entry.blob not in context.collisions:
        return None
    path = next(other.path for other in context.source_tree if other.blob == entry.blob)
    reason = f"has the git id of {path} in the source and other bytes: somebody made two files with one SHA-1"
    return Explanation(
        rule="none",
        evidence=Evidence.MODIFIED,
        severity=Severity.CRITICAL,
        reason=reason,
        source_path=path,
        contradicts=True,
    )


def _identity(context: Context, entry: Entry) -> Explanation | None:
    counterpart = context.counterpart(entry.path)
    if (
        counterpart is None
        or counterpart.blob != entry.blob
        or (counterpart.mode == SYMLINK) != (entry.mode == SYMLINK)
    ):
        return None
    return Explanation(
        rule="identity",
        evidence=Evidence.IDENTICAL,
        reason="the same bytes as in the source",
        source_path=counterpart.path,
    )


def _unnamed_start(context: Context, entry: Entry) -> Explanation | None:
    """A source file that a wheel installs where every start of Python runs it, and no packaging file speaks of."""
    path, counterpart = context.installed(entry.path), context.counterpart(entry.path)
    if context.subject.kind == "sdist" or counterpart is None or not starts_unasked(path):
        return None
    name = re.escape(path if path.endswith(".pth") else re.split("[./]", path)[0])
    if re.search(rf"(?<!\w){name}(?!\w)", context.project.texts):
        return None
    reason = (
        f"is {counterpart.path} of the source, runs at every start of Python, and no packaging file names it"
    )
    return Explanation(rule="none", evidence=Evidence.RELOCATED, reason=reason, source_path=counterpart.path)


def _explained(context: Context, entry: Entry) -> Explanation | None:
    for rule in RULES if entry.mode != SYMLINK else (symlinks.RULE,):
        if (explanation := rule.explain(entry, context)) is not None:
            return explanation
    return None


def _unexplained(context: Context, entry: Entry) -> Explanation:
    counterpart = context.counterpart(entry.path)
    if counterpart is not None and counterpart.mode != GITLINK:
        return Explanation(
            rule="none",
            evidence=Evidence.MODIFIED,
            reason="differs from the source file, and nothing proves why",
            source_path=counterpart.path,
        )
    elsewhere = context.source_tree.by_blob.get(entry.blob, ()) if entry.size else ()
    if elsewhere:
        return Explanation(
            rule="none",
            evidence=Evidence.RELOCATED,
            reason=f"has the bytes of {elsewhere[0]} in the source, at a path that no packaging configuration explains",
            source_path=elsewhere[0],
        )
    is_unasked = context.subject.kind == "wheel" and starts_unasked(context.installed(entry.path))
    reason = f"is not in the source{', and runs at every start of Python' if is_unasked else ''}"
    return Explanation(rule="none", evidence=Evidence.ADDED, reason=reason)


def _missing_submodule(context: Context, entry: Entry) -> Explanation | None:
    """A file that would stand in a submodule whose tree could not be fetched: nothing can be said of it."""
    if not context.missing_submodules:
        return None
    folder = parent(entry.path)
    while folder:
        link = context.counterpart(folder)
        if link is not None and link.mode == GITLINK:
            reason = f"belongs to the submodule {link.path}, pinned at {link.blob[:12]}, which could not be fetched"
            return Explanation(rule="none", evidence=Evidence.RECOGNIZED, reason=reason)
        folder = parent(folder)
    return None
