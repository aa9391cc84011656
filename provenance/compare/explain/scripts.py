"""Scripts of a wheel (`NAME.data/scripts/`): copies of source files, with the first line that installers expect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.tree import GITLINK, SYMLINK, Entry, join, parent

# distutils' build_scripts keeps what follows the interpreter; hatchling does so too.
SHEBANG = re.compile(rb"#!.*python[0-9.]*(?P<arguments>[ \t][^\r\n]*)?(?P<end>\r?\n)")
WINDOWED = re.compile(rb"#!.*pythonw[0-9.]*(?P<arguments>[ \t][^\r\n]*)?(?P<end>\r?\n)")

# What setuptools up to 25, and since 26, wrote for an entry point; bdist_wheel up to 0.22 kept it in the wheel.
ENTRY_POINT = """#!python
# EASY-INSTALL-ENTRY-SCRIPT: %(spec)r,%(group)r,%(name)r
__requires__ = %(spec)r
import sys
from pkg_resources import load_entry_point

if __name__ == '__main__':
    sys.exit(
        load_entry_point(%(spec)r, %(group)r, %(name)r)()
    )
"""
NEWER_ENTRY_POINT = ENTRY_POINT.replace("import sys\n", "import re\nimport sys\n").replace(
    "    sys.exit(", "    sys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])\n    sys.exit("
)


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Find the source file that the configuration names for this script, and compare."""
    folder = f"{context.subject.data_folder}/scripts/"
    if context.subject.data_folder is None or not entry.path.startswith(folder):
        return None
    if entry.mode in (SYMLINK, GITLINK):
        return None
    for path in dict.fromkeys(_sources(entry.path.removeprefix(folder), context)):
        original = context.source_tree.get(path)
        if original is None or original.mode in (SYMLINK, GITLINK):
            continue
        if original.blob == entry.blob:
            return proof(RULE.name, Evidence.IDENTICAL, f"a copy of {path}, the same bytes", path)
        if _rewritten(context.source_tree.load(original.blob), context.tree.load(entry.blob)):
            reason = f"{path} with #!python as its first line, else the same bytes"
            return proof(RULE.name, Evidence.NORMALIZED, reason, path)
    return _of_entry_point(entry, context)


def _of_entry_point(entry: Entry, context: Context) -> Explanation | None:
    """The script that setuptools writes for an entry point that the source states."""
    content = context.tree.load(entry.blob)
    spec = f"{context.subject.metadata.name}=={context.subject.metadata.version}"
    for group in ("console_scripts", "gui_scripts"):
        if entry.name not in (context.project.entry_points or {}).get(group, {}):
            continue
        values = {"spec": spec, "group": group, "name": entry.name}
        if any(content == (template % values).encode() for template in (ENTRY_POINT, NEWER_ENTRY_POINT)):
            reason = f"setuptools' script for the entry point {entry.name} that the source states"
            return proof(RULE.name, Evidence.REPRODUCED, reason)
    return None


def _rewritten(original: bytes | None, content: bytes | None) -> bool:
    """Whether content is the original with the interpreter of its first line replaced as builds do."""
    if original is None or content is None:
        return False
    for pattern, written in ((SHEBANG, b"#!python"), (WINDOWED, b"#!pythonw")):
        if (match := pattern.match(original)) is not None:
            rest, arguments = original[match.end() :], match["arguments"] or b""
            if content in (written + arguments + end + rest for end in {match["end"], b"\n"}):
                return True
    return False


def _sources(name: str, context: Context) -> Iterator[str]:
    """Source paths that the configuration names for a script of this name; at most one where it computes them."""
    project = context.project
    stated = [*(project.scripts or ()), *_strings(project.tool("setuptools", "script-files"))]
    stated += [path for path, target in _shared(context).items() if target == name]
    stated += _poetry_files(project.tool("poetry", "scripts"))
    for path in stated:
        plain = path.replace("\\", "/").removeprefix("./")
        if plain.rpartition("/")[2] == name or path in _shared(context):
            yield join(project.folder, plain)
    if project.scripts is None:
        yield from _computed(name, context)


def _computed(name: str, context: Context) -> Iterator[str]:
    """The one file of this name in a folder that a packaging file of the source names as a text of its own."""
    project = context.project
    found = [
        entry.path
        for entry in context.source_tree.under(project.folder)
        if entry.name == name
        and _is_named(_relative(parent(entry.path), project.folder), name, project.texts)
    ]
    if len(found) == 1:
        yield found[0]


def _is_named(folder: str, name: str, texts: str) -> bool:
    if not folder:
        return False
    pattern = rf"""["']\.?/?{re.escape(folder)}(/?|/\*|/{re.escape(name)})["']"""
    return re.search(pattern, texts) is not None


def _relative(path: str, folder: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path


def _shared(context: Context) -> dict[str, str]:
    """hatchling's shared-scripts: source path -> script name."""
    table = context.project.tool("hatch", "build", "targets", "wheel", "shared-scripts")
    return {str(path): str(name) for path, name in table.items()} if isinstance(table, Mapping) else {}


def _poetry_files(table: Any) -> list[str]:
    """Poetry's scripts of type "file", by their paths."""
    rows = table.values() if isinstance(table, Mapping) else ()
    return _strings(
        [row.get("reference") for row in rows if isinstance(row, Mapping) and row.get("type") == "file"]
    )


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


RULE = Rule(
    name="scripts",
    proves="The script is the source file that the project's configuration names for it; only its first line, where "
    "that starts a Python, names the interpreter as #!python, as installers expect. Where setup.py computes its list "
    "of scripts, it is the one source file of that name in a folder that the packaging files name. Or it is, byte for "
    "byte, the script that setuptools wrote for an entry point that the source states.",
    leaves_free="Nothing.",
    sources=(
        "PEP 427: scripts and the first line #!python",
        "distutils and setuptools: build_scripts, easy_install (ScriptWriter.template)",
        "hatchling: shared-scripts; Poetry: scripts of type file",
    ),
    explain=explain,
)
