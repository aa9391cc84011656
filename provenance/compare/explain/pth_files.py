"""`.pth` files that setuptools writes: its own, and those of namespace packages, rendered again per version."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import accumulate

from packaging.utils import canonicalize_name

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, contradiction, once_per_context, proof
from provenance.ini import IniError, read_ini
from provenance.metadata import same_version
from provenance.model import Evidence, Explanation
from provenance.project.static import Scope, Unknown, parse_module
from provenance.tree import GITLINK, SYMLINK, Entry, join

PRECEDENCE = "distutils-precedence.pth"
# setup.py of setuptools 50 and later states these lines, the default "stdlib" from 50.1 to 59, "local" else.
SHIM = """
import os
var = 'SETUPTOOLS_USE_DISTUTILS'
enabled = os.environ.get(var, '%s') == 'local'
enabled and __import__('_distutils_hack').add_shim()
"""
NSPKG = re.compile(r"([^-/]+)-([^-/]+)(?:-py[0-9.]{1,6})?-nspkg\.pth")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")

_FIND = (
    "sys.modules.setdefault(%(pkg)r, importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec("
    "%(pkg)r, [os.path.dirname(p)])))"
)
_NEW_MODULE = "sys.modules.setdefault(%(pkg)r, types.ModuleType(%(pkg)r))"
_ROOT = "p = os.path.join(sys._getframe(1).f_locals['sitedir'], *%(pth)r)"
_END = ("mp = (m or []) and m.__dict__.setdefault('__path__',[])", "(p not in mp) and mp.append(p)")
_HAS_INIT = "ie = os.path.exists(os.path.join(p,'__init__.py'))"
_NOT_PEP420 = f"m = not ie and not pep420 and {_NEW_MODULE}"
_SPECS = ("importlib = __import__('importlib.util')", "__import__('importlib.machinery')", f"m = {_FIND}")
_HAS_SPECS = (
    "has_mfs = sys.version_info > (3, 5)",
    _ROOT,
    "importlib = has_mfs and __import__('importlib.util')",
    "has_mfs and __import__('importlib.machinery')",
    f"m = has_mfs and {_FIND}",
)
# setuptools/namespaces.py, before it setuptools/command/install_egg_info.py: a separator and its statements.
NAMESPACE_LINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    # 0.6.2 to 5.1
    (
        "; ",
        ("import sys,types,os", _ROOT, _HAS_INIT, f"m = not ie and {_NEW_MODULE.replace(', ', ',')}", *_END),
    ),
    # 5.2 to 28.1
    (";", ("import sys, types, os", _ROOT, _HAS_INIT, f"m = not ie and {_NEW_MODULE}", *_END)),
    # 28.3 to 30.4
    (
        ";",
        ("import sys, types, os", "pep420 = sys.version_info > (3, 3)", _ROOT, _HAS_INIT, _NOT_PEP420, *_END),
    ),
    # 31.0 to 34.2
    (";", ("import sys, types, os", *_HAS_SPECS, f"m = m or not has_mfs and {_NEW_MODULE}", *_END)),
    # 34.3 to 69.0
    (";", ("import sys, types, os", *_HAS_SPECS, f"m = m or {_NEW_MODULE}", *_END)),
    # 69.1 and later
    (";", ("import sys, types, os", _ROOT, *_SPECS, f"m = m or {_NEW_MODULE}", *_END)),
)
_OF_PARENT = "m and setattr(sys.modules[%(parent)r], %(child)r, m)"


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Render what setuptools would write at this place, and compare byte for byte."""
    if not entry.name.endswith(".pth") or entry.mode in (SYMLINK, GITLINK) or context.subject.kind != "wheel":
        return None
    content = context.tree.load(entry.blob) or b""
    if entry.path == PRECEDENCE and canonicalize_name(context.name) == "setuptools":
        return _precedence(content, context)
    if (match := NSPKG.fullmatch(entry.path)) and _is_own(match, context):
        return _namespace(content, context)
    return None


def _is_own(match: re.Match[str], context: Context) -> bool:
    """Whether the file's name is made of this release's name and version."""
    same_name = canonicalize_name(match[1]) == canonicalize_name(context.name)
    return same_name and same_version(match[2].replace("_", "-"), context.version)


def _precedence(content: bytes, context: Context) -> Explanation | None:
    """setuptools' own file: the lines that its setup.py states at the commit."""
    setup_py = context.source_tree.text(join(context.project.folder, "setup.py")) or ""
    for default in ("local", "stdlib"):
        lines = SHIM % default
        stated = all(line in setup_py for line in lines.strip().split("\n"))
        if stated and content == (lines.lstrip().replace("\n", "; ") + "\n").encode():
            return proof(
                RULE.name, Evidence.REPRODUCED, "the lines that setuptools' setup.py states at the commit"
            )
    return None


def _namespace(content: bytes, context: Context) -> Explanation | None:
    stated = _namespace_packages(context)
    if not stated or not all(map(NAME.fullmatch, stated)):
        return None
    packages = sorted({part for name in stated for part in accumulate(name.split("."), "{}.{}".format)})
    if any(content == "".join(_rendered(packages, *lines)).encode() for lines in NAMESPACE_LINES):
        reason = (
            f"setuptools' template for the namespace packages {', '.join(packages)} that the source states"
        )
        return proof(RULE.name, Evidence.REPRODUCED, reason)
    return contradiction(
        RULE.name, "is not what any setuptools writes for the namespace packages of the source"
    )


def _rendered(packages: list[str], separator: str, lines: tuple[str, ...]) -> Iterator[str]:
    for package in packages:
        parent, _, child = package.rpartition(".")
        values = {"pkg": package, "pth": tuple(package.split(".")), "parent": parent, "child": child}
        yield separator.join(lines + ((_OF_PARENT,) if parent else ())) % values + "\n"


@once_per_context
def _namespace_packages(context: Context) -> tuple[str, ...]:
    """`namespace_packages` as setup.cfg, pyproject.toml or the literal argument of setup() states it."""
    folder = context.project.folder
    if isinstance(names := context.project.tool("setuptools", "namespace-packages"), list):
        return tuple(map(str, names))
    try:
        config = read_ini(context.source_tree.text(join(folder, "setup.cfg")) or "")
    except IniError:
        return ()
    for key in ("namespace_packages", "namespace-packages"):
        if config.has_option("options", key):
            return tuple(re.split(r"[\s,]+", config.get("options", key).strip()))
    return _of_setup_py(context.source_tree.text(join(folder, "setup.py")) or "")


def _of_setup_py(text: str) -> tuple[str, ...]:
    module = parse_module(text)
    for node in ast.walk(module) if module else ():
        if isinstance(node, ast.keyword) and node.arg == "namespace_packages" and module is not None:
            try:
                value = Scope(module).value(node.value)
            except Unknown:
                return ()
            return tuple(map(str, [value] if isinstance(value, str) else value or ()))
    return ()


RULE = Rule(
    name="pth-files",
    proves="setuptools' distutils-precedence.pth holds exactly the lines that setuptools' own setup.py states at the "
    "commit. A -nspkg.pth at a wheel's root, named after the release, holds byte for byte what one of setuptools' "
    "versions writes for the namespace packages that the source's configuration states, and for no others.",
    leaves_free="Which version of setuptools wrote a -nspkg.pth.",
    sources=("setuptools: setup.py (install_with_pth), setuptools/namespaces.py", "Python: module site"),
    explain=explain,
)
