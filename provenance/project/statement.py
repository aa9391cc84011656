"""What a project's packaging files state: the values, and which of them only the build itself can compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provenance.project.declared import Declared


@dataclass(frozen=True)
class Project:
    """A project's own packaging configuration at one commit.

    `stated` maps core metadata fields, by their packaging.metadata names, to values; a field in neither
    `stated` nor `dynamic` is known to be absent. `entry_points` maps group -> name -> object reference,
    None where the build computes them. `floor` are requirements that are stated, whatever else the build computes.
    `texts` are the packaging files' own, `declared` what they name as requirements; `tools` is pyproject.toml's
    [tool] table.
    """

    folder: str
    backend: str = "setuptools"
    stated: Mapping[str, Any] = field(default_factory=dict)
    dynamic: frozenset[str] = frozenset()
    floor: tuple[str, ...] = ()
    entry_points: Mapping[str, Mapping[str, str]] | None = field(default_factory=dict)
    scripts: tuple[str, ...] | None = ()
    package_dir: Mapping[str, str] | None = None
    readmes: tuple[str, ...] | None = ()
    tools: Mapping[str, Any] = field(default_factory=dict)
    texts: str = field(default="", repr=False)
    declared: Declared = field(default_factory=Declared, repr=False)

    @property
    def name(self) -> str | None:
        """The distribution's name, None where it cannot be read statically."""
        name = self.stated.get("name")
        return name if isinstance(name, str) and name else None

    def tool(self, *path: str) -> Any:
        """Return a value below [tool], or None where a step is missing or is no table."""
        value: Any = self.tools
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value
