"""Recipes: in, what a source and its artifacts say of their build; out, the recipes to try, the likeliest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import UsageError
from provenance.model import Source
from provenance.rebuild.clues import Clues
from provenance.rebuild.recipe import recipes
from provenance.rebuild.recipe_file import read_recipes, write_recipes

PYTHONS = ("3.8", "3.13", "3.9", "3.11")
COMMITTED = 1740830400
CLUES = Clues(
    name="plume",
    version="1.0.0",
    source=Source(repository="https://git.example/ada/plume", ref="v1.0.0", commit="c" * 40, tree="d" * 40),
    committed=COMMITTED,
    uploaded=datetime(2023, 5, 1, tzinfo=UTC),
)


def system(backend: str, *requires: str) -> dict[str, Any]:
    """A pyproject.toml that says so of its build."""
    return {"build-system": {"build-backend": backend, "requires": list(requires)}}


def test_the_backend_is_pinned_to_the_version_that_the_wheel_names() -> None:
    clues = replace(CLUES, configuration=system("hatchling.build", "hatchling"), generator="hatchling 1.17.0")
    first = recipes(clues, PYTHONS)[0]
    assert (first.backend, first.requires, first.pins) == (
        "hatchling.build",
        ("hatchling",),
        ("hatchling==1.17.0",),
    )


def test_nothing_that_is_required_is_newer_than_the_upload() -> None:
    assert all(each.not_after is None or each.not_after <= CLUES.uploaded for each in recipes(CLUES, PYTHONS))


def test_a_wheel_of_the_package_wheel_was_built_by_setuptools_without_its_own() -> None:
    first = recipes(replace(CLUES, generator="bdist_wheel (0.40.0)"), PYTHONS)[0]
    assert first.backend == "setuptools.build_meta:__legacy__"
    assert first.pins == ("wheel==0.40.0", "setuptools<70.1")


def test_the_interpreter_is_the_newest_that_was_out() -> None:
    assert recipes(CLUES, PYTHONS)[0].python == "3.11"
    assert recipes(replace(CLUES, requires_python="<3.10"), PYTHONS)[0].python == "3.9"
    assert recipes(replace(CLUES, uploaded=datetime(2015, 1, 1, tzinfo=UTC)), PYTHONS)[0].python == "3.8"


def test_a_compiled_wheel_names_its_interpreter() -> None:
    assert recipes(replace(CLUES, tag="cp39-cp39-manylinux_2_17_x86_64"), PYTHONS)[0].python == "3.9"


@pytest.mark.parametrize(
    ("backend", "moment", "epoch"),
    [
        ("flit_core.buildapi", None, COMMITTED),
        ("flit_core.buildapi", 1700000000, 1700000000),
        ("hatchling.build", 1580601600, None),
        ("hatchling.build", 1700000000, 1700000000),
    ],
)
def test_the_clock_is_what_the_archive_holds_or_the_commits(
    backend: str, moment: int | None, epoch: int | None
) -> None:
    clues = replace(CLUES, configuration=system(backend), moment=moment)
    assert recipes(clues, PYTHONS)[0].epoch == epoch


def test_only_tools_that_read_the_history_get_it() -> None:
    assert not recipes(CLUES, PYTHONS)[0].has_history
    assert recipes(replace(CLUES, texts="setup(setup_requires=['pbr'], pbr=True)"), PYTHONS)[0].has_history


def test_flits_own_command_is_tried_after_its_backend() -> None:
    clues = replace(CLUES, configuration=system("flit_core.buildapi", "flit_core"), generator="flit 3.8.0")
    first, second, *_ = recipes(clues, PYTHONS)
    assert (first.command, first.pins) == ((), ("flit-core==3.8.0",))
    assert second.command[:2] == ("flit", "build")


@pytest.mark.parametrize(
    ("version", "other"), [("3.0.0", "--no-setup-py"), ("3.4.0", "--no-setup-py"), ("3.8.0", "--setup-py")]
)
def test_flits_command_is_tried_with_and_without_a_setup_py(version: str, other: str) -> None:
    clues = replace(
        CLUES, configuration=system("flit_core.buildapi", "flit_core"), generator=f"flit {version}"
    )
    commands = [each.command for each in recipes(clues, PYTHONS) if each.command]
    assert commands == [("flit", "build", "--format", "{kind}", *words) for words in ((), (other,))]


@pytest.mark.parametrize(
    ("configuration", "is_untagged"),
    [
        ("[egg_info]\ntag_build = dev\n", True),
        ("[egg_info]\ntag-date = 1\n", True),
        ("[egg_info]\ntag_build =\ntag_date = 0\n", False),
        ("[egg_info]\ntag_date = false\n", False),
    ],
)
def test_a_release_is_built_without_the_tags_of_a_development_version(
    configuration: str, is_untagged: bool
) -> None:
    first = recipes(replace(CLUES, texts=configuration), PYTHONS)[0]
    assert (first.before[:3] == ("python", "setup.py", "egg_info")) == is_untagged


def test_a_version_tool_may_have_been_told_the_version() -> None:
    clues = replace(
        CLUES, configuration=system("setuptools.build_meta"), texts="requires = ['setuptools-scm']"
    )
    assert ("SETUPTOOLS_SCM_PRETEND_VERSION=1.0.0",) in [each.variables for each in recipes(clues, PYTHONS)]


def test_cython_is_the_version_that_the_c_files_name_and_may_have_run_before() -> None:
    clues = replace(
        CLUES, configuration=system("setuptools.build_meta"), cython="3.0.11", cythonized=("plume/_fast.pyx",)
    )
    first, second, *_ = recipes(clues, PYTHONS)
    assert all("cython==3.0.11" in each.pins for each in (first, second))
    assert (first.before, second.before) == ((), ("python", "-m", "cython", "plume/_fast.pyx"))


def test_a_backend_of_the_source_itself_may_not_be_what_built_it() -> None:
    table = {
        "build-system": {"build-backend": "poetry.core.masonry.api", "requires": [], "backend-path": ["."]}
    }
    made = recipes(replace(CLUES, configuration=table, generator="poetry 1.0.0rc2"), PYTHONS)
    assert {each.backend_path for each in made} == {(), (".",)}


def test_before_setuptools_was_a_backend_setup_py_is_run() -> None:
    old = replace(CLUES, generator="bdist_wheel (0.29.0)", uploaded=datetime(2017, 1, 1, tzinfo=UTC))
    assert recipes(old, PYTHONS)[0].command == ("python", "setup.py", "{distutils}")


@given(
    table=st.dictionaries(st.sampled_from(["build-backend", "requires", "backend-path"]), st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5
    )),
    generator=st.text(),
    tag=st.text(),
    requires_python=st.text(),
)  # fmt: skip
def test_whatever_is_written_there_are_a_few_recipes(
    table: dict[str, Any], generator: str, tag: str, requires_python: str
) -> None:
    clues = replace(
        CLUES,
        configuration={"build-system": table},
        generator=generator,
        tag=tag,
        requires_python=requires_python,
    )
    assert 1 <= len(recipes(clues, PYTHONS)) <= 8


def test_a_recipe_comes_back_from_its_file(tmp_path: Path) -> None:
    made = recipes(replace(CLUES, generator="bdist_wheel (0.40.0)"), PYTHONS)
    write_recipes(tmp_path / "recipe.json", made)
    assert read_recipes(tmp_path / "recipe.json") == tuple(made)
    assert [path.name for path in tmp_path.iterdir()] == ["recipe.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"format": "rebuild-recipe/v1", "recipes": []}', "[1]"])
def test_a_file_that_holds_no_recipe_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises(UsageError, match="is not a recipe"):
        read_recipes(tmp_path / "recipe.json")
