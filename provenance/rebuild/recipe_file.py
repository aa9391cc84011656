"""Recipes in, a file that repeats them out; and such a file in, the recipes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from provenance.errors import UsageError
from provenance.model import Recipe, Value


class RecipeFile(Value):
    """The file's content: recipes for one release, in the order in which they are followed."""

    format: Literal["rebuild-recipe/v1"] = "rebuild-recipe/v1"
    recipes: tuple[Recipe, ...] = Field(min_length=1)


def write_recipes(path: Path, recipes: Sequence[Recipe]) -> None:
    """Write recipes to a file, whole or not at all. Raises UsageError where it cannot be written."""
    text = RecipeFile(recipes=tuple(dict.fromkeys(recipes))).model_dump_json(indent=2)
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.write_text(f"{text}\n", "utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error


def is_recipe_file(path: Path) -> bool:
    """Return whether a file says of itself that it holds recipes."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "recipes" in document


def read_recipes(path: Path) -> tuple[Recipe, ...]:
    """Return the recipes in a file. Raises UsageError where it holds none, or ones for several commits."""
    try:
        recipes = RecipeFile.model_validate_json(path.read_bytes()).recipes
    except (OSError, ValidationError) as error:
        raise UsageError(
            f"{path} is not a recipe that `provenance rebuild` wrote: {_first(error)}"
        ) from error
    if len({(each.name, each.version, each.source.commit) for each in recipes}) > 1:
        raise UsageError(f"{path} holds recipes for more than one commit")
    return recipes


def _first(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return str(error.strerror or error)
    found = error.errors()[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg']}"
