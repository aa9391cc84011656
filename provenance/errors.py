"""The errors that mean "no decision could be reached", each with a sentence a person can act on.

    ProvenanceError
    ├── UsageError                      the request itself cannot be understood          exit 2
    ├── OperationError                  something needed could not be done               exit 4
    │   ├── NetworkError                a host did not answer, or not with what was asked
    │   ├── NotOnIndexError             the index has no such project or version
    │   ├── ResolutionError             no releases fit together, or only a build would tell
    │   ├── ReportError                 a stored report cannot be read, or is not what was signed
    │   ├── LedgerError                 the record of tags seen before cannot be read or written
    │   ├── AuditError                  the state of an audit cannot be read or written
    │   ├── KeyStoreError               a signing key cannot be made, found or opened
    │   ├── RebuildError                a release cannot be built again: no recipe, or a part of it is missing
    │   │   └── CageError               there is nothing here that can hold a build
    │   ├── LogError                    a transparency log cannot be read or written
    │   │   └── BrokenLogError          what a log or a proof states does not hold: "no"
    │   │       ├── ForkError           two signed checkpoints of a log contradict each other
    │   │       └── RollbackError       a log shows an older state than was seen before
    │   └── GitError                    the git host did not give what was asked
    │       └── RepositoryNotFoundError there is no public repository at that address: "cannot tell"
    └── ArtifactError                   an artifact cannot be compared; becomes a finding
        ├── DigestError                 its bytes are not those that the index names: "no"
        ├── AttestationError            its attestation does not verify: "no"
        ├── HostileArchiveError         it is made to write outside its folder: "no"
        │   └── AmbiguousArchiveError   tools would install different files from it: "no"
        └── UnreadableArchiveError      it is broken or larger than the limits: "cannot tell"

A difference between artifact and source is never an error: it is a Finding.
"""


class ProvenanceError(Exception):
    """Base of all errors that users may see; `str()` is the sentence, `hint` what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ProvenanceError):
    """The request cannot be understood: a malformed reference, version or option."""


class OperationError(ProvenanceError):
    """Something that the check needs could not be carried out."""


class NetworkError(OperationError):
    """A host did not answer, or answered with something other than what was asked for."""


class NotOnIndexError(OperationError):
    """The index has no such project, or no such version of it."""


class ResolutionError(OperationError):
    """No releases fit what is asked for, or finding them would run code of theirs."""


class GitError(OperationError):
    """The git host did not give what was asked for."""


class RepositoryNotFoundError(GitError):
    """There is no repository, or no public one, at this address."""


class ReportError(OperationError):
    """A stored report cannot be read, or is not what was signed."""


class LedgerError(OperationError):
    """The record of tags that were seen before cannot be read or written."""


class AuditError(OperationError):
    """The state of an audit cannot be read or written, or what carries out its work is gone."""


class KeyStoreError(OperationError):
    """A signing key cannot be made, found or opened."""


class RebuildError(OperationError):
    """A release cannot be built again: there is no recipe for it, or a part of it cannot be had."""


class CageError(RebuildError):
    """There is no sandbox here that can hold a build, or it could not be set up."""


class LogError(OperationError):
    """A transparency log cannot be read or written, or is not one."""


class BrokenLogError(LogError):
    """What a log, a checkpoint or a proof of inclusion states does not hold."""


class ForkError(BrokenLogError):
    """Two checkpoints that a log's key has signed cannot both be true."""


class RollbackError(BrokenLogError):
    """A log shows an older checkpoint than one that was seen before."""


class ArtifactError(ProvenanceError):
    """An artifact that cannot be compared with anything; the pipeline turns it into a finding."""


class DigestError(ArtifactError):
    """The downloaded bytes do not have the sha256 that the index names; `sha256` is the one that they have."""

    def __init__(self, message: str, *, hint: str = "", sha256: str = "") -> None:
        super().__init__(message, hint=hint)
        self.sha256 = sha256


class AttestationError(ArtifactError):
    """An attestation of the artifact does not verify, or is about another file."""


class HostileArchiveError(ArtifactError):
    """A member would be written outside the archive's folder, or is no file at all."""


class AmbiguousArchiveError(HostileArchiveError):
    """Tools read the archive differently, so that what is judged need not be what is installed."""


class UnreadableArchiveError(ArtifactError):
    """The archive is broken, or exceeds a limit."""
