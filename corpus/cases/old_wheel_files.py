"""Cases of the old-wheel-files rule."""

import json

from corpus.cases.case import Case
from provenance.model import Evidence

INFO = "example-1.0.dist-info"
METADATA = (
    "Metadata-Version: 2.0\nName: example\nVersion: 1.0\nSummary: An example\n"
    "Requires-Dist: plain (>=2)\n\n# Example\n"
)
ENTRY_POINTS = "[console_scripts]\nexample = example.cli:main\n"
DOCUMENT = {
    "generator": "bdist_wheel (0.29.0)",
    "metadata_version": "2.0",
    "name": "example",
    "version": "1.0",
    "summary": "An example",
    "run_requires": [{"requires": ["plain (>=2)"]}],
    "extensions": {"python.exports": {"console_scripts": {"example": "example.cli:main"}}},
}
SETUP_PY = (
    "from setuptools import setup\nsetup(name='example', version='1.0', description='An example', "
    "install_requires=['plain>=2'], entry_points={'console_scripts': ['example = example.cli:main']})\n"
)
FILES = {
    f"{INFO}/METADATA": METADATA,
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: bdist_wheel (0.29.0)\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": ENTRY_POINTS,
}


def wheel(title: str, name: str, content: str, evidence: Evidence | None) -> Case:
    """An old wheel with this file in its .dist-info."""
    path = f"{INFO}/{name}"
    return Case(title, path, {**FILES, path: content}, {"setup.py": SETUP_PY}, evidence, kind="wheel")


def document(title: str, evidence: Evidence | None, **changes: object) -> Case:
    """The same metadata.json with some keys changed."""
    return wheel(title, "metadata.json", json.dumps(DOCUMENT | changes), evidence)


CASES = (
    document("the facts of METADATA", Evidence.CONSISTENT),
    wheel("the description", "DESCRIPTION.rst", "# Example\n\n", Evidence.CONSISTENT),
    document("another dependency", None, run_requires=[{"requires": ["evil"]}]),
    document(
        "another command", None, extensions={"python.exports": {"console_scripts": {"evil": "evil:main"}}}
    ),
    document("another version", None, version="1.1"),
    document("another name", None, name="evil"),
    document("a text of its own", None, summary="Buy now"),
    wheel("no JSON", "metadata.json", "{", None),
    wheel("blank lines after it", "metadata.json", f"{json.dumps(DOCUMENT)}\n\n", None),
    wheel("a key twice", "metadata.json", f'{{"name": "evil", {json.dumps(DOCUMENT)[1:]}', None),
    wheel("another description", "DESCRIPTION.rst", "# Evil\n", None),
)
