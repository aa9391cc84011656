"""Cases of the maturin-wheel rule."""

from corpus.cases.case import Case, Files
from provenance.compare.explain.maturin_wheel import TEMPLATES
from provenance.model import Evidence

INIT = TEMPLATES[0].format("rpds")
STUB = "def f() -> int: ...\n"
LIBRARY = {"rpds/rpds.cpython-311-x86_64-linux-gnu.so": b"\x7fELF"}
SOURCE = {
    "pyproject.toml": '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "rpds-py"\n',
    "Cargo.toml": '[package]\nname = "rpds-py"\n[lib]\nname = "rpds"\n',
    "rpds.pyi": STUB,
}


def _case(
    title: str,
    path: str,
    content: str,
    evidence: Evidence | None = None,
    source: Files = SOURCE,
    library: Files = LIBRARY,
) -> Case:
    return Case(title, path, {path: content, **library}, source, evidence, kind="wheel", name="rpds-py")


CASES = (
    _case("the package", "rpds/__init__.py", INIT, Evidence.REPRODUCED),
    _case("the stub", "rpds/__init__.pyi", STUB, Evidence.IDENTICAL),
    _case("the marker", "rpds/py.typed", "", Evidence.REPRODUCED),
    _case("a line more", "rpds/__init__.py", INIT + "\nimport os\n"),
    _case("a package around another module", "rpds/__init__.py", INIT.replace("rpds", "other")),
    _case("a package of another name", "other/__init__.py", INIT, library={"other/rpds.so": b""}),
    _case("no compiled module beside it", "rpds/__init__.py", INIT, library={}),
    _case("another stub", "rpds/__init__.pyi", STUB + "import os\n"),
    _case("a marker that says something", "rpds/py.typed", "partial\n"),
    _case(
        "a marker where the source has no stub",
        "rpds/py.typed",
        "",
        source={"pyproject.toml": SOURCE["pyproject.toml"], "Cargo.toml": SOURCE["Cargo.toml"]},
    ),
    _case(
        "the same file of a project with another backend",
        "rpds/__init__.py",
        INIT,
        source={**SOURCE, "pyproject.toml": SOURCE["pyproject.toml"].replace("maturin", "setuptools")},
    ),
    _case(
        "in place of the source's own package",
        "rpds/__init__.py",
        INIT,
        source={**SOURCE, "rpds/__init__.py": "from .rpds import f\n"},
    ),
)
