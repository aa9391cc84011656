"""Cases of the maturin-sdist rule."""

from corpus.cases.case import Case, Files
from provenance.model import Evidence

PYPROJECT = (
    '[build-system]\nrequires = ["maturin>=1"]\nbuild-backend = "maturin"\n[project]\nname = "example"\n'
)
ROOT = {"pyproject.toml": PYPROJECT, "README.md": "text\n"}
PLAIN = '[package]\nname = "c"\nbuild = "build.rs"\n\n[dependencies]\nserde = "1"\nother = { path = "../other" }\n'
OTHER = '[package]\nname = "other"\n'
MANIFEST = '[tool.maturin]\nmanifest-path = "crates/c/Cargo.toml"\n'
MOVED = PYPROJECT + MANIFEST
README_NAMED = f'{PYPROJECT}readme = "README.md"\n'
WORKSPACE = '[workspace]\nmembers = ["crates/*", "fuzz"]\ndefault-members = ["fuzz"]\n'


def _case(title: str, own: str, evidence: Evidence | None = None, source: str = PLAIN, **more: str) -> Case:
    files: Files = {
        **ROOT,
        "crates/c/Cargo.toml": own,
        "crates/other/Cargo.toml": OTHER,
        "crates/c/README.md": "x\n",
    }
    theirs: Files = {**ROOT, "crates/c/Cargo.toml": source, "crates/other/Cargo.toml": OTHER}
    return Case(title, "crates/c/Cargo.toml", {**files, **more}, theirs, evidence)


def _with_readme(name: str) -> str:
    return PLAIN.replace('name = "c"\n', f'name = "c"\nreadme = {name}\n')


def _pyproject(title: str, own: str, evidence: Evidence | None = None, place: str = "crates/c/") -> Case:
    crate = {"crates/c/Cargo.toml": PLAIN}
    return Case(
        title,
        "pyproject.toml",
        {"pyproject.toml": own, **crate},
        {f"{place}pyproject.toml": PYPROJECT, **crate},
        evidence,
    )


def _moved(title: str, path: str, evidence: Evidence | None, **changed: str) -> Case:
    """A file of an sdist whose root is the workspace above the project's folder."""
    crate = {
        "crates/c/Cargo.toml": PLAIN,
        "crates/c/README.md": "of c\n",
        "crates/c/src/lib.rs": "fn c() {}\n",
    }
    source = {**crate, "README.md": "of all\n", "crates/c/pyproject.toml": README_NAMED}
    moved = {**crate, "README.md": "of c\n", "pyproject.toml": f"{README_NAMED}{MANIFEST}"}
    return Case(title, path, {**moved, **changed}, source, evidence, folder="crates/c")


CASES = (
    _moved("the readme that the moved pyproject.toml names", "README.md", Evidence.IDENTICAL),
    _moved("pyproject.toml of a project below the workspace", "pyproject.toml", Evidence.REPRODUCED),
    _moved("another readme than the project's", "README.md", None, **{"README.md": "evil\n"}),
    _moved("a changed file of the crate", "crates/c/src/lib.rs", None, **{"crates/c/src/lib.rs": "evil"}),
    _case("a readme named", _with_readme('"README.md"'), Evidence.REPRODUCED),
    _case(
        "a readme named anew",
        _with_readme('"README.md"'),
        Evidence.REPRODUCED,
        source=_with_readme('"../../README.md"'),
    ),
    Case(
        "workspace members left out",
        "Cargo.toml",
        {**ROOT, "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n'},
        {**ROOT, "Cargo.toml": WORKSPACE},
        Evidence.REPRODUCED,
    ),
    _pyproject("the manifest's path added", MOVED, Evidence.REPRODUCED),
    _case("a build script", _with_readme('"README.md"').replace("build.rs", "evil.rs")),
    _case("a dependency more", _with_readme('"README.md"') + 'evil = "1"\n'),
    _case("another version of a dependency", _with_readme('"README.md"').replace('"1"', '"2"')),
    _case("a dependency on another path", _with_readme('"README.md"').replace("../other", "../evil")),
    _case(
        "a dependency on a path in place of the registry",
        _with_readme('"README.md"').replace('"1"', '{ version = "1", path = "../other" }'),
    ),
    _case("a readme that is not there", _with_readme('"README.txt"')),
    _case("a readme that is a module", _with_readme('"evil.py"'), **{"crates/c/evil.py": "x = 1\n"}),
    _case("a patch", _with_readme('"README.md"') + '[patch.crates-io]\nserde = { path = "../other" }\n'),
    _case(
        "a text in place of a number",
        _with_readme('"README.md"') + "[profile.release]\nlto = 1\n",
        source=PLAIN + '[profile.release]\nlto = "1"\n',
    ),
    Case(
        "a workspace member more",
        "Cargo.toml",
        {**ROOT, "Cargo.toml": WORKSPACE.replace('"fuzz"]', '"fuzz", "evil"]', 1)},
        {**ROOT, "Cargo.toml": WORKSPACE},
        None,
    ),
    Case(
        "another backend",
        "Cargo.toml",
        {"pyproject.toml": PYPROJECT.replace('"maturin"', '"other"'), "Cargo.toml": "[workspace]\n"},
        {"pyproject.toml": PYPROJECT.replace('"maturin"', '"other"'), "Cargo.toml": WORKSPACE},
        None,
    ),
    _pyproject("a requirement of the build more", MOVED.replace('"maturin>=1"', '"maturin>=1", "evil"')),
    _pyproject("the manifest of another crate", MOVED.replace("crates/c/", "crates/d/")),
    _pyproject("another project of the repository", MOVED.replace('"example"', '"other"')),
)
