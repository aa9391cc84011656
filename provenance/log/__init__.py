"""Reports' entries in, a transparency log of static files out, in the C2SP formats, and proofs that hold without it."""

from provenance.log.answer import NOTE, Answer, answer_entry, read_answer, write_answer
from provenance.log.append import Appended, append, create
from provenance.log.audit import audit
from provenance.log.checkpoint import Checkpoint, TreeHead, claimed_head, open_checkpoint
from provenance.log.cosignature import Cosigned, Witness, cosign, cosigned_by
from provenance.log.entry import Entry, LoggedArtifact, NoteEntry, read_entry
from provenance.log.files import CHECKPOINT, LogFiles
from provenance.log.note import NoteSigner, Verifier
from provenance.log.proof import SUFFIX, Logged, check_proof, prove
from provenance.log.seen import SeenCheckpoints
from provenance.log.tiles import Read, Tree

__all__ = [
    "CHECKPOINT",
    "NOTE",
    "SUFFIX",
    "Answer",
    "Appended",
    "Checkpoint",
    "Cosigned",
    "Entry",
    "LogFiles",
    "Logged",
    "LoggedArtifact",
    "NoteEntry",
    "NoteSigner",
    "Read",
    "SeenCheckpoints",
    "Tree",
    "TreeHead",
    "Verifier",
    "Witness",
    "answer_entry",
    "append",
    "audit",
    "check_proof",
    "claimed_head",
    "cosign",
    "cosigned_by",
    "create",
    "open_checkpoint",
    "prove",
    "read_answer",
    "read_entry",
    "write_answer",
]
