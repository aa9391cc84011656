"""What was published and what was built in, how the two compare and which findings the build proves out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from provenance.model import Evidence, Finding, Kind, Notice, Rebuilt, Severity
from provenance.tree import SYMLINK, Entry, Tree

RULE = "rebuild"
NOTICES = ("rebuilt", "wheel-of-sdist-only")
SDIST_ONLY = "; built from the published sdist it comes out the same, built from the commit it does not"
RECORD = ".dist-info/RECORD"
SHOWN = 4


def compared(outcome: Rebuilt, published: tuple[Tree, str], built: tuple[Tree, str]) -> Rebuilt:
    """Return an outcome with how the built artifact compares; both are files, and the archive's sha256."""
    tree, sha256 = published
    own, own_sha256 = built
    paths = set(tree.entries) & set(own.entries)
    equal = {path for path in paths if is_same(tree.entries[path], own.entries[path])}
    equal |= {path for path in paths if path.endswith(RECORD) and _rows(tree, path) == _rows(own, path)}
    return outcome.model_copy(
        update={
            "sha256": own_sha256,
            "is_same_archive": sha256 == own_sha256,
            "same": len(equal),
            "differing": tuple(sorted(paths - equal)),
            "missing": tuple(sorted(set(tree.entries) - paths)),
            "surplus": tuple(sorted(set(own.entries) - paths)),
        }
    )


def _rows(tree: Tree, path: str) -> list[str]:
    """The lines of a RECORD, whose order is that of the file system it was built on and says nothing."""
    return sorted((tree.text(path) or "").splitlines())


def is_same(one: Entry, other: Entry) -> bool:
    """Whether two files have the same bytes, and neither or both are links."""
    return one.blob == other.blob and (one.mode == SYMLINK) == (other.mode == SYMLINK)


def same_paths(rebuilt: Rebuilt, published: Tree) -> frozenset[str]:
    """The paths at which both have the same file."""
    return frozenset(published.entries) - {*rebuilt.differing, *rebuilt.missing}


def proven(findings: Sequence[Finding], same: Collection[str], kind: Kind) -> tuple[Finding, ...]:
    """Return the findings, those that nothing else proves and the build does with the evidence `rebuilt`."""
    reason = f"building the {kind} from the commit gives the same bytes"
    update = {
        "evidence": Evidence.REBUILT,
        "rule": RULE,
        "severity": Severity.INFO,
        "reason": reason,
        "contradicts": False,
    }
    return tuple(
        finding.model_copy(update=update) if not finding.is_proven and finding.path in same else finding
        for finding in findings
    )


def from_sdist_only(findings: Sequence[Finding], same: Collection[str]) -> tuple[Finding, ...]:
    """Return the findings, with those marked that come out of the published sdist and not of the source."""
    return tuple(
        finding.model_copy(update={"reason": finding.reason + SDIST_ONLY})
        if not finding.is_proven and finding.path in same
        else finding
        for finding in findings
    )


def notice_of(rebuilt: Rebuilt) -> Notice:
    """Return what to say of one artifact that was built again, or that could not be."""
    origin = "the commit" if rebuilt.way == "source" else "the published sdist"
    start = f"{rebuilt.filename}, built again from {origin} with Python {rebuilt.recipe.python}"
    if rebuilt.failure:
        return _notice("not-rebuilt", Severity.LOW, f"{start}, could not be built: {rebuilt.failure}.")
    if rebuilt.is_same_archive:
        return _notice("rebuilt", Severity.INFO, f"{start}, is the same archive, byte for byte.")
    if rebuilt.is_whole:
        return _notice("rebuilt", Severity.INFO, f"{start}, has the same {rebuilt.same} files.")
    parts = {
        "differ": rebuilt.differing,
        "are not built": rebuilt.missing,
        "are not published": rebuilt.surplus,
    }
    told = "; ".join(f"{_listed(paths)} {verb}" for verb, paths in parts.items() if paths)
    return _notice("rebuilt", Severity.INFO, f"{start}, has {rebuilt.same} files that are the same; {told}.")


def only_from_sdist(rebuilt: Rebuilt, paths: Sequence[str]) -> Notice:
    """Return the finding that a wheel comes from the published sdist and not from the source."""
    message = f"{rebuilt.filename} comes out of the published sdist and not of the commit: {_listed(paths)}."
    return _notice("wheel-of-sdist-only", Severity.HIGH, message)


def _listed(paths: Sequence[str]) -> str:
    more = len(paths) - SHOWN
    return ", ".join(paths[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _notice(code: str, severity: Severity, message: str) -> Notice:
    return Notice(code=code, severity=severity, message=message, is_lasting=code != "not-rebuilt")
