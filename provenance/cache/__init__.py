"""Bytes in, and out again as long as they are whole and were used of late: what checks keep for later checks."""

from provenance.cache.files import Cache, file_sha256

__all__ = ["Cache", "file_sha256"]
