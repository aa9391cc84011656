"""The source's packaging files in, what the project states about itself out: read statically, never executed."""

from provenance.project.layout import project_folder, wheel_roots
from provenance.project.read import CONFIG_FILES, read_project
from provenance.project.statement import Project

__all__ = ["CONFIG_FILES", "Project", "project_folder", "read_project", "wheel_roots"]
