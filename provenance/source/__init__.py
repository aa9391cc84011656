"""A release's metadata in, its Source and the Tree of the tagged commit out."""

from provenance.source.checkout import Checkout, Wanted, check_out
from provenance.source.discover import Candidate, repositories

__all__ = ["Candidate", "Checkout", "Wanted", "check_out", "repositories"]
