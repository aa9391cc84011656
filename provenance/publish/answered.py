"""A release's folder in, the notes that its maintainers signed about it out: in the store, and on the site."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import BrokenLogError
from provenance.log import NOTE, Answer, Verifier, read_answer
from provenance.log import SUFFIX as PROOF
from provenance.publish.address import part

NOTES = "notes"  # folder beside a release's page


@dataclass(frozen=True)
class Answered:
    """A maintainer's note, and the files that it is published as, by their paths below the release's page."""

    answer: Answer
    path: str
    files: dict[str, bytes]

    @property
    def is_logged(self) -> bool:
        """Whether a proof that it is in a log stands beside it."""
        return f"{self.path}{PROOF}" in self.files


def answers_in(
    folder: Path, release: tuple[str, str], maintainers: Sequence[Verifier]
) -> tuple[list[Answered], list[str]]:
    """Return the notes in a folder about this release, and why others are left out."""
    found, refused = [], []
    for file in sorted(folder.glob(f"*{NOTE}")):
        content = file.read_bytes()
        try:
            answer = read_answer(content, maintainers)
        except BrokenLogError as error:
            refused.append(f"{file}: {error}")
            continue
        if answer.purl != "pkg:pypi/{}@{}".format(*map(part, release)):
            refused.append(f"{file}: the note is about {answer.purl}")
            continue
        path = f"{NOTES}/{hashlib.sha256(content).hexdigest()}{NOTE}"
        proof = file.with_name(file.name + PROOF)
        proven = {f"{path}{PROOF}": proof.read_bytes()} if proof.is_file() else {}
        found.append(Answered(answer, path, {path: content, **proven}))
    return found, refused
