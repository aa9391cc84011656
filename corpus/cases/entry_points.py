"""Cases of the entry-points rule."""

from corpus.cases.case import Case
from provenance.model import Evidence

PYPROJECT = """\
[build-system]
build-backend = "hatchling.build"

[project]
name = "example"
version = "1.0"
scripts = { example = "example.cli:main" }

[project.entry-points."example.plugins"]
first = "example.plugins:First"
"""
ENTRY_POINTS = (
    "[console_scripts]\nexample = example.cli:main\n\n[example.plugins]\nfirst = example.plugins:First\n"
)
SETUP_CFG = (
    "[metadata]\nname = example\nversion = 1.0\n"
    "[options.entry_points]\nconsole_scripts =\n  example = example.cli:main\n"
)
PATH = "example-1.0.dist-info/entry_points.txt"


def wheel(title: str, text: str, evidence: Evidence | None, pyproject: str = PYPROJECT) -> Case:
    """A wheel with this entry_points.txt."""
    return Case(title, PATH, {PATH: text}, {"pyproject.toml": pyproject}, evidence, kind="wheel")


SETUP_PY = (
    "from setuptools import setup\nimport sys\n"
    "setup(name='example', entry_points={'console_scripts': ['example%s = example.cli:main' % sys.version_info[0]]})\n"
)
COMPUTED = "[console_scripts]\nexample3 = example.cli:main\n"


def computed(title: str, text: str, evidence: Evidence | None) -> Case:
    """A wheel and its sdist with the same entry points, which setup.py computes."""
    siblings = (("sdist", {"example.egg-info/entry_points.txt": text}),)
    return Case(title, PATH, {PATH: text}, {"setup.py": SETUP_PY}, evidence, kind="wheel", siblings=siblings)


CASES = (
    computed("computed, with a version filled in", COMPUTED, Evidence.CONSISTENT),
    computed("words of setup.py in another place", f"{COMPUTED}name = setup\n", None),
    computed("another target", COMPUTED.replace("example.cli:main", "setuptools:setup"), None),
    computed("emptied", "", None),
    wheel("as the source states", ENTRY_POINTS, Evidence.REPRODUCED),
    wheel("with other blanks", ENTRY_POINTS.replace(" = ", "="), Evidence.REPRODUCED),
    Case(
        "an sdist's, as setup.cfg states",
        "example.egg-info/entry_points.txt",
        {"example.egg-info/entry_points.txt": "[console_scripts]\nexample = example.cli:main\n"},
        {"setup.cfg": SETUP_CFG},
        Evidence.REPRODUCED,
    ),
    wheel("one more command", ENTRY_POINTS.replace("[example", "pip = example.evil:main\n\n[example"), None),
    wheel("one more plugin group", f"{ENTRY_POINTS}\n[pytest11]\nevil = example.evil\n", None),
    wheel("a command that calls something else", ENTRY_POINTS.replace("cli:main", "evil:main"), None),
    wheel("a name in other letters", ENTRY_POINTS.replace("example = ", "Example = "), None),
    wheel("a command left out", ENTRY_POINTS.replace("example = example.cli:main\n", ""), None),
    wheel("a line that is no entry point", f"{ENTRY_POINTS}evil\n", None),
    wheel(
        "a file where the source states nothing",
        ENTRY_POINTS,
        None,
        '[project]\nname = "example"\nversion = "1.0"\n',
    ),
)
