"""The source's packaging files in, what the project states about itself out: read statically, never executed."""

from provenance.project.layout import (
    can_be,
    config_blobs,
    is_alone,
    named_folder,
    project_folder,
    sdist_root,
    wheel_roots,
)
from provenance.project.read import CONFIG_FILES, read_project
from provenance.project.statement import Project

__all__ = [
    "CONFIG_FILES",
    "Project",
    "can_be",
    "config_blobs",
    "is_alone",
    "named_folder",
    "project_folder",
    "read_project",
    "sdist_root",
    "wheel_roots",
]
