"""One artifact as the rules see it: its files, its distribution metadata, what it requires."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from packaging.utils import canonicalize_name

from provenance.metadata import Metadata, parse
from provenance.model import Kind
from provenance.project.requirements import comparable, with_extra, with_marker
from provenance.tree import Tree

Requirement = tuple[str, ...]
OLD_METADATA = (None, "1.0", "1.1", "1.2", "2.0", "2.1")


@dataclass(frozen=True)
class Subject:
    """One artifact as the rules see it."""

    filename: str
    kind: Kind
    tree: Tree

    @cached_property
    def metadata_path(self) -> str | None:
        """Path of PKG-INFO (sdist) or of the one `*.dist-info/METADATA` (wheel)."""
        if self.kind == "sdist":
            return "PKG-INFO" if "PKG-INFO" in self.tree else None
        return None if self.dist_info is None else f"{self.dist_info}/METADATA"

    @cached_property
    def metadata(self) -> Metadata:
        """The parsed distribution metadata, empty where there is none."""
        content = self.tree.read(self.metadata_path) if self.metadata_path else None
        return parse(content or b"")

    @cached_property
    def dist_info(self) -> str | None:
        """The wheel's one top-level `.dist-info` folder, None where there is none or more than one."""
        folders = {path.partition("/")[0] for path in self.tree.entries if ".dist-info/" in path}
        found = [folder for folder in folders if folder.endswith(".dist-info")]
        return found[0] if self.kind == "wheel" and len(found) == 1 else None

    @cached_property
    def data_folder(self) -> str | None:
        """The wheel's `.data` folder that belongs to its `.dist-info`."""
        return None if self.dist_info is None else self.dist_info.removesuffix(".dist-info") + ".data"

    @property
    def may_leave_out_fields(self) -> bool:
        """Whether this is an sdist from before core metadata 2.2, in which an absent field states nothing."""
        return self.kind == "sdist" and self.metadata.get("metadata_version") in OLD_METADATA

    @property
    def states_python(self) -> bool:
        """Whether the metadata's version has a field for Requires-Python, which every tool then writes."""
        return self.metadata.get("metadata_version") not in (None, "1.0", "1.1")

    @cached_property
    def has_requires_txt_only(self) -> bool:
        """Whether this is an sdist whose dependencies stand in requires.txt alone, as old setuptools wrote it."""
        stated = self.metadata.get("requires_dist")
        return self.kind == "sdist" and not stated and self._requires_txt is not None

    @cached_property
    def _requires_txt(self) -> str | None:
        path = next((path for path in self.tree.entries if path.endswith(".egg-info/requires.txt")), None)
        return (self.tree.text(path) or "") if path else None

    @cached_property
    def requirements(self) -> frozenset[Requirement]:
        """Dependencies in comparable form; of sdists that old setuptools made, from requires.txt."""
        if self.has_requires_txt_only:
            return requirements_of_text(self._requires_txt or "")
        return frozenset(comparable(row) for row in self.metadata.get("requires_dist") or ())

    @cached_property
    def extras(self) -> frozenset[str]:
        """The extras that it offers, normalised; of sdists that old setuptools made, from requires.txt."""
        names = self.metadata.get("provides_extra") or ()
        if self.has_requires_txt_only and not names:
            sections = [line for line in (self._requires_txt or "").splitlines() if line.startswith("[")]
            names = [name for line in sections if (name := line.strip("[]").partition(":")[0])]
        return frozenset(canonicalize_name(name) for name in names)


def requirements_of_text(text: str) -> frozenset[Requirement]:
    """Return the dependencies of a requires.txt: sections named `extra:marker`."""
    rows: set[Requirement] = set()
    extra = marker = ""
    for line in text.splitlines():
        if line.startswith("[") and line.rstrip().endswith("]"):
            extra, _, marker = line.strip("[]").partition(":")
        elif line.strip():
            row = with_marker(line, marker) if marker else line
            rows.add(comparable(with_extra(row, extra) if extra else row))
    return frozenset(rows)
