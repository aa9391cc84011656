"""Reports' entries in, a transparency log of static files out, in the C2SP formats, and proofs that hold without it."""

from provenance.log.append import Appended, append, create
from provenance.log.audit import audit
from provenance.log.checkpoint import Checkpoint, TreeHead, claimed_head, open_checkpoint
from provenance.log.entry import Entry, LoggedArtifact, read_entry
from provenance.log.files import CHECKPOINT, LogFiles
from provenance.log.note import NoteSigner, Verifier
from provenance.log.proof import SUFFIX, Logged, check_proof, prove
from provenance.log.seen import SeenCheckpoints
from provenance.log.tiles import Read, Tree

__all__ = [
    "CHECKPOINT",
    "SUFFIX",
    "Appended",
    "Checkpoint",
    "Entry",
    "LogFiles",
    "Logged",
    "LoggedArtifact",
    "NoteSigner",
    "Read",
    "SeenCheckpoints",
    "Tree",
    "TreeHead",
    "Verifier",
    "append",
    "audit",
    "check_proof",
    "claimed_head",
    "create",
    "open_checkpoint",
    "prove",
    "read_entry",
]
