"""What came of building a release again in, lines for people out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from provenance.model import Rebuilt, Recipe

SHOWN = 6
WAYS = {"source": "from the source", "sdist": "from the published sdist"}


def render_rebuilt(outcomes: Sequence[Rebuilt]) -> list[str]:
    """Return lines for each outcome: what came out the same, what did not, and by which recipe."""
    return [line for outcome in outcomes for line in _outcome(outcome)]


def _outcome(outcome: Rebuilt) -> list[str]:
    start = f"  {outcome.filename}  {WAYS[outcome.way]}: "
    if outcome.failure:
        return [f"{start}not built, {outcome.failure}"]
    if outcome.is_same_archive:
        lines = [f"{start}the same archive, byte for byte"]
    elif outcome.is_whole:
        lines = [f"{start}the same {outcome.same} files, in another archive"]
    else:
        lines = [f"{start}{outcome.same} files are the same"]
    for verb, paths in (
        ("differs", outcome.differing),
        ("is not built", outcome.missing),
        ("is not published", outcome.surplus),
        ("varies from build to build", outcome.varying or ()),
    ):
        lines += [f"    {verb}: {path}" for path in paths[:SHOWN]]
        lines += [f"    {verb}: {len(paths) - SHOWN} more"] if len(paths) > SHOWN else []
    if outcome.varying == ():
        lines.append("    a second build gives the same files")
    return [*lines, f"    by {_recipe(outcome.recipe)}"]


def _recipe(recipe: Recipe) -> str:
    requires = ", ".join(row.split(" --hash=")[0] for row in recipe.requires)
    epoch = (f"SOURCE_DATE_EPOCH={recipe.epoch}",) if recipe.epoch is not None else ()
    how = " ".join(recipe.command) or recipe.backend
    before = (f"after {shlex.join(recipe.before)}",) if recipe.before else ()
    place = ("as on Windows",) if recipe.is_windows else ()
    parts = (
        f"Python {recipe.python}",
        how,
        requires or "no requirements",
        *epoch,
        *recipe.variables,
        *before,
        *place,
    )
    return ", ".join(parts)
