"""What maturin writes into a wheel around a Rust module that has no Python sources: package, stubs, marker."""

from __future__ import annotations

import re
import tomllib

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.toml import parse_toml
from provenance.tree import REGULAR, Entry, join

TEMPLATES = (
    'from .{0} import *\n\n__doc__ = {0}.__doc__\nif hasattr({0}, "__all__"):\n    __all__ = {0}.__all__',
    'from .{0} import *\n\n\n__doc__ = {0}.__doc__\nif hasattr({0}, "__all__"):\n    __all__ = {0}.__all__',
    "from .{0} import *\n\n__doc__ = {0}.__doc__\n",
    "from .{0} import *\n",
)


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Render maturin's package again for the module's name, or find the stub beside pyproject.toml."""
    folder, _, name = entry.path.rpartition("/")
    if context.subject.kind != "wheel" or context.project.backend != "maturin" or entry.mode != REGULAR:
        return None
    if folder != _module_name(context) or not _holds_module(folder, context):
        return None
    content = context.tree.load(entry.blob)
    stub = context.source_tree.get(join(context.project.folder, f"{folder}.pyi"))
    if name == "__init__.py" and content is not None:
        texts = [template.format(folder).encode().rstrip() for template in TEMPLATES]
        if content.rstrip(b"\n") in texts:
            return proof(RULE.name, Evidence.REPRODUCED, f"the package that maturin writes around {folder}")
    elif name == "__init__.pyi" and stub is not None and stub.blob == entry.blob:
        return proof(
            RULE.name, Evidence.IDENTICAL, f"the bytes of {stub.path}, which maturin copies here", stub.path
        )
    elif name == "py.typed" and content == b"" and stub is not None:
        return proof(RULE.name, Evidence.REPRODUCED, "the empty marker that maturin writes beside stubs")
    return None


def _module_name(context: Context) -> str | None:
    """The module's name as pyproject.toml or Cargo.toml state it."""
    stated = context.project.tool("maturin", "module-name")
    if isinstance(stated, str):
        return stated if re.fullmatch(r"[A-Za-z_]\w*", stated, re.ASCII) else None
    place = context.project.tool("maturin", "manifest-path") or "Cargo.toml"
    try:
        manifest = parse_toml(context.source_tree.text(join(context.project.folder, str(place))) or "")
        library = manifest.get("lib", {}).get("name") or manifest["package"]["name"]
    except (tomllib.TOMLDecodeError, RecursionError, KeyError, AttributeError, TypeError):
        return None
    name = str(library).replace("-", "_")
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else None


def _holds_module(folder: str, context: Context) -> bool:
    """Whether the compiled module of the same name stands in the folder, which the source does not have."""
    if any(place in context.source_tree.folders for place in context.source_paths(folder)):
        return False
    ending = (".so", ".pyd")
    return any(
        path.startswith(f"{folder}/{folder}.") and path.endswith(ending) for path in context.tree.entries
    )


RULE = Rule(
    name="maturin-wheel",
    proves="The project is built with maturin and has no Python package of the Rust module's name; __init__.py is the "
    "text that maturin writes for that name, which only takes over what the compiled module beside it holds; the stub "
    "has the bytes of the stub in the project's folder; py.typed is empty.",
    leaves_free="Nothing but a line end at the end of __init__.py.",
    sources=("maturin: binding generator, templates/__init__.py.j2",),
    explain=explain,
)
