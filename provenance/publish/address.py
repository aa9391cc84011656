"""A name that strangers chose in, one part of a path and of an address out, which nothing else can have."""

from __future__ import annotations

from urllib.parse import quote

from provenance.errors import ReportError

OURS = frozenset({"index.html", "index.json", "feed.atom", "badge.svg"})  # what stands beside versions
LONGEST = 200  # bytes; file systems allow 255, and suffixes follow


def part(text: str) -> str:
    """Return the text as a package URL writes it; raises ReportError for one that no file can be named after."""
    quoted = quote(text, safe="+!")
    if quoted.startswith(".") or quoted in OURS:
        quoted = quoted.replace(".", "%2E")
    if not 0 < len(quoted) <= LONGEST:
        raise ReportError(f"{text[:60]!r} is too long or too short to be a part of an address")
    return quoted


def href(path: str) -> str:
    """Return how a link names a file of the site: what stands in its path as `%` is no escape."""
    return quote(path, safe="/+!~:")
