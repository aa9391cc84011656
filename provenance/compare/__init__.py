"""An artifact's Tree and the source's Tree in, one Finding per artifact file out; pure."""

from provenance.compare.context import Context, needed_blobs
from provenance.compare.diff import Difference, difference
from provenance.compare.judge import executable_bits, inert_paths, judge
from provenance.compare.subject import Subject

__all__ = [
    "Context",
    "Difference",
    "Subject",
    "difference",
    "executable_bits",
    "inert_paths",
    "judge",
    "needed_blobs",
]
