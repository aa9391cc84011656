"""A release's metadata in, its Source and the Tree of the tagged commit out."""

from provenance.source.checkout import Checkout, Wanted, check_out
from provenance.source.discover import Candidate, repositories
from provenance.source.link import foreign_source, refuted_link
from provenance.source.neighbours import neighbour_commit
from provenance.source.submodules import mount_submodules

__all__ = [
    "Candidate",
    "Checkout",
    "Wanted",
    "check_out",
    "foreign_source",
    "mount_submodules",
    "neighbour_commit",
    "refuted_link",
    "repositories",
]
