"""Reference in, Release out: what an index says about one name and version."""

from provenance.index.links import redirects
from provenance.index.reference import local_artifact, parse_reference
from provenance.index.simple import fetch_provenance, find_release
from provenance.index.standing import find_standing, read_rank

__all__ = [
    "fetch_provenance",
    "find_release",
    "find_standing",
    "local_artifact",
    "parse_reference",
    "read_rank",
    "redirects",
]
