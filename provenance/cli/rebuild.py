"""`provenance rebuild`: a reference, or a recipe, in; which files building the release again gives out."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.exits import ANSWERS
from provenance.cli.options import opened, shared_options
from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.model import Recipe, ReleaseReport
    from provenance.pipeline import Options

trust_option = click.option(
    "--i-trust-this-build",
    "is_trusted",
    is_flag=True,
    help="Run the project's build code without a sandbox, with all that you can do.",
)


@click.command("rebuild")
@click.argument("reference", required=False)
@click.option(
    "--recipe",
    "recipe_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Follow the recipe in this file, which an earlier run wrote, or in this stored report.",
)
@click.option(
    "--write-recipe",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the recipe that came closest, so that anyone can repeat it.",
)
@click.option("--twice", is_flag=True, help="Build once more by the same recipe, and say which files vary.")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text", help="What to print."
)
@trust_option
@shared_options
def command(
    reference: str | None,
    recipe_file: Path | None,
    write_recipe: Path | None,
    twice: bool,
    format_name: str,
    is_trusted: bool,
    **shared: Any,
) -> int:
    """Build a release again from its commit and say which files come out the same.

    This runs the project's own build code: without network, in a sandbox that sees nothing of this machine but its
    system programs. What it requires is fetched before, as wheels only, none newer than the release.

    Exits as check does: 0 where every file of the release is proven, 1 where one contradicts its source, 3 where that
    cannot be told.
    """
    recipes: tuple[Recipe, ...] = ()
    if recipe_file is not None:
        reference, recipes = _from_recipe(recipe_file, reference, shared)
    if reference is None:
        raise UsageError("Nothing to build again was named", hint="name a release, or a recipe with --recipe")
    report = _report(reference, shared, recipes, is_trusted=is_trusted, is_twice=twice)
    _show(report, format_name)
    if write_recipe is not None:
        from provenance.rebuild.recipe_file import write_recipes

        followed = [each.recipe for each in report.rebuilt if not each.failure]
        if followed:
            write_recipes(write_recipe, followed)
        else:
            click.echo("no recipe was written, since none led to an artifact", err=True)
    return ANSWERS[report.answer]


def rebuilding(
    options: Options,
    reference: str,
    recipes: tuple[Recipe, ...] = (),
    *,
    is_trusted: bool,
    is_twice: bool = False,
) -> Options:
    """Return the pipeline's options with building the release again; says on stderr that its code will run.

    Raises CageError where there is no sandbox and the build is not trusted.
    """
    from provenance.cache import file_sha256
    from provenance.rebuild.cage import sandbox
    from provenance.rebuild.environment import Packages
    from provenance.rebuilding import Rebuilding

    local = Path(reference)

    def find(sha256: str) -> Path | None:
        if local.is_file() and file_sha256(local) == sha256:
            return local
        return options.cache.find(sha256)

    rebuild = Rebuilding(
        sandbox=sandbox(is_trusted=is_trusted),
        packages=Packages(options.index, _interpreter_path()),
        git=options.git,
        find=find,
        recipes=recipes,
        is_twice=is_twice,
        limits=options.limits,
        progress=options.progress,
    )
    held = "without a sandbox, since you trust it" if is_trusted else "in a sandbox without network"
    click.echo(f"This runs the build code of {reference}, {held}.", err=True)
    return replace(options, rebuild=rebuild)


def _interpreter_path() -> str:
    """Where interpreters are looked for: PATH, this one's folder, and those that pyenv keeps."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [*sorted(pyenv.glob("versions/*/bin")), Path(sys.base_prefix) / "bin"]
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, folders)])


def _from_recipe(path: Path, reference: str | None, shared: dict[str, Any]) -> tuple[str, tuple[Recipe, ...]]:
    """The release and the recipes of a file; the source is the one that it names, unless the user names one."""
    recipes = _read(path)
    source = recipes[0].source
    shared["source"] = shared.get("source") or f"{source.repository}@{source.ref}"
    shared["subdirectory"] = shared.get("subdirectory") or source.subdirectory or None
    return reference or f"{recipes[0].name}=={recipes[0].version}", recipes


def _read(path: Path) -> tuple[Recipe, ...]:
    """The recipes in a file that was written for them, or the one in a stored report."""
    from provenance.rebuild.recipe_file import is_recipe_file, read_recipes

    if is_recipe_file(path):
        return read_recipes(path)
    from provenance.errors import ReportError
    from provenance.report.recipes import restored_recipe
    from provenance.report.stating import restore
    from provenance.verification import read_stored

    try:
        stored = read_stored(path.read_bytes())
        source = restore([stored.statement]).source
        return (restored_recipe(stored.statement.predicate, stored.release, source),)
    except ReportError as error:
        raise UsageError(f"{path} is no recipe: {error}") from error


def _report(
    reference: str, shared: dict[str, Any], recipes: tuple[Recipe, ...], *, is_trusted: bool, is_twice: bool
) -> ReleaseReport:
    from provenance.index import parse_reference
    from provenance.pipeline import check

    with opened(**shared) as options:
        ready = rebuilding(options, reference, recipes, is_trusted=is_trusted, is_twice=is_twice)
        return check(parse_reference(reference), ready).report


def _show(report: ReleaseReport, format_name: str) -> None:
    from provenance.report import FORMATS
    from provenance.report.rebuilt_format import render_rebuilt
    from provenance.report.text_format import shown_text

    click.echo(FORMATS[format_name]([report], False, 0), nl=False)
    if format_name == "text":
        for line in render_rebuilt(report.rebuilt):
            click.echo(shown_text(line))
