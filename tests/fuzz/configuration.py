"""Bytes of metadata and packaging files in; whatever they say is read, and read the same again."""

from __future__ import annotations

import itertools

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement

from provenance.compare.attributes import attributes_of
from provenance.metadata import parse, parse_requirement
from provenance.project import project_folder, read_project, sdist_root, wheel_roots
from provenance.project.markers import same_for_equal
from provenance.project.requirements import comparable, with_extra
from provenance.source.discover import repositories
from provenance.tree import REGULAR, Entry, Tree, blob_id
from tests.fuzz.target import Target, fields

MODULES = {
    "plume/__init__.py": b"__version__ = '1.0.0'\n",
    "src/plume/core.py": b"",
    "README.md": b"# Plume\n",
}
PYTHONS = ("2.7", "3.3", "3.9", "3.12", "4.0")
PLATFORMS = ("linux", "win32", "darwin")
METADATA = b"""\
Metadata-Version: 2.1
Name: plume
Version: 1.0.0
Summary: Feathers
Home-page: https://github.com/ada/plume
Project-URL: Source Code, https://git.example/ada/plume
Requires-Dist: quill (>=1.0) ; extra == 'ink'
Provides-Extra: ink
Description-Content-Type: text/markdown
Keywords: a,b
Classifier: Topic :: Security

# Plume, see https://github.com/ada/plume/issues
"""
SETUP_PY = b"""\
import os, re
from setuptools import setup, find_packages
NAME = 'plume'
with open(os.path.join(os.path.dirname(__file__), 'README.md')) as file:
    text = file.read()
version = re.search("__version__ = '(.*)'", open('plume/__init__.py').read()).group(1)
extras = {'ink': ['quill>=1.0'], ':python_version<"3"': ['six']}
setup(name=NAME, version=version, description='Feathers' + '!', long_description=text, license='MIT',
      packages=find_packages('src'), package_dir={'': 'src'}, install_requires=['nib ~= 2.0'],
      extras_require=dict(extras), entry_points={'console_scripts': ['plume = plume:main']},
      scripts=['bin/plume'], classifiers='a\\nb'.split('\\n'), python_requires='>=%s' % '3.8')
"""
SETUP_CFG = b"""\
[metadata]
name = plume
version = attr: plume.__version__
long_description = file: README.md
project_urls =
    Source = https://git.example/ada/plume
classifiers = a
[options]
packages = find:
package_dir = =src
install_requires =
    nib ~= 2.0
    six ; python_version < "3"
[options.extras_require]
ink = quill>=1.0
[options.entry_points]
console_scripts = plume = plume:main
[options.packages.find]
where = src
[egg_info]
tag_build = .dev
"""
PYPROJECTS = (
    b"""\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
backend-path = ["."]
[project]
name = "plume"
dynamic = ["version", "dependencies", "scripts"]
readme = {file = "README.md", content-type = "text/markdown"}
license = {text = "MIT"}
authors = [{name = "Ada", email = "ada@plume.example"}]
keywords = ["a"]
classifiers = ["a"]
urls = {Source = "https://git.example/ada/plume"}
optional-dependencies = {ink = ["quill>=1.0"]}
[project.entry-points.plume]
main = "plume:main"
[tool.setuptools]
package-dir = {"" = "src"}
packages = {find = {where = ["src"], include = ["plume*"]}}
[tool.setuptools.dynamic]
version = {attr = "plume.__version__"}
dependencies = {file = ["requirements.txt"]}
""",
    b"""\
[build-system]
build-backend = "poetry.core.masonry.api"
[tool.poetry]
name = "plume"
version = "1.0.0"
description = ""
packages = [{include = "plume", from = "src", to = "x"}]
readme = ["README.md"]
[tool.poetry.dependencies]
python = "^3.8 || ~2.7"
nib = {version = "^2.0", optional = true, markers = "os_name == 'nt'", extras = ["x"], python = "<3.9"}
quill = ["1.*", {version = ">=1,<2"}]
[tool.poetry.extras]
ink = ["quill"]
[tool.poetry.scripts]
plume = "plume:main"
[tool.poetry.plugins.x]
y = "z"
[tool.poetry.urls]
Source = "x"
""",
    b"""\
[build-system]
build-backend = "flit_core.buildapi"
[tool.flit.metadata]
module = "plume"
dist-name = "plume"
requires = ["nib"]
description-file = "README.md"
[tool.flit.metadata.requires-extra]
ink = ["quill"]
[tool.flit.scripts]
plume = "plume:main"
[tool.flit.entrypoints.x]
y = "z"
""",
    b"""\
[build-system]
build-backend = "hatchling.build"
[project]
name = "plume"
version = "1.0.0"
[tool.hatch.build.targets.wheel]
packages = ["src/plume"]
sources = {"src" = "x"}
[tool.hatch.build.targets.wheel.force-include]
"a" = "b"
[tool.pdm.build]
package-dir = "src"
includes = ["a"]
[tool.maturin]
python-source = "python"
module-name = "plume._x"
[tool.uv.build-backend]
module-root = ""
""",
)


