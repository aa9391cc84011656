"""Cases of the data-files rule."""

from corpus.cases.case import Case
from provenance.model import Evidence

DATA = "example-1.0.data/data"
SETUP_PY = (
    "from setuptools import setup\n"
    "setup(name='example', version='1.0', data_files=[('share/example', ['data/table.csv'])])\n"
)
SOURCE = {
    "setup.py": SETUP_PY,
    "data/table.csv": "1,2\n",
    "example.1": ".TH example\n",
    "tests/run.sh": "rm -rf x\n",
}


def wheel(title: str, target: str, content: str, evidence: Evidence | None) -> Case:
    """A wheel that installs this file outside site-packages."""
    path = f"{DATA}/{target}"
    return Case(
        title, path, {path: content, "example-1.0.dist-info/METADATA": ""}, SOURCE, evidence, kind="wheel"
    )


CASES = (
    wheel("where setup.py says", "share/example/table.csv", "1,2\n", Evidence.IDENTICAL),
    wheel("a manual page", "share/man/man1/example.1", ".TH example\n", Evidence.IDENTICAL),
    wheel("another content", "share/example/table.csv", "1,3\n", None),
    wheel("another name", "share/example/other.csv", "1,2\n", None),
    wheel("a place that nothing names", "etc/profile.d/table.csv", "1,2\n", None),
    wheel("among programs", "bin/table.csv", "1,2\n", None),
    wheel("a source file that no configuration names", "share/example/run.sh", "rm -rf x\n", None),
)
