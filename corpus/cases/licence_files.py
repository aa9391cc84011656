"""Cases of the licence-files rule."""

from corpus.cases.case import Case, Files
from provenance.model import Evidence, Kind

MIT = "MIT License\n\nPermission is hereby granted\n"
INFO = "example-1.0.dist-info"
CODE = "import os\n"


def _metadata(*licences: str) -> str:
    rows = "".join(f"License-File: {name}\n" for name in licences)
    return f"Metadata-Version: 2.4\nName: example\nVersion: 1.0\n{rows}"


def _case(
    title: str,
    path: str,
    content: str,
    source: Files,
    evidence: Evidence | None,
    *named: str,
    folder: str = "",
) -> Case:
    kind: Kind = "wheel" if path.startswith(INFO) else "sdist"
    place = f"{INFO}/METADATA" if kind == "wheel" else "PKG-INFO"
    files = {path: content, place: _metadata(*named)}
    return Case(title, path, files, source, evidence, kind=kind, folder=folder)


CASES = (
    _case("a licence", f"{INFO}/licenses/LICENSE", MIT, {"LICENSE": MIT}, Evidence.IDENTICAL, "LICENSE"),
    _case("an old wheel's licence", f"{INFO}/COPYING", MIT, {"COPYING": MIT}, Evidence.IDENTICAL),
    _case(
        "a licence of a folder by a name of its own",
        f"{INFO}/licenses/licenses/MIT.txt",
        MIT,
        {"licenses/MIT.txt": MIT},
        Evidence.IDENTICAL,
        "licenses/MIT.txt",
    ),
    _case(
        "the repository's licence in the sdist of a folder",
        "LICENSE",
        MIT,
        {"LICENSE": MIT, "part/pyproject.toml": "[project]\nname = 'example'\n"},
        Evidence.IDENTICAL,
        "LICENSE",
        folder="part",
    ),
    _case(
        "a licence of a Windows checkout",
        f"{INFO}/LICENSE.txt",
        MIT.replace("\n", "\r\n"),
        {"LICENSE.txt": MIT},
        Evidence.NORMALIZED,
    ),
    _case(
        "one word changed",
        f"{INFO}/licenses/LICENSE",
        MIT.replace("granted", "denied"),
        {"LICENSE": MIT},
        None,
        "LICENSE",
    ),
    _case(
        "a module of the source that the metadata calls a licence",
        f"{INFO}/licenses/tests/evil.py",
        CODE,
        {"tests/evil.py": CODE},
        None,
        "tests/evil.py",
    ),
    _case(
        "a module with a licence's name",
        f"{INFO}/licenses/license.py",
        CODE,
        {"license.py": CODE},
        None,
        "license.py",
    ),
    _case("a document of no licence's name", f"{INFO}/words.txt", MIT, {"words.txt": MIT}, None),
    _case(
        "the repository's pyproject.toml called a licence in the sdist of a folder",
        "pyproject.toml",
        "[project]\nname = 'other'\n",
        {
            "pyproject.toml": "[project]\nname = 'other'\n",
            "part/pyproject.toml": "[project]\nname = 'example'\n",
        },
        None,
        "pyproject.toml",
        folder="part",
    ),
    _case(
        "the repository's licence where the folder has its own",
        "LICENSE",
        MIT,
        {"LICENSE": MIT, "part/LICENSE": "other\n", "part/setup.py": ""},
        None,
        "LICENSE",
        folder="part",
    ),
    _case(
        "a licence that no metadata names",
        "NOTICE",
        MIT,
        {"NOTICE": MIT, "part/setup.py": ""},
        None,
        folder="part",
    ),
)
