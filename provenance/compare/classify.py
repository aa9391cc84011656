"""An artifact path in, what the file could do to the person who installs it out."""

from __future__ import annotations

import re

from provenance.model import Kind, Severity
from provenance.tree import SYMLINK, Entry, Tree

STARTS_PYTHON = (".pth", ".egg-link")
STARTUP_MODULES = re.compile(r"(sitecustomize|usercustomize)\.(.+\.)?(py|pyc|pyo|so|pyd)")
COMPILED = (
    ".so",
    ".pyd",
    ".dll",
    ".dylib",
    ".exe",
    ".a",
    ".lib",
    ".o",
    ".pyc",
    ".pyo",
    ".jar",
    ".wasm",
    ".class",
)
CODE = (
    ".py",
    ".pyw",
    ".pyi",
    ".pyx",
    ".pxd",
    ".pxi",
    ".sh",
    ".bash",
    ".bat",
    ".cmd",
    ".ps1",
    ".js",
    ".mjs",
    ".cjs",
    ".ts",
    ".rb",
    ".pl",
    ".lua",
    ".r",
    ".jl",
    ".php",
    ".go",
    ".rs",
    ".c",
    ".h",
    ".cc",
    ".cpp",
    ".cxx",
    ".hpp",
    ".hh",
    ".m",
    ".f",
    ".f90",
    ".pyf",
    ".s",
    ".asm",
    ".cu",
    ".java",
    ".html",
    ".htm",
    ".svg",
    ".ipynb",
    ".whl",
    ".egg",
    ".zip",
    ".tar",
    ".gz",
)
# code that an installation only carries along, for others to compile against
COMPILABLE = (".pyx", ".pxd", ".pxi", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".f", ".f90", ".pyf",
              ".s", ".asm", ".cu", ".go", ".rs", ".java")  # fmt: skip
BUILD_FILES = {
    "setup.cfg",
    "pyproject.toml",
    "manifest.in",
    "makefile",
    "cmakelists.txt",
    "meson.build",
    "meson_options.txt",
    "cargo.toml",
    "cargo.lock",
    "build.rs",
    "configure",
    "tox.ini",
    "noxfile.py",
    "conftest.py",
    "requirements.txt",
    "pytest.ini",
    "meson.options",
    "sconstruct",
    "build.ninja",
}
BUILD_SUFFIXES = (
    ".cfg",
    ".toml",
    ".ini",
    ".in",
    ".ac",
    ".am",
    ".m4",
    ".cmake",
    ".mk",
    ".build",
    ".tmpl",
    ".tpl",
    ".j2",
    ".lock",
)
DOCUMENT_SUFFIXES = (".md", ".rst", ".markdown", ".adoc", ".1", ".5", ".8")
LICENCE_NAMES = re.compile(
    r"(licen[cs]es?|copying|copyright|notice|patents|unlicense)([-_.][\w-]+)*(\.txt)?", re.IGNORECASE
)
DOCUMENT_NAMES = re.compile(
    r"(readme|authors|contributors|contributing|changes|changelog|history|news|thanks|credits|security|maintainers|"
    r"code_of_conduct|todo|faq|citation|acknowledgements|upgrading)([-_][\w-]+)?(\.txt)?",
    re.IGNORECASE,
)
BUILT_DOCUMENTS = re.compile(
    r"docs?/(.+/)?[^./][^/]*\.(html?|css|txt|png|jpe?g|gif|svg|ico|inv|pdf|ttf|woff2?|eot|buildinfo)",
    re.IGNORECASE,
)
STEERING_METADATA = {
    "entry_points.txt",
    "metadata",
    "pkg-info",
    "requires.txt",
    "record",
    "wheel",
    "top_level.txt",
    "direct_url.json",
    "namespace_packages.txt",
    "setup_requires.txt",
    "dependency_links.txt",
    "requires_python.txt",
}


def severity_of(entry: Entry, kind: Kind, tree: Tree) -> Severity:
    """Return how much harm a file at this path could do if nothing proves it."""
    name, path = entry.name.lower(), entry.path.lower()
    if name.endswith(STARTS_PYTHON) or STARTUP_MODULES.fullmatch(name) or starts_unasked(path):
        return Severity.CRITICAL
    if kind == "sdist" and path in ("setup.py", "pyproject.toml"):
        return Severity.CRITICAL
    if name == "entry_points.txt" or _shadows(entry, tree):
        return Severity.CRITICAL
    if entry.mode == SYMLINK:
        return Severity.HIGH  # whatever it is called, it is what it leads to
    if ".dist-info/" in path or ".egg-info/" in path or path == "pkg-info":
        runs = entry.is_executable or name.endswith((*CODE, *COMPILED)) or ".so." in name
        if name in STEERING_METADATA or runs:
            return Severity.HIGH
        return Severity.LOW if is_document(name) else Severity.MEDIUM
    if kind == "wheel" and re.match(r"[^/]+\.data/(scripts|data/(bin|scripts))/", path):
        return Severity.CRITICAL
    if kind == "wheel" and re.match(r"[^/]+\.data/(data|headers)/(?!share/(doc|man)/)", path):
        return Severity.HIGH
    if (
        kind == "sdist"
        and BUILT_DOCUMENTS.fullmatch(path)
        and name not in BUILD_FILES
        and re.search(r"(require|constraint).*\.txt$", name) is None
    ):
        return Severity.LOW
    if kind == "sdist" and path.startswith(("doc/", "docs/")) and name.endswith((".js", ".map")):
        return Severity.MEDIUM
    if kind == "wheel" and name.endswith(COMPILABLE) and not entry.is_executable:
        return Severity.MEDIUM
    if entry.is_executable or name.endswith((*CODE, *COMPILED)) or ".so." in name:
        return Severity.HIGH
    if name in BUILD_FILES or name.endswith(BUILD_SUFFIXES):
        return Severity.HIGH if kind == "sdist" else Severity.MEDIUM
    return Severity.LOW if is_document(name) else Severity.MEDIUM


def starts_unasked(path: str) -> bool:
    """Whether Python runs a file that is installed at this path at each of its starts."""
    name = path.lower().replace("/__init__.", ".")
    return "/" not in name and (name.endswith(STARTS_PYTHON) or STARTUP_MODULES.fullmatch(name) is not None)


def _shadows(entry: Entry, tree: Tree) -> bool:
    """Whether a compiled module would be imported instead of a Python one that stands beside it."""
    stem, dot, ending = entry.path.partition(".") if "/" not in entry.path else _split(entry.path)
    is_module = dot and ending.endswith(("so", "pyd", "pyc"))
    return bool(is_module) and (f"{stem}.py" in tree or f"{stem}/__init__.py" in tree)


def _split(path: str) -> tuple[str, str, str]:
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    return f"{folder}/{stem}", dot, ending


def is_document(name: str) -> bool:
    """Whether a file of this name is documentation or a licence text."""
    known = LICENCE_NAMES.fullmatch(name) or DOCUMENT_NAMES.fullmatch(name)
    return known is not None or name.lower().endswith(DOCUMENT_SUFFIXES)


def is_inert(path: str, severity: Severity, importable: frozenset[str]) -> bool:
    """Whether nothing runs, reads or builds from the file: documentation outside every importable package.

    Severity `info` is that of a file which a rule knows to be harmless wherever it stands.
    """
    if severity is not Severity.LOW:
        return severity is Severity.INFO
    while path := path.rpartition("/")[0]:
        if path in importable:
            return False
    return True
