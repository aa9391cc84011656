"""Reference in, Release out: what an index says about one name and version."""

from provenance.index.reference import local_artifact, parse_reference
from provenance.index.simple import fetch_provenance, find_release

__all__ = ["fetch_provenance", "find_release", "local_artifact", "parse_reference"]
