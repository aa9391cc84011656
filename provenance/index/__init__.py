"""Reference in, Release out: what an index says about one name and version."""

from provenance.index.reference import local_artifact, parse_reference
from provenance.index.simple import find_release

__all__ = ["find_release", "local_artifact", "parse_reference"]
