"""Version files: what a generator writes to say which version and commit a package is."""

from __future__ import annotations

import re

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, open_question, proof
from provenance.compare.explain.versions.facts import Facts, facts_of, plain_text
from provenance.compare.explain.versions.grammar import states_only
from provenance.compare.explain.versions.places import Place, places_of
from provenance.compare.explain.versions.stamp import stamped
from provenance.compare.explain.versions.templates import DEFAULTS, Fit, fits, is_versioneer
from provenance.model import Evidence, Explanation
from provenance.tree import GITLINK, SYMLINK, Entry, parent

LARGEST, LARGEST_STAMPED = 20_000, 2_000_000
NAMED = re.compile(r"(?:\w*_)?(?:version|ver)(?:_\w+)?\.py", re.ASCII)


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Try what the configuration states for this path, then, where the source has no such file, content alone."""
    if entry.mode in (SYMLINK, GITLINK) or (entry.size or 0) > LARGEST_STAMPED:
        return None
    counterpart = context.counterpart(entry.path)
    places = places_of(entry, context)
    if counterpart is None and not places and not _may_stand_here(entry, context):
        return None
    text, facts = plain_text(context.tree.load(entry.blob)), _facts(context)
    if text is None:
        return None
    if counterpart is not None and (found := _in_place(entry, text, counterpart, context, facts)):
        return found
    if counterpart is not None and not places:
        return None
    return _generated(entry, text, places, facts)


_facts = once_per_context(facts_of)


def _in_place(
    entry: Entry, text: str, counterpart: Entry, context: Context, facts: Facts
) -> Explanation | None:
    original = plain_text(context.source_tree.load(counterpart.blob))
    if original is None or not stamped(text, original, entry.name, facts):
        return None
    reason = "the source file with the version literal of its module set to this release's version"
    return proof(RULE.name, Evidence.REPRODUCED, reason, counterpart.path)


def _generated(entry: Entry, text: str, places: tuple[Place, ...], facts: Facts) -> Explanation | None:
    refuted = is_versioneer(text, facts)
    if refuted:
        return open_question(RULE.name, refuted)
    if refuted == "":
        reason = "versioneer's template, naming this version and this commit"
        return proof(RULE.name, Evidence.CONSISTENT, reason)
    is_python = entry.name.endswith((".py", ".pyi"))
    if fit := _best_fit(text, places, is_python, facts):
        evidence = Evidence.REPRODUCED if fit == "exact" else Evidence.CONSISTENT
        stated = "that the project's configuration states" if places else "of a version file generator"
        return proof(RULE.name, evidence, f"the template {stated}, filled in with this version")
    if not places and len(text) <= LARGEST and states_only(text, facts):
        reason = "nothing but constants, all of them this version or this commit"
        return proof(RULE.name, Evidence.CONSISTENT, reason)
    return None


def _best_fit(text: str, places: tuple[Place, ...], is_python: bool, facts: Facts) -> Fit | None:
    """How the text fits the templates that are stated for its place, or the generators' own."""
    found = [
        fits(text, place.template, facts, dollar=place.dollar)
        for place in places
        if place.template is not None
    ]
    if not places or any(place.template is None for place in places):
        found += [fits(text, template, facts) for template in (DEFAULTS if is_python else ("{version}",))]
    return "exact" if "exact" in found else next((fit for fit in found if fit), None)


def _may_stand_here(entry: Entry, context: Context) -> bool:
    """Whether a file that no configuration states may count by its content alone.

    Only a module beside modules of the source, whose name speaks of a version, and that hides no other module.
    """
    folders = [parent(path) for path in context.source_paths(entry.path)]
    stem = entry.path.removesuffix(".py")
    return (
        NAMED.fullmatch(entry.name) is not None
        and stem not in context.tree.folders
        and not any(
            f"{folder}/{entry.name.removesuffix('.py')}" in context.source_tree.folders for folder in folders
        )
        and any(folder and f"{folder}/__init__.py" in context.source_tree for folder in folders)
    )


RULE = Rule(
    name="version-files",
    proves="A file that the project's configuration has generated (setuptools_scm, hatch-vcs, hatchling, pdm, "
    "scikit-build-core, versioneer) is the stated or the generator's own template filled in with this release's "
    "version and commit, byte for byte. A source file has one version literal of its module set to this version and "
    "is the same bytes elsewhere. Where no configuration states a file and the source has none at its place, a Python "
    "file beside the source's own modules counts if it is such a template too, or consists of nothing but constants "
    "under the usual names, each of them this version, a part of it, or the commit: it can do no harm, as it holds "
    "nothing else that runs or is read.",
    leaves_free="In versioneer's file its own version and the commit's date. How many digits of the commit id are "
    "quoted, and a count of commits. In a file of constants that no configuration states: its comments, its layout, a "
    "docstring of at most 500 characters, which of the usual names it binds, and which spelling of this version and "
    "commit it uses.",
    sources=(
        "setuptools_scm and vcs-versioning: version_file, write_to and their templates, versions 1 to 10",
        "hatch-vcs: build hook vcs; hatchling: build hook version",
        "pdm-backend: tool.pdm.version write_to",
        "scikit-build-core: tool.scikit-build.generate",
        "versioneer: SHORT_VERSION_PY, versions 0.15 to 0.29",
        "numpy and scipy: version.py of their builds",
    ),
    explain=explain,
)
