"""A release that was compared in, the same with what building it again from its commit proves out.

It runs the project's own build code, in the sandbox that it is given and nowhere else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from provenance.artifacts import unpack
from provenance.compare import Context, inert_paths
from provenance.compare.attributes import attributes_of
from provenance.compare.explain.lfs_pointers import POINTER
from provenance.compare.worktree import checked_out, line_endings
from provenance.errors import CageError, GitError, RebuildError
from provenance.judgement import Compared, Opened, Read
from provenance.model import ArtifactReport, Limits, Notice, Recipe, Release, Severity
from provenance.rebuild.attempts import Attempts, Published
from provenance.rebuild.build import Workshop
from provenance.rebuild.cage import CageLimits, Sandbox
from provenance.rebuild.clues import Clues, read_clues
from provenance.rebuild.environment import Packages
from provenance.rebuild.proof import from_sdist_only, notice_of, only_from_sdist, proven, same_paths
from provenance.rebuild.recipe import recipes
from provenance.rebuild.worktree import Clone, write_worktree
from provenance.source import (
    Checkout,
    GitHosts,
    clone_objects,
    fetch_tree,
    mount_submodules,
    submodule_objects,
)
from provenance.tree import GITLINK, Entry, Tree
from provenance.verdict import artifact_verdict

Load = Callable[[], bytes | None]


@dataclass(frozen=True)
class Rebuilding:
    """How releases are built again; `find` gives a published artifact's file by its sha256.

    `recipes` are followed instead of those that would be inferred; `is_twice` asks whether a second build is the same.
    """

    sandbox: Sandbox
    packages: Packages
    git: GitHosts
    find: Callable[[str], Path | None]
    recipes: tuple[Recipe, ...] = ()
    is_twice: bool = False
    limits: Limits = field(default_factory=Limits)
    cage: CageLimits = field(default_factory=CageLimits)
    progress: Callable[[str], None] = lambda _stage: None

    def __call__(self, release: Release, read: Read, opened: Opened, compared: Compared) -> Compared:
        """Build a release again and prove what comes out the same. Raises CageError where nothing holds the build."""
        with tempfile.TemporaryDirectory(prefix="provenance-") as folder:
            try:
                attempts = self._attempts(release, read, opened, compared, Path(folder))
            except CageError:
                raise
            except (RebuildError, GitError) as error:
                said = Notice(
                    code="not-rebuilt", severity=Severity.LOW, message=f"{error}.", is_lasting=False
                )
                return replace(compared, notices=(*compared.notices, said))
        return _proven(compared, attempts)

    def _attempts(
        self, release: Release, read: Read, opened: Opened, compared: Compared, folder: Path
    ) -> Attempts:
        published = [
            Published(subject.filename, subject.kind, subject.tree, sha256, self.find(sha256))
            for subject, sha256 in read.subjects
        ]
        checkout = self._with_submodules(opened.checkout)
        source = compared.source.model_copy(update={"submodules": checkout.source.submodules})
        committed = int(getattr(checkout.read(source.commit), "commit_time", 0))
        texts = opened.project.texts
        clues = read_clues(release, source, opened.checkout.tree, texts, committed, published)
        workshop = Workshop(self.sandbox, self.packages, self.packages.interpreters(), folder, self.cage)
        tried = self._tried(clues, workshop)
        self._write(checkout, folder / "source", tried[0], [each.tree for each in published])
        unpacked = partial(unpack, limits=self.limits)
        attempts = Attempts(published, folder / "source", workshop, unpacked, self.progress)
        for recipe in tried:
            attempts.follow(recipe)
            if attempts.is_done:
                break
        attempts.from_published_sdist()
        if self.is_twice:
            attempts.repeat()
        return attempts

    def _tried(self, clues: Clues, workshop: Workshop) -> tuple[Recipe, ...]:
        """The recipes that the user gave, else those that are inferred. Raises RebuildError for another commit's."""
        for recipe in self.recipes:
            if recipe.source.commit != clues.source.commit:
                raise RebuildError(
                    f"The recipe is for the commit {recipe.source.commit}, and {clues.source.ref} leads to "
                    f"{clues.source.commit}"
                )
        return self.recipes or tuple(recipes(clues, list(workshop.interpreters)))

    def _with_submodules(self, checkout: Checkout) -> Checkout:
        """The commit with all submodules that can be had."""
        checkout = checkout.afresh()
        tried: set[str] = set()
        while links := {entry.path for entry in checkout.tree if entry.mode == GITLINK} - tried:
            tried |= links
            checkout, _ = mount_submodules(checkout, links, partial(fetch_tree, hosts=self.git))
        return checkout

    def _write(self, checkout: Checkout, folder: Path, recipe: Recipe, published: Sequence[Tree]) -> None:
        self.progress("fetching the whole commit")
        objects, refs = clone_objects(checkout, self.git, with_history=recipe.has_history)
        source = checkout.source
        submodules = tuple(
            Clone(each.commit, submodule_objects(checkout, each.commit), {}, each.repository, each.path)
            for each in source.submodules
        )
        clone = Clone(
            source.commit,
            objects,
            refs,
            source.repository,
            submodules=submodules,
            has_links=not recipe.is_windows,
        )
        stored = {entry.sha256: partial(tree.load, entry.blob) for tree in published for entry in tree}
        written = partial(_written, checkout.tree, stored, recipe.has_crlf)
        write_worktree(folder, checkout.tree, clone, written)


