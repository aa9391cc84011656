"""Cases of the moved-by-backend rule."""

from corpus.cases.case import Case
from provenance.model import Evidence

IGNORE = "*.pyc\nbuild/\n"
TEXT = "# Read me\n"
HATCH = '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "example"\nversion = "1.0"\n'
OTHER = HATCH.replace("hatchling.build", "setuptools.build_meta")
INFO = {"example-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: example\nVersion: 1.0\n"}
SHARE = "example-1.0.data/data/share/example/a.txt"
FORCE = HATCH + '[tool.hatch.build.targets.sdist.force-include]\n"../common" = "vendored"\n'
SHARED = HATCH + '[tool.hatch.build.targets.wheel.shared-data]\n"files" = "share/example"\n'
CARGO = '[package]\nname = "c"\nreadme = "../../README.md"\n'


def _ignore(
    title: str, evidence: Evidence | None, content: str = IGNORE, pyproject: str = HATCH, **more: str
) -> Case:
    source = {"part/pyproject.toml": pyproject, ".gitignore": IGNORE, **more}
    return Case(title, ".gitignore", {".gitignore": content}, source, evidence, folder="part")


CASES = (
    _ignore("hatchling's .gitignore of a folder above", Evidence.IDENTICAL),
    Case(
        "hatch's force-include",
        "vendored/a.py",
        {"vendored/a.py": "x = 1\n"},
        {"part/pyproject.toml": FORCE, "common/a.py": "x = 1\n"},
        Evidence.IDENTICAL,
        folder="part",
    ),
    Case(
        "hatch's shared-data",
        SHARE,
        {SHARE: "text\n", **INFO},
        {"pyproject.toml": SHARED, "files/a.txt": "text\n"},
        Evidence.IDENTICAL,
        kind="wheel",
    ),
    Case(
        "a readme of a folder above",
        "README.md",
        {"README.md": TEXT},
        {"part/pyproject.toml": HATCH + 'readme = "../README.md"\n', "README.md": TEXT},
        Evidence.IDENTICAL,
        folder="part",
    ),
    Case(
        "a crate's readme of a folder above",
        "crates/c/README.md",
        {"crates/c/README.md": TEXT, "crates/c/Cargo.toml": CARGO},
        {"crates/c/Cargo.toml": CARGO, "README.md": TEXT},
        Evidence.IDENTICAL,
    ),
    Case(
        "the manifest before cargo rewrote it",
        "Cargo.toml.orig",
        {"Cargo.toml.orig": CARGO},
        {"Cargo.toml": CARGO},
        Evidence.IDENTICAL,
    ),
    _ignore("another .gitignore", None, "*.pyc\n"),
    _ignore(
        "a .gitignore of a folder above, where a nearer one is different", None, **{"part/.gitignore": "x\n"}
    ),
    _ignore("a .gitignore of a folder above with another backend", None, pyproject=OTHER),
    Case(
        "a file that force-include does not name",
        "other/a.py",
        {"other/a.py": "x = 1\n"},
        {"part/pyproject.toml": FORCE, "common/a.py": "x = 1\n"},
        None,
        folder="part",
    ),
    Case(
        "other bytes than the force-included ones",
        "vendored/a.py",
        {"vendored/a.py": "x = 2\n"},
        {"part/pyproject.toml": FORCE, "common/a.py": "x = 1\n", "common/b.py": "x = 2\n"},
        None,
        folder="part",
    ),
    Case(
        "shared data that stand elsewhere",
        SHARE.replace("share/example", "bin"),
        {SHARE.replace("share/example", "bin"): "text\n", **INFO},
        {"pyproject.toml": SHARED, "files/a.txt": "text\n"},
        None,
        kind="wheel",
    ),
    Case(
        "a module that Cargo.toml calls a readme",
        "crates/c/evil.py",
        {"crates/c/evil.py": "x = 1\n"},
        {"crates/c/Cargo.toml": CARGO.replace("README.md", "evil.py"), "evil.py": "x = 1\n"},
        None,
    ),
    Case(
        "an original that differs",
        "Cargo.toml.orig",
        {"Cargo.toml.orig": CARGO + 'build = "evil.rs"\n'},
        {"Cargo.toml": CARGO},
        None,
    ),
    Case(
        "the repository's pyproject.toml in place of the project's",
        "pyproject.toml",
        {"pyproject.toml": HATCH.replace("1.0", "2.0")},
        {"pyproject.toml": HATCH.replace("1.0", "2.0"), "part/pyproject.toml": HATCH},
        None,
        folder="part",
    ),
)
