"""Extras that a project asks for by its own name in, what each backend makes of them out."""

from __future__ import annotations

import pytest

from corpus.cases.case import tree
from provenance.project import read_project

PYPROJECT = """\
[build-system]
requires = ["{backend}"]
build-backend = "{backend}"

[project]
name = "Plume"
version = "1"

[project.optional-dependencies]
ink = ["blue"]
paper = ["white", "plume[ink]"]
all = ["plume[ink,paper]", "plumage[ink]"]
round = ["plume[round]", "stone"]
"""


def rows(backend: str) -> set[str]:
    """What the project requires for its extras."""
    project = read_project(tree({"pyproject.toml": PYPROJECT.format(backend=backend)}), "")
    return {str(row) for row in project.stated["requires_dist"]}


def test_hatchling_writes_what_its_own_extras_ask_for() -> None:
    """Through all of them, each once."""
    assert rows("hatchling.build") == {
        'blue; extra == "ink"',
        'white; extra == "paper"',
        'blue; extra == "paper"',
        'blue; extra == "all"',
        'white; extra == "all"',
        'plumage[ink]; extra == "all"',
        'stone; extra == "round"',
    }


@pytest.mark.parametrize("backend", ["flit_core.buildapi", "setuptools.build_meta", "pdm.backend"])
def test_other_backends_write_what_stands_there(backend: str) -> None:
    """The installer then asks the project again."""
    assert 'plume[ink,paper]; extra == "all"' in rows(backend)
