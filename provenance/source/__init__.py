"""A release's metadata in, its Source and the Tree of the tagged commit out."""

from provenance.source.attestation import assign, can_verify, unread_attestations, verify
from provenance.source.attested import attested_candidates
from provenance.source.checkout import Checkout, check_outs
from provenance.source.commit import Wanted
from provenance.source.discover import Candidate, repositories
from provenance.source.git import GitHosts
from provenance.source.link import (
    foreign_attestation,
    foreign_source,
    other_version,
    passed_over,
    refuted_link,
)
from provenance.source.neighbours import neighbour_commit
from provenance.source.search import nearest_commit
from provenance.source.signatures import TrustedKeys, trusted_keys
from provenance.source.submodules import mount_submodules
from provenance.source.tag_evidence import tag_evidence
from provenance.source.untagged import untagged_evidence

__all__ = [
    "Candidate",
    "Checkout",
    "GitHosts",
    "TrustedKeys",
    "Wanted",
    "assign",
    "attested_candidates",
    "can_verify",
    "check_outs",
    "foreign_attestation",
    "foreign_source",
    "mount_submodules",
    "nearest_commit",
    "neighbour_commit",
    "other_version",
    "passed_over",
    "refuted_link",
    "repositories",
    "tag_evidence",
    "trusted_keys",
    "unread_attestations",
    "untagged_evidence",
    "verify",
]
