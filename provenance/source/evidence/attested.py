"""Verified attestations in, the commit that they name as a candidate and what a reader should know of it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from provenance.model import Attested, Notice, Severity
from provenance.source.discover import Candidate
from provenance.tree import Entry

MOST_NAMED = 3  # files that a sentence names

Attestations = Mapping[str, Sequence[Attested]]  # file name -> what its attestations say


def attested_candidates(
    named: Sequence[Candidate], attestations: Attestations, *, is_chosen: bool
) -> tuple[list[Candidate], list[Notice]]:
    """Return the candidates with the attested commit as the first, and a notice where that leaves a question.

    `is_chosen` says that the user named the repository: it stays the only one, at the attested commit where the
    attestations name the same.
    """
    sources = _sources(attestations)
    notices = [_disagreement(sources)] if len({found.commit for found in sources.values()}) > 1 else []
    attested = next(iter(sources.values()), None)
    if attested is None:
        return list(named), []
    if not is_chosen:
        return [attested, *named], notices
    (chosen,) = named
    if same_repository(chosen, attested):
        return [replace(chosen, commit=attested.commit)], notices
    message = (
        f"It is attested that this release was made from {_shown(attested)}; it is compared with "
        f"{chosen.repository.removeprefix('https://')} because you asked for that."
    )
    return [chosen], [*notices, _notice("attested-elsewhere", message, Severity.MEDIUM)]


def same_repository(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates are one address, as hosts compare them."""
    return _plain(one.repository) == _plain(other.repository)


def other_commit(
    attested: Candidate, ref: str, commit: str, tagged: Mapping[str, Entry], own: Mapping[str, Entry]
) -> Notice:
    """Return a notice that the version's tag, or what the user asked for, is another commit, and in what it differs."""
    differing = [path for path in sorted({*tagged, *own}) if tagged.get(path) != own.get(path)]
    count = f"{len(differing)} file{'s' if len(differing) != 1 else ''}"
    more = f" and {len(differing) - MOST_NAMED} more" if len(differing) > MOST_NAMED else ""
    said = (
        f"differs from it in {count}: {', '.join(differing[:MOST_NAMED])}{more}"
        if differing
        else "has equal files"
    )
    message = (
        f"It is attested that this release was made from {_shown(attested)}, but {ref} is the commit "
        f"{commit[:8]}, which {said}."
    )
    return _notice("attested-commit", message, Severity.MEDIUM if differing else Severity.LOW)


def lost_commit(attested: Candidate) -> Notice:
    """Return a notice that the attested commit cannot be had."""
    message = (
        f"It is attested that this release was made from {_shown(attested)}, but the repository does not give that "
        "commit: it may have been removed since."
    )
    return _notice("attested-commit-lost", message, Severity.HIGH)


def _sources(attestations: Attestations) -> dict[str, Candidate]:
    """The source of each artifact whose certificate names one, sdists first."""
    names = sorted(attestations, key=lambda name: (name.endswith(".whl"), name))
    return {
        name: Candidate(said.repository, f"attestation of {name}", said.commit)
        for name in names
        for said in attestations[name]
        if said.repository and said.commit
    }


def _disagreement(sources: Mapping[str, Candidate]) -> Notice:
    said = "; ".join(f"{name} from {_shown(source)}" for name, source in sources.items())
    message = (
        f"Its files are attested to come from different commits: {said}. All are compared with the first."
    )
    return _notice("attested-commits-differ", message, Severity.HIGH)


def _shown(attested: Candidate) -> str:
    return f"{attested.repository.removeprefix('https://')}, commit {(attested.commit or '')[:8]}"


def _plain(repository: str) -> str:
    return repository.rstrip("/").removesuffix(".git").lower()


def _notice(code: str, message: str, severity: Severity) -> Notice:
    return Notice(code=code, severity=severity, message=message, is_lasting=False)