def tree(files: dict[str, bytes]) -> Tree:
    """The Tree of these files."""
    contents = {blob_id(content): content for content in files.values()}
    entries = {
        path: Entry(path, REGULAR, blob_id(files[path]), len(files[path]), "0" * 64) for path in sorted(files)
    }
    return Tree(entries, contents.get)


def read_metadata(content: bytes) -> None:
    """METADATA or PKG-INFO, and what every stage asks of it."""
    metadata = parse(content)
    assert all(isinstance(text, str) for text in (metadata.name, metadata.version, metadata.description))
    metadata.is_for("plume", "1.0.0")
    for candidate in repositories([metadata]):
        assert candidate.obstacle or candidate.repository.startswith("https://")
    for row in metadata.get("requires_dist") or ():
        comparable(row)


def read_packaging(*names: str) -> Target:
    """Packaging files of a project, its layout too."""
    seeds = {"setup.py": [SETUP_PY], "setup.cfg": [SETUP_CFG], "pyproject.toml": [*PYPROJECTS]}

    def read(content: bytes) -> None:
        for name in names:
            source = tree({**MODULES, name: content})
            project = read_project(source, "")
            assert project.name is None or isinstance(project.name, str)
            wheel = tree({"plume/__init__.py": b"", "plume/core.py": b""})
            wheel_roots(project, source)
            sdist_root(project, source)
            project_folder(source, source, [wheel])
            for row in project.stated.get("requires_dist", ()):
                comparable(row)

    return Target(read, lambda: [seed for name in names for seed in seeds[name]])


def read_requirement(content: bytes) -> None:
    """A requirement; its other spelling by `packaging` means the same here, but that it names a specifier once."""
    text = content.decode(errors="replace")
    meant = comparable(text)
    assert comparable(with_extra(text, "ink"))
    try:
        plain = str(parse_requirement(text))
    except InvalidRequirement:
        return
    again = comparable(plain)
    assert meant[0] == "unreadable" or (again[:2], again[3:]) == (meant[:2], meant[3:])


def read_markers(content: bytes) -> None:
    """Two markers that have one text here hold in the same environments."""
    left, right, *_ = fields(content, 2)
    try:
        markers = [Marker(side.decode(errors="replace")) for side in (left, right)]
    except (InvalidMarker, RecursionError):  # requirements with such markers are refused before
        return
    meant = [same_for_equal(str(marker)) for marker in markers]
    if meant[0] is None or meant[0] != meant[1]:
        return
    for python, platform in itertools.product(PYTHONS, PLATFORMS):
        where = {"python_version": python, "sys_platform": platform, "os_name": "nt", "extra": "ink"}
        try:
            held = {marker.evaluate(where) for marker in markers}
        except (UndefinedComparison, UndefinedEnvironmentName):
            return
        assert len(held) == 1, f"{markers} differ on {where}"


def read_attributes(content: bytes) -> None:
    """.gitattributes, of the root and of a folder."""
    source = tree({".gitattributes": content, "plume/.gitattributes": content, **MODULES})
    for path in ("plume/__init__.py", "README.md", "src/plume/core.py"):
        attributes_of(source, path)


TARGETS = {
    "metadata": Target(read_metadata, lambda: [METADATA, METADATA.replace(b"\n", b"\r\n")]),
    "setup.py": read_packaging("setup.py"),
    "setup.cfg": read_packaging("setup.cfg"),
    "pyproject.toml": read_packaging("pyproject.toml"),
    "requirement": Target(
        read_requirement,
        lambda: [
            b"quill[ink,nib] >=1.0,!=2.* ; python_version < '3' and (extra == 'a' or os_name != \"nt\")",
            b"quill @ https://git.example/quill.zip ; sys_platform == 'win32'",
            b"Quill_X (==1.0.0+local)",
        ],
        2_000,
    ),
    "markers": Target(
        read_markers,
        lambda: [
            b"python_version < '3'\0python_version < \"3.0\"",
            b"python_version in '2.7 3.3'\0python_version == '2.7'",
            b"sys_platform != 'win32' and python_version >= '3.8'\0python_version > '3.7' and sys_platform != 'win32'",
            b"extra == 'a' or os_name == 'nt'\0(os_name == 'nt') or extra == 'a'",
        ],
        400,
    ),
    "gitattributes": Target(
        read_attributes,
        lambda: [
            b'*.py text eol=crlf\n[attr]x text -diff\n/plume/** export-subst !ident x\n"a b" -text\n',
            b"**/[a-z]*.md working-tree-encoding=UTF-16 filter=lfs\n*a*b?[!c] text=auto\n",
        ],
        5_000,
    ),
}
