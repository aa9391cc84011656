"""Recipes and the published artifacts in, the best that building them came to out: three ways, until all is the same.

Source to sdist; source to wheel, directly or by way of the sdist that was built; published sdist to wheel.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provenance.cache import file_sha256
from provenance.errors import ArtifactError, CageError, RebuildError
from provenance.model import Kind, Rebuilt, Recipe
from provenance.rebuild.build import Bench, Workshop, prepare
from provenance.rebuild.proof import compared, is_same
from provenance.tree import Tree

COMPILER = re.compile(rb"(?<=\0)(?:GCC: \(|clang version |rustc version )[ -~]{3,100}(?=\0)")
MOST_COMPILERS = 3
KINDS: tuple[Kind, ...] = ("sdist", "wheel")


@dataclass(frozen=True)
class Published:
    """An artifact of the index: its files, its sha256, and where it is on disk."""

    filename: str
    kind: Kind
    tree: Tree
    sha256: str
    path: Path | None

    @property
    def is_compiled(self) -> bool:
        """Whether it is a wheel for one kind of machine."""
        return self.kind == "wheel" and not self.filename.endswith("-any.whl")


@dataclass
class Attempts:
    """What was built so far; `unpacked` reads an artifact that was built, which may raise ArtifactError.

    `best` and `of_sdist` are the best outcomes by file name, from the source and from the published sdist.
    """

    published: Sequence[Published]
    source: Path
    workshop: Workshop
    unpacked: Callable[[Path, Kind], Tree]
    progress: Callable[[str], None]
    best: dict[str, Rebuilt] = field(default_factory=dict)
    of_sdist: dict[str, Rebuilt] = field(default_factory=dict)
    _followed: set[Recipe] = field(default_factory=set)
    _own: Path | None = None

    @property
    def is_done(self) -> bool:
        """Whether every artifact that can be built here came out whole."""
        return not any(self._open(kind) for kind in KINDS)

    def follow(self, recipe: Recipe) -> None:
        """Build what did not come out whole so far."""
        for each in self.published:
            if each.is_compiled:
                self.best[each.filename] = _compiled(each, recipe)
        try:
            bench = prepare(recipe, self.source, self.workshop)
        except CageError:
            raise
        except RebuildError as error:
            for each in self.published:
                self._keep(
                    self.best,
                    Rebuilt(filename=each.filename, way="source", recipe=recipe, failure=str(error)),
                )
            return
        if bench.recipe in self._followed:
            return  # another way to ask for the same requirements
        self._followed.add(bench.recipe)
        if self._open("sdist"):
            self._own = self._build(bench, "sdist", self.source, self.best) or self._own
        if self._open("wheel"):
            self._build(bench, "wheel", self.source, self.best)
        if self._own is None and self._open("wheel"):
            self._own = self._build(bench, "sdist", self.source, self.best)
        if self._own is not None and self._open("wheel"):
            self._build(bench, "wheel", self._own, self.best)

    def from_published_sdist(self) -> None:
        """Build the wheels that did not come out whole from the sdist that was published.

        Where the source gives that sdist's files there is nothing new in it: what comes of it comes of the source.
        """
        sdist = next(
            (each for each in self.published if each.kind == "sdist" and each.path is not None), None
        )
        wheel = next(iter(self._open("wheel")), None)
        if sdist is None or sdist.path is None or wheel is None or self.best[wheel.filename].failure:
            return
        is_of_source = sdist.filename in self.best and self.best[sdist.filename].is_whole
        bench = prepare(self.best[wheel.filename].recipe, self.source, self.workshop)
        copied = self.workshop.folder / sdist.filename
        shutil.copyfile(sdist.path, copied)  # which the build's user may read
        self._build(bench, "wheel", copied, self.best if is_of_source else self.of_sdist)

    def repeat(self) -> None:
        """Build by each recipe that came closest once more than it was, and note which files vary."""
        for name, rebuilt in self.best.items():
            if rebuilt.failure:
                continue
            bench = prepare(rebuilt.recipe, self.source, self.workshop)
            kind = next(each.kind for each in self.published if each.filename == name)
            try:
                trees = [self._tree(bench, kind) for _ in range(2)]
                said: dict[str, object] = {"varying": _varying(*trees)}
            except (ArtifactError, RebuildError) as error:
                said = {"failure": f"it came out once and not again: {error}"}
            self.best[name] = rebuilt.model_copy(update=said)

    def _tree(self, bench: Bench, kind: Kind) -> Tree:
        built = bench.build(kind, self.source)
        if built.path is None:
            raise RebuildError(built.failure)
        return self.unpacked(built.path, kind)

    def _build(self, bench: Bench, kind: Kind, source: Path, kept: dict[str, Rebuilt]) -> Path | None:
        """Build once and compare with every artifact of the kind; return what was built."""
        self.progress(f"building the {kind} again")
        built = bench.build(kind, source)
        for each in self._open(kind):
            outcome = Rebuilt(
                filename=each.filename,
                way="sdist" if kept is self.of_sdist else "source",
                recipe=bench.recipe,
                failure=built.failure,
            )
            self._keep(kept, self._compared(each, outcome, built.path) if built.path else outcome)
        return built.path

    def _compared(self, published: Published, outcome: Rebuilt, path: Path) -> Rebuilt:
        try:
            tree = self.unpacked(path, published.kind)
        except ArtifactError as error:
            return outcome.model_copy(update={"failure": str(error)})
        return compared(outcome, (published.tree, published.sha256), (tree, file_sha256(path)))

    def _open(self, kind: Kind) -> list[Published]:
        """The artifacts of a kind that did not come out whole, and could."""
        return [
            each
            for each in self.published
            if each.kind == kind
            and not each.is_compiled
            and not (each.filename in self.best and self.best[each.filename].is_whole)
        ]

    def _keep(self, kept: dict[str, Rebuilt], rebuilt: Rebuilt) -> None:
        earlier = kept.get(rebuilt.filename)
        if earlier is None or _rank(rebuilt) > _rank(earlier):
            kept[rebuilt.filename] = rebuilt


def _rank(rebuilt: Rebuilt) -> tuple[bool, int, int]:
    """What came closer to the published artifact is greater."""
    return not rebuilt.failure, rebuilt.same, -len(rebuilt.surplus)


def _compiled(published: Published, recipe: Recipe) -> Rebuilt:
    """Why a wheel with compiled code is not built: what it was built with is told by it, and is not here."""
    platform = published.filename.removesuffix(".whl").rpartition("-")[2].replace(".", " or ")
    compilers = sorted(_compilers(published.tree))
    by = f", made by {' and '.join(compilers[:MOST_COMPILERS])}" if compilers else ""
    reason = (
        f"it holds compiled code{by}: only the image for {platform} that it was built in gives that again"
    )
    return Rebuilt(filename=published.filename, way="source", recipe=recipe, failure=reason)


def _compilers(tree: Tree) -> set[str]:
    """The compilers that the extension modules name in their `.comment`."""
    modules = (tree.read(entry.path) or b"" for entry in tree if ".so" in entry.name)
    return {match[0].decode() for module in modules for match in COMPILER.finditer(module)}


def _varying(one: Tree, other: Tree) -> tuple[str, ...]:
    """The paths at which two builds differ."""
    both = set(one.entries) & set(other.entries)
    same = {path for path in both if is_same(one.entries[path], other.entries[path])}
    return tuple(sorted({*one.entries, *other.entries} - same))
