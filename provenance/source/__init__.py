"""A release's metadata in, its Source and the Tree of the tagged commit out."""

from provenance.source.ahead import fetching_ahead
from provenance.source.bundle import Bundle, read_bundle, write_bundle
from provenance.source.checkout import Checkout, OpenTree, check_outs, fetch_tree
from provenance.source.clone import clone_objects, submodule_objects
from provenance.source.commit import Wanted
from provenance.source.contents import with_contents
from provenance.source.discover import Candidate, repositories
from provenance.source.evidence.attestation import assign, can_verify, unread_attestations, verify
from provenance.source.evidence.attested import attested_candidates
from provenance.source.evidence.neighbours import neighbour_commit
from provenance.source.evidence.search import nearest_commit
from provenance.source.evidence.signatures import TrustedKeys, trusted_keys
from provenance.source.evidence.tag_evidence import tag_evidence
from provenance.source.evidence.untagged import untagged_evidence
from provenance.source.git import GitHosts
from provenance.source.hosts import tracker
from provenance.source.link import (
    foreign_attestation,
    foreign_source,
    other_version,
    passed_over,
    refuted_link,
)
from provenance.source.submodules import mount_submodules

__all__ = [
    "Bundle",
    "Candidate",
    "Checkout",
    "GitHosts",
    "OpenTree",
    "TrustedKeys",
    "Wanted",
    "assign",
    "attested_candidates",
    "can_verify",
    "check_outs",
    "clone_objects",
    "fetch_tree",
    "fetching_ahead",
    "foreign_attestation",
    "foreign_source",
    "mount_submodules",
    "nearest_commit",
    "neighbour_commit",
    "other_version",
    "passed_over",
    "read_bundle",
    "refuted_link",
    "repositories",
    "submodule_objects",
    "tag_evidence",
    "tracker",
    "trusted_keys",
    "unread_attestations",
    "untagged_evidence",
    "verify",
    "with_contents",
    "write_bundle",
]
