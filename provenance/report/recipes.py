"""What came of building an artifact again in, its recipe for a statement out; such a statement in, its recipe out."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.errors import ReportError
from provenance.model import Rebuilt, Recipe, Source
from provenance.report.predicate import Predicate, StatedRebuild, StatedRecipe
from provenance.report.spelling import plain, spell, unspell

TEXTS = ("requires", "command", "before", "variables")
PLAIN = ("python", "epoch", "has_history", "has_crlf", "is_windows")


def stated_rebuild(rebuilt: Sequence[Rebuilt], filename: str) -> StatedRebuild | None:
    """Return what a statement says of building an artifact from the commit; None where that was not done."""
    found = (
        each for each in rebuilt if (each.filename, each.way) == (filename, "source") and not each.failure
    )
    outcome = next(found, None)
    if outcome is None:
        return None
    recipe = outcome.recipe
    stated = StatedRecipe(
        backend=plain(recipe.backend),
        backend_path=tuple(spell(path) for path in recipe.backend_path),
        **{name: tuple(plain(row) for row in getattr(recipe, name)) for name in TEXTS},
        **{name: getattr(recipe, name) for name in PLAIN},
    )
    return StatedRebuild(recipe=stated, same=outcome.same, same_archive=outcome.is_same_archive)


def restored_recipe(predicate: Predicate, release: tuple[str, str], source: Source | None) -> Recipe:
    """Return the recipe that a report on a release's artifact carries. Raises ReportError where it carries none."""
    if predicate.rebuild is None or source is None:
        raise ReportError("The report holds no recipe: its artifact was not built again")
    stated = predicate.rebuild.recipe
    return Recipe(
        name=release[0],
        version=release[1],
        source=source,
        backend=stated.backend,
        backend_path=tuple(unspell(path) for path in stated.backend_path),
        **{name: getattr(stated, name) for name in (*TEXTS, *PLAIN)},
    )
