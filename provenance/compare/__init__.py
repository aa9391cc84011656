"""An artifact's Tree and the source's Tree in, one Finding per artifact file out; pure."""

from provenance.compare.context import Context, needed_blobs
from provenance.compare.diff import Difference, difference
from provenance.compare.judge import inert_paths, judge, made_executable
from provenance.compare.subject import Subject

__all__ = [
    "Context",
    "Difference",
    "Subject",
    "difference",
    "inert_paths",
    "judge",
    "made_executable",
    "needed_blobs",
]
