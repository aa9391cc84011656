"""What a report says of one artifact in, or a maintainer's note; the log's entry about it out: docs/log/v1.md."""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from provenance.errors import BrokenLogError
from provenance.model import Verdict

# The project has no address of its own yet: the name is an identifier, and nothing is fetched from it.
ENTRY_TYPE: Final = "https://pypi-provenance.example/log/v1"
NOTE_TYPE: Final = "https://pypi-provenance.example/log/note/v1"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """A frozen part of an entry, with no other fields than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LoggedArtifact(Part):
    """The artifact that the report is about."""

    filename: Annotated[str, Field(min_length=1)]
    sha256: Sha256


class Entry(Part):
    """One report in the log: the sha256 of its envelope's bytes, and of its predicate's, under RFC 8785."""

    type: Literal["https://pypi-provenance.example/log/v1"] = ENTRY_TYPE
    purl: Annotated[str, StringConstraints(pattern=r"^pkg:pypi/")]
    artifact: LoggedArtifact
    verdict: Verdict
    predicate: Sha256
    envelope: Sha256

    def __bytes__(self) -> bytes:
        return rfc8785.dumps(self.model_dump(mode="json"))


class NoteEntry(Part):
    """A maintainer's note about a release in the log: the sha256 of the note's bytes."""

    type: Literal["https://pypi-provenance.example/log/note/v1"] = NOTE_TYPE
    purl: Annotated[str, StringConstraints(pattern=r"^pkg:pypi/")]
    note: Sha256

    def __bytes__(self) -> bytes:
        return rfc8785.dumps(self.model_dump(mode="json"))


AnyEntry: TypeAdapter[Entry | NoteEntry] = TypeAdapter(
    Annotated[Entry | NoteEntry, Field(discriminator="type")]
)


def read_entry(content: bytes) -> Entry | NoteEntry:
    """Return the entry in these bytes; raises BrokenLogError where they are not written as `bytes(entry)` is."""
    try:
        entry = AnyEntry.validate_python(json.loads(content))
    except (ValueError, RecursionError, ValidationError) as error:
        raise BrokenLogError(f"It is not an entry of the form {ENTRY_TYPE}") from error
    if bytes(entry) != content:
        raise BrokenLogError("It is not written in canonical form (RFC 8785)")
    return entry
