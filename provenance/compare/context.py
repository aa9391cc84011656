"""What a rule may look at: one artifact, its siblings, the source and its packaging configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from provenance.compare.subject import Subject
from provenance.model import Source
from provenance.project import CONFIG_FILES, Project, sdist_root, wheel_roots
from provenance.tree import GITLINK, SYMLINK, Entry, Tree, join

MOST_BLOBS = 20_000
RUST_FILES = {"Cargo.toml", "Cargo.lock", "pyproject.toml"}


@dataclass(frozen=True, eq=False)
class Context:
    """Everything that a rule may look at. `siblings` are the release's other artifacts."""

    name: str
    version: str
    subject: Subject
    source_tree: Tree
    source: Source
    project: Project
    siblings: tuple[Subject, ...] = ()
    roots: tuple[tuple[str, str], ...] = field(init=False)
    _counterparts: dict[str, Entry | None] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        roots = (
            wheel_roots(self.project, self.source_tree)
            if self.subject.kind == "wheel"
            else (("", sdist_root(self.project, self.subject.tree)),)
        )
        object.__setattr__(self, "roots", roots)

    @property
    def tree(self) -> Tree:
        """The artifact's files."""
        return self.subject.tree

    def counterpart(self, path: str) -> Entry | None:
        """Return the source file that the packaging configuration maps to this artifact path."""
        if path in self._counterparts:
            return self._counterparts[path]
        found = next(
            (entry for place in self.source_paths(path) if (entry := self.source_tree.get(place))), None
        )
        self._counterparts[path] = found
        return found

    def source_paths(self, path: str) -> Iterator[str]:
        """Yield where the packaging configuration would take this artifact path from, whether or not it is there."""
        installed = self.installed(path)
        for target, place in self.roots:
            rest = _below(installed, target)
            if rest is not None:
                yield join(place, rest)

    def differing_blobs(self) -> list[str]:
        """Return the blob ids of source files that stand behind an artifact file and differ from it."""
        pairs = ((entry, self.counterpart(entry.path)) for entry in self.tree)
        return [
            found.blob
            for entry, found in pairs
            if found and found.blob != entry.blob and found.mode != GITLINK
        ]

    @cached_property
    def collisions(self) -> frozenset[str]:
        """Ids that stand for other bytes in the source: SHA-1 collisions, seen where contents were compared."""
        compared = {entry.blob: entry.sha256 for entry in self.source_tree if entry.sha256}
        return frozenset(
            entry.blob for entry in self.tree if compared.get(entry.blob, entry.sha256) != entry.sha256
        )

    @cached_property
    def missing_submodules(self) -> tuple[Entry, ...]:
        """Submodules whose trees are not known."""
        return tuple(entry for entry in self.source_tree if entry.mode == GITLINK)

    def installed(self, path: str) -> str:
        """Return a wheel path as pip installs it: `NAME.data/purelib/` and `platlib/` are the root itself."""
        data = self.subject.data_folder
        for scheme in ("purelib", "platlib"):
            if data and path.startswith(f"{data}/{scheme}/"):
                return path.removeprefix(f"{data}/{scheme}/")
        return path


def needed_blobs(source: Tree, folder: str, subjects: Iterable[Subject]) -> list[str]:
    """Return the blob ids whose bytes the rules will read: configuration, links, and counterparts that differ.

    At most `MOST_BLOBS`; most are the artifacts' own bytes already and need no fetching.
    """
    wanted = {join(folder, name) for name in (*CONFIG_FILES, "flit.ini", "pdm_build.py")}
    names = {".gitattributes", ".gitmodules"} | (RUST_FILES if _holds_rust(source) else set())
    wanted |= {path for path in source.entries if path.rpartition("/")[2] in names}
    wanted |= {entry.path for entry in source if entry.mode == SYMLINK}
    for top in {"", folder}:
        wanted |= {
            entry.path
            for entry in source.under(top)
            if "/" not in _relative(entry.path, top) and _is_text(entry.name)
        }
    scripts = {entry.name for subject in subjects for entry in subject.tree if ".data/scripts/" in entry.path}
    wanted |= {entry.path for entry in source.under(folder) if entry.name in scripts}
    wanted |= _origins(source, subjects)
    places = [folder, join(folder, "src"), join(folder, "lib"), join(folder, "python")]
    for subject in subjects:
        for entry in subject.tree:
            for place in places if subject.kind == "wheel" else places[:1]:
                counterpart = source.get(join(place, entry.path))
                if counterpart is not None and counterpart.blob != entry.blob:
                    wanted.add(counterpart.path)
    found = (source.get(path) for path in sorted(wanted))
    return [entry.blob for entry in found if entry is not None and entry.mode != GITLINK][:MOST_BLOBS]


def _origins(source: Tree, subjects: Iterable[Subject]) -> set[str]:
    """Templates (`NAME.in`), message files (`NAME.po`) and readable scripts that files of artifacts are named after."""
    names = {entry.name for subject in subjects for entry in subject.tree}
    wanted = {f"{name}.in" for name in names}
    wanted |= {f"{name.removesuffix('.mo')}.po" for name in names if name.endswith(".mo")}
    wanted |= {name.replace(".min.", ".") for name in names if ".min." in name}
    return {path for path in source.entries if path.rpartition("/")[2] in wanted}


def _holds_rust(source: Tree) -> bool:
    return any(path.rpartition("/")[2] == "Cargo.toml" for path in source.entries)


def _is_text(name: str) -> bool:
    """Root files that metadata may be made from: readmes, change logs, requirement lists, licences."""
    return name.upper().startswith(
        ("README", "CHANGE", "HISTORY", "NEWS", "LICEN", "COPYING", "AUTHORS", "REQUIREMENTS")
    )


def _relative(path: str, folder: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path


def _below(path: str, folder: str) -> str | None:
    """The path below folder, "" for the folder's own path, None where it is elsewhere."""
    if not folder:
        return path
    if path == folder:
        return ""
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None
