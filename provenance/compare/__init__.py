"""An artifact's Tree and the source's Tree in, one Finding per artifact file out; pure."""

from provenance.compare.behaviour import behaviour, is_python
from provenance.compare.context import Context, needed_blobs
from provenance.compare.diff import Difference, difference, file_difference
from provenance.compare.judge import executable_bits, inert_paths, judge
from provenance.compare.subject import Subject

__all__ = [
    "Context",
    "Difference",
    "Subject",
    "behaviour",
    "difference",
    "executable_bits",
    "file_difference",
    "inert_paths",
    "is_python",
    "judge",
    "needed_blobs",
]
