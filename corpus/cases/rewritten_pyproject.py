"""Cases of the rewritten-pyproject rule."""

from corpus.cases.case import Case
from provenance.model import Evidence

BUILD = '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
SOURCE = f"""{BUILD}
[project]
name = "example"  # a comment
dynamic = ["version"]
dependencies = ['plain']

[tool.pdm.version]
source = "scm"

[tool.lint]
strict = true
"""
FILLED_IN = f"""{BUILD}
[project]
name = "example"
dynamic = []
dependencies = [
    "plain",
]
version = "1.0"

[tool.pdm.version]
source = "scm"

[tool.lint]
strict = true
"""


def pyproject(title: str, text: str, evidence: Evidence | None, source: str = SOURCE) -> Case:
    """An sdist with this pyproject.toml."""
    return Case(title, "pyproject.toml", {"pyproject.toml": text}, {"pyproject.toml": source}, evidence)


CASES = (
    pyproject("the version filled in", FILLED_IN, Evidence.REPRODUCED),
    pyproject("the recipe of the version dropped", FILLED_IN.replace('[tool.pdm.version]\nsource = "scm"\n', ""),
              Evidence.REPRODUCED),
    pyproject("the same document in another order", SOURCE.replace("# a comment", ""), Evidence.REPRODUCED),
    pyproject("another version", FILLED_IN.replace('"1.0"', '"1.1"'), None),
    pyproject("one more dependency", FILLED_IN.replace('    "plain",\n', '    "plain",\n    "evil",\n'), None),
    pyproject("one more build requirement", FILLED_IN.replace('"pdm-backend"', '"pdm-backend", "evil"'), None),
    pyproject("another backend", FILLED_IN.replace('"pdm.backend"', '"evil"'), None),
    pyproject("a backend path", FILLED_IN.replace("[project]", 'backend-path = ["."]\n[project]', 1), None),
    pyproject("a number for a truth value", FILLED_IN.replace("strict = true", "strict = 1"), None),
    pyproject("a version that the source states otherwise", FILLED_IN.replace("1.0", "1.0"), None,
              SOURCE.replace('dynamic = ["version"]', 'version = "0.9"')),
    pyproject("a version filled in by another backend", FILLED_IN.replace("pdm", "hatchling"), None,
              SOURCE.replace("pdm", "hatchling")),
    pyproject("a document that is no TOML", f"{FILLED_IN}[", None),
)  # fmt: skip
