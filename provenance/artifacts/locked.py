"""The digests of a release's artifacts and the user's lock files in, a sentence for each that no lock allows out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provenance.model import Lock

MEANING = (
    "Either the file on the index was replaced after the lock file was written, or the lock file was changed. Do not "
    "install it; compare with a copy of the lock file that you trust, and ask the project's maintainers."
)


def contradictions(digests: Mapping[str, str], locks: Sequence[Lock]) -> dict[str, str]:
    """Return the artifacts, by file name, that a lock contradicts, with the reason for people.

    `digests` are the sha256 of the release's artifacts by file name, as far as they are known. Where a lock names
    files, a file of that name has to have that digest. Where it names digests alone, an artifact that has none of
    them is contradicted if another of them is nobody's: without that, pip would leave the artifact aside.
    """
    return dict(row for lock in locks for row in (*_renamed(digests, lock), *_nameless(digests, lock)))


def _renamed(digests: Mapping[str, str], lock: Lock) -> Iterator[tuple[str, str]]:
    allowed: dict[str, set[str]] = {}
    for file in lock.files:
        if file.filename is not None:
            allowed.setdefault(file.filename, set()).add(file.sha256)
    for filename, sha256 in digests.items():
        if filename in allowed and sha256 not in allowed[filename]:
            expected = " or ".join(sorted(allowed[filename]))
            yield filename, _sentence(filename, lock.where, f"sha256 {expected}", sha256)


def _nameless(digests: Mapping[str, str], lock: Lock) -> Iterator[tuple[str, str]]:
    allowed = {file.sha256 for file in lock.files if file.filename is None}
    nobodys = sorted(allowed - set(digests.values()))
    if not nobodys:
        return
    expected = f"one of {len(nobodys)} others" if len(nobodys) > 1 else f"sha256 {nobodys[0]}"
    for filename, sha256 in digests.items():
        if sha256 not in allowed:
            yield filename, _sentence(filename, lock.where, expected, sha256)


def _sentence(filename: str, where: str, expected: str, sha256: str) -> str:
    return (
        f"{filename} is not the file that {where} allows: expected {expected}, got sha256 {sha256}. {MEANING}"
    )
