"""The predicate "provenance/v1": what one report states of one artifact, as docs/predicate/v1.md specifies it.

Nothing of the moment, the machine or the build of the tool is in it. A field that has its default is left out.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from provenance.model import Evidence, Kind, Severity, Verdict

# The project has no address of its own yet: the name is an identifier, and nothing is fetched from it.
PREDICATE_TYPE = "https://pypi-provenance.example/predicate/v1"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ObjectId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class Part(BaseModel):
    """A frozen part of a statement; as in-toto asks, fields that a later version adds are ignored."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )


class Sha256Digest(Part):
    """A digest of bytes."""

    sha256: Sha256


class FileDigest(Part):
    """The two digests of one file's content: of the bytes, and as git names them."""

    sha256: Sha256
    git_blob: ObjectId


class CommitDigest(Part):
    """What git names a submodule's commit."""

    git_commit: ObjectId


class SourceDigest(Part):
    """What git names the source: the commit, its root tree, and the tag object where the tag has one."""

    git_commit: ObjectId
    git_tree: ObjectId
    git_tag: ObjectId | None = None


class StatedSubmodule(Part):
    """A repository that the commit pins at a path of its own."""

    path: str
    uri: str
    digest: CommitDigest


class StatedSource(Part):
    """The commit that the artifact was compared with; `uri` is the repository as an SPDX download location."""

    uri: str
    ref: str
    digest: SourceDigest
    subdirectory: str = ""
    named_by: str = ""
    submodules: tuple[StatedSubmodule, ...] = ()


class Sibling(Part):
    """Another artifact of the release that was checked together with this one; `refused` could not be compared."""

    name: str
    kind: Kind
    verdict: Verdict
    digest: Sha256Digest | None = None
    refused: bool = False


class StatedRules(Part):
    """Which rules judged; the digest is over their names and what each says that it proves."""

    version: str
    digest: Sha256Digest


class ManifestFile(Part):
    """One line of the manifest of all files, of which a report holds the digest alone."""

    path: str
    evidence: Evidence
    digest: FileDigest | None = None
    source_path: str | None = None


class StatedFinding(ManifestFile):
    """One file that is not identical to its source, with the rule that judged it and its reason."""

    rule: str
    severity: Severity
    reason: str
    contradicts: bool = False


class StatedNotice(Part):
    """Something that follows from the artifacts and the commit and is not about one file."""

    code: str
    severity: Severity
    message: str


class Manifest(Part):
    """All files of the artifact, identical ones too, as one digest; see "manifest" in the specification."""

    digest: Sha256Digest


class StatedRecipe(Part):
    """What building the artifact from the commit takes; `requires` are exact lines with hashes, `epoch` seconds.

    See Recipe in the model for the fields.
    """

    python: str
    backend: str
    backend_path: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    epoch: int | None = None
    has_history: bool = False
    has_crlf: bool = False
    is_windows: bool = False
    command: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


class StatedRebuild(Part):
    """How building the artifact again from the commit went: how many files came out the same, and by which recipe."""

    recipe: StatedRecipe
    same: Annotated[int, Field(ge=0)] = 0
    same_archive: bool = False


class Predicate(Part):
    """What is known of one artifact; `release_verdict` is the worst of it and its siblings."""

    purl: Annotated[str, StringConstraints(pattern=r"^pkg:pypi/")]
    kind: Kind
    verdict: Verdict
    release_verdict: Verdict
    source: StatedSource | None = None
    siblings: tuple[Sibling, ...] = ()
    rule_set: StatedRules
    counts: dict[Evidence, Annotated[int, Field(ge=0)]]
    manifest: Manifest
    findings: tuple[StatedFinding, ...] = ()
    notices: tuple[StatedNotice, ...] = ()
    rebuild: StatedRebuild | None = None
