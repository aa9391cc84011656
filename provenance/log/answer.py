"""A release and what its maintainer says of a report in, a signed note that says it out, and back (docs/log/v1.md).

The note's first line is the release as a package URL, so that no note can be put beside another release.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from provenance.errors import BrokenLogError, UsageError
from provenance.log.entry import NoteEntry
from provenance.log.note import NoteSigner, Verifier, open_note, sign_note, split_note

NOTE = ".note"
LONGEST = 8_000  # characters; a page shows them all
RELEASE = re.compile(r"pkg:pypi/[^\s?#]+@[^\s?#]+")


@dataclass(frozen=True)
class Answer:
    """What a maintainer says of a release, and the name of the key that signed it."""

    purl: str
    text: str
    signer: str


def write_answer(purl: str, text: str, name: str, signer: NoteSigner) -> bytes:
    """Return the signed note; raises UsageError where there is nothing to sign, or too much."""
    lines = [line.expandtabs().rstrip() for line in text.strip().splitlines()]
    shown = "\n".join("".join(char for char in line if char.isprintable()) for line in lines)
    if not 0 < len(shown) <= LONGEST:
        raise UsageError(f"A note has between 1 and {LONGEST:,} characters, and this one {len(shown):,}")
    return sign_note(f"{purl}\n{shown}\n", name, signer)


def read_answer(content: bytes, maintainers: Iterable[Verifier]) -> Answer:
    """Return what a note says, by the first of these keys that signed it; raises BrokenLogError without one."""
    for verifier in maintainers:
        if f"\n— {verifier.name} ".encode() in content:
            purl, _, text = open_note(content, verifier).partition("\n")
            is_shown = all(line.isprintable() for line in text.split("\n"))
            if not RELEASE.fullmatch(purl) or len(text) > LONGEST + 1 or not is_shown:
                break
            return Answer(purl, text.rstrip("\n"), verifier.name)
    raise BrokenLogError("It is no note about a release that a known maintainer signed")


def answer_entry(content: bytes) -> NoteEntry:
    """Return the log's entry about a note, whoever signed it; raises BrokenLogError where it is none."""
    purl = split_note(content)[0].partition("\n")[0]
    if not RELEASE.fullmatch(purl):
        raise BrokenLogError("It is no note about a release: its first line is no package URL")
    return NoteEntry(purl=purl, note=hashlib.sha256(content).hexdigest())
