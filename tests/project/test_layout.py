"""Where a project stands in its repository, and which folder an sdist's root stands for."""

from corpus.cases.case import tree
from provenance.project import project_folder, read_project, sdist_root

PYPROJECT = '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "c"\n'
MOVED = f'{PYPROJECT}[tool.maturin]\nmanifest-path = "crates/c/Cargo.toml"\n'
SOURCE = tree(
    {
        "Cargo.toml": "[workspace]\n",
        "crates/c/Cargo.toml": "[package]\n",
        "crates/c/pyproject.toml": PYPROJECT,
        "crates/d/src/lib.rs": "fn d() {}\n",
    }
)
SDIST = tree(
    {
        "Cargo.toml": "[workspace]\n",
        "pyproject.toml": MOVED,
        "crates/c/Cargo.toml": "[package]\n",
        "crates/d/src/lib.rs": "fn d() {}\n",
    }
)


def test_the_folder_of_a_project_whose_sdist_holds_the_workspace_above_it() -> None:
    """maturin moves pyproject.toml up and says where the crate is."""
    assert project_folder(SOURCE, SDIST, []) == "crates/c"


def test_the_root_of_such_an_sdist_is_the_workspace() -> None:
    """So every other file stands at its own path."""
    assert sdist_root(read_project(SOURCE, "crates/c"), SDIST) == ""


def test_a_manifest_that_is_elsewhere_moves_nothing() -> None:
    """The artifact's word alone does not change what it is compared with."""
    other = tree({"pyproject.toml": MOVED.replace("crates/c", "evil")})
    assert sdist_root(read_project(SOURCE, "crates/c"), other) == "crates/c"
    assert project_folder(tree({"setup.py": ""}), other, []) == ""
