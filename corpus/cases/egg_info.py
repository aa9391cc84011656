"""Cases of the egg-info rule."""

from corpus.cases.case import Case, Link
from provenance.model import Evidence

SETUP_CFG = "[metadata]\nname = example\nversion = 1.0\n\n[options]\ninstall_requires =\n  plain>=2\n"
SPACED = f"{SETUP_CFG}namespace_packages = space\n"
PKG_INFO = "Metadata-Version: 2.4\nName: example\nVersion: 1.0\nRequires-Dist: plain>=2\n"
OLD_PKG_INFO = "Metadata-Version: 2.1\nName: example\nVersion: 1.0\n"
MEMBERS = {"PKG-INFO": PKG_INFO, "setup.cfg": SETUP_CFG, "example/__init__.py": ""}
SOURCE = {"setup.cfg": SETUP_CFG, "example/__init__.py": "", "tox.ini": ""}
FOLDER = "example.egg-info"


def egg(title: str, name: str, content: str, evidence: Evidence | None, pkg_info: str = PKG_INFO) -> Case:
    """An sdist with this file in its .egg-info."""
    path = f"{FOLDER}/{name}"
    return Case(title, path, {**MEMBERS, "PKG-INFO": pkg_info, path: content}, SOURCE, evidence)


def in_wheel(title: str, content: str, evidence: Evidence | None) -> Case:
    """A wheel with this top_level.txt."""
    path = "example-1.0.dist-info/top_level.txt"
    return Case(title, path, {"example/__init__.py": "", path: content}, SOURCE, evidence, kind="wheel")


def namespaces(title: str, content: str, evidence: Evidence | None, setup_cfg: str = SPACED) -> Case:
    """An sdist with a package space.example and this namespace_packages.txt."""
    path = f"{FOLDER}/namespace_packages.txt"
    files = {"setup.cfg": setup_cfg, "space/example/__init__.py": ""}
    return Case(title, path, {**files, "PKG-INFO": PKG_INFO, path: content}, files, evidence)


CASES = (
    namespaces("namespace packages that setup.cfg names", "space\n", Evidence.CONSISTENT),
    namespaces("namespace packages of which no packaging file speaks", "space\n", None, SETUP_CFG),
    namespaces("a namespace package that is not there", "space\nevil\n", None),
    namespaces("no namespace package", "\n", None),
    egg("an empty list of dependencies", "requires.txt", "\n", None, OLD_PKG_INFO),
    Case(
        "a mark that an installer leaves, not a wheel",
        "example-1.0.dist-info/REQUESTED",
        {"example-1.0.dist-info/REQUESTED": ""},
        SOURCE,
        None,
        kind="wheel",
    ),
    Case(
        "a link whose target reads like a name",
        f"{FOLDER}/top_level.txt",
        {**MEMBERS, f"{FOLDER}/top_level.txt": Link("example")},
        SOURCE,
        None,
    ),
    egg("a condition that is no marker", "requires.txt", "plain>=2\n[:sys_platform == f'']\nplain\n", None),
    egg("PKG-INFO as at the root", "PKG-INFO", PKG_INFO, Evidence.CONSISTENT),
    egg("requires.txt as PKG-INFO states", "requires.txt", "plain>=2\n", Evidence.CONSISTENT),
    egg("requires.txt of old setuptools", "requires.txt", "plain>=2\n", Evidence.CONSISTENT, OLD_PKG_INFO),
    egg("paths of the sdist and of the source", "SOURCES.txt", "setup.cfg\ntox.ini\n", Evidence.CONSISTENT),
    egg("a list of names", "top_level.txt", "example\n", Evidence.CONSISTENT),
    egg("an empty marker", "zip-safe", "\n", Evidence.REPRODUCED),
    egg("no dependency links", "dependency_links.txt", "\n", Evidence.REPRODUCED),
    in_wheel("a name that the wheel installs", "example\n", Evidence.CONSISTENT),
    egg("another dependency in PKG-INFO", "PKG-INFO", PKG_INFO.replace("plain", "evil"), None),
    egg("another field in PKG-INFO", "PKG-INFO", f"{PKG_INFO}Summary: evil\n", None),
    egg("one more dependency", "requires.txt", "plain>=2\nevil\n", None),
    egg("a dependency under a condition", "requires.txt", '[:python_version < "3"]\nplain>=2\n', None),
    egg("one more dependency, of old setuptools", "requires.txt", "plain>=2\nevil\n", None, OLD_PKG_INFO),
    egg("a path that is nowhere", "SOURCES.txt", "setup.cfg\nevil.py\n", None),
    egg("a line that is no path", "SOURCES.txt", "setup.cfg\n\x1b[2J\n", None),
    egg("a line that is no name", "top_level.txt", "import os\n", None),
    egg("something in a marker", "zip-safe", "evil\n", None),
    egg("a link to another index", "dependency_links.txt", "https://evil.example/\n", None),
    egg("a module among the metadata", "evil.py", "", None),
    egg("a setup_requires list", "setup_requires.txt", "evil\n", None),
    in_wheel("a name that the wheel does not install", "example\nevil\n", None),
)
