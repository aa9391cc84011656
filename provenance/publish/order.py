"""Lines about a project's releases in, the same with the newest version first out, and what changed between two."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from provenance.publish.catalogue import Line


def newest_first(lines: list[Line]) -> list[Line]:
    """Return releases by PEP 440, the newest first; versions that it does not know come last."""
    return sorted(lines, key=_place, reverse=True)


def changes(line: Line, earlier: Line | None) -> list[str]:
    """Return, in words, what is other than in the release before."""
    if earlier is None:
        return []
    found = []
    if line.verdict.answer is not earlier.verdict.answer:
        found.append(f"the answer was {earlier.verdict.answer} for {earlier.version}")
    if line.repository and earlier.repository and line.repository != earlier.repository:
        found.append(f"the repository was {earlier.repository}")
    if line.signers != earlier.signers:
        found.append("signed by another key")
    return found


def _place(line: Line) -> tuple[bool, Version, str]:
    try:
        return True, Version(line.version), line.version
    except InvalidVersion:
        return False, Version("0"), line.version