def _written(tree: Tree, stored: Mapping[str, Load], is_windows: bool, entry: Entry, content: bytes) -> bytes:
    """What git on Linux, or on Windows with core.autocrlf, writes for a blob where it checks it out.

    For a pointer of Git LFS that is the content with its sha256, where that is among what is `stored`.
    """
    attributes = attributes_of(tree, entry.path)
    if attributes.get("filter") == "lfs" and (pointer := POINTER.fullmatch(content)):
        load = stored.get(pointer[1].decode())
        return (load() if load else None) or content
    with_crlf = line_endings(attributes) in (("crlf", "native", "any") if is_windows else ("crlf",))
    forms = checked_out(content, entry.blob, attributes, with_crlf=with_crlf)
    return forms[0] if forms else content


def _proven(compared: Compared, attempts: Attempts) -> Compared:
    """The findings with what was built as proof, and what to say of it."""
    contexts = {context.subject.filename: context for context in compared.contexts}
    notices = [notice_of(rebuilt) for rebuilt in attempts.best.values()]
    artifacts = []
    for report in compared.artifacts:
        if report.filename in attempts.best and report.filename in contexts:
            report, said = _upgraded(report, contexts[report.filename], attempts)
            notices += said
        artifacts.append(report)
    return replace(
        compared,
        artifacts=tuple(artifacts),
        notices=(*compared.notices, *notices),
        rebuilt=(*attempts.best.values(), *attempts.of_sdist.values()),
    )


def _upgraded(
    report: ArtifactReport, context: Context, attempts: Attempts
) -> tuple[ArtifactReport, list[Notice]]:
    """The report with the files that came out the same as proven, and marked those that only the sdist gives."""
    findings, notices = report.findings, []
    best, other = attempts.best[report.filename], attempts.of_sdist.get(report.filename)
    if not best.failure:
        findings = proven(findings, same_paths(best, context.tree), report.kind)
    if other is not None and not other.failure:
        same = same_paths(other, context.tree)
        only = [finding.path for finding in findings if not finding.is_proven and finding.path in same]
        findings = from_sdist_only(findings, same)
        notices = [only_from_sdist(other, only)] if only else []
    verdict = artifact_verdict(findings, inert_paths(context, findings))
    return report.model_copy(update={"findings": findings, "verdict": verdict}), notices
