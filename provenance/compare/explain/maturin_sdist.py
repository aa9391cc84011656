"""Cargo.toml and pyproject.toml as maturin writes them again for an sdist: the same documents but for named changes."""

from __future__ import annotations

import tomllib
from typing import Any

from packaging.utils import canonicalize_name

from provenance.compare.classify import is_document
from provenance.compare.context import Context
from provenance.compare.explain.moved_by_backend import resolved
from provenance.compare.explain.rule import Rule, proof
from provenance.model import Evidence, Explanation
from provenance.toml import parse_toml
from provenance.tree import REGULAR, Entry, join, parent

Document = dict[str, Any]
DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies")
DOCUMENTS = ("readme", "license-file")


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Compare both as TOML documents after taking maturin's own changes back."""
    if context.subject.kind != "sdist" or entry.mode != REGULAR:
        return None
    if context.project.backend == "maturin" and entry.path in (context.project.readmes or ()):
        return _readme(entry, context)
    if entry.name != "Cargo.toml" and entry.path != "pyproject.toml":
        return None
    own = _document(context.tree.text(entry.path))
    if own is None:
        return None
    if entry.name == "Cargo.toml":
        return _manifest(entry.path, own, context)
    return _pyproject(own, context)


def _readme(entry: Entry, context: Context) -> Explanation | None:
    """The readme that pyproject.toml names, moved to the sdist's root together with it."""
    original = context.source_tree.get(join(context.project.folder, entry.path))
    if original is None or original.blob != entry.blob or original.mode != REGULAR:
        return None
    return proof(
        RULE.name, Evidence.IDENTICAL, f"the bytes of {original.path}, the project's readme", original.path
    )


def _manifest(path: str, own: Document, context: Context) -> Explanation | None:
    counterpart = context.counterpart(path)
    original = _document(context.source_tree.text(counterpart.path)) if counterpart else None
    if counterpart is None or original is None or not _is_maturin(context):
        return None
    names = _documents(own, path, context)
    if names is None or not _same_paths(own, original, path, counterpart.path, context):
        return None
    if _comparable(own) != _comparable(original) or not _fewer_members(own, original):
        return None
    reason = "the source's document as maturin writes it again: readme, paths and workspace members adapted"
    return proof(RULE.name, Evidence.REPRODUCED, reason, counterpart.path)


def _is_maturin(context: Context) -> bool:
    """Whether the sdist is built by maturin, as its own pyproject.toml says and one of the source's confirms."""
    document = _document(context.tree.text("pyproject.toml")) or {}
    system = document.get("build-system")
    return isinstance(system, dict) and system.get("build-backend") == "maturin"


def _documents(own: Document, path: str, context: Context) -> list[str] | None:
    """The readme and licence that the manifest names, each a document of the sdist; None where one is not."""
    package = own.get("package")
    stated = [package[key] for key in DOCUMENTS if key in package] if isinstance(package, dict) else []
    names = [name for name in stated if isinstance(name, str)]
    places = [resolved(parent(path), name) for name in names]
    good = [place for place in places if place in context.tree and is_document(str(place).rpartition("/")[2])]
    return names if len(good) == len([name for name in stated if not isinstance(name, bool | dict)]) else None


def _same_paths(own: Document, original: Document, path: str, source_path: str, context: Context) -> bool:
    """Whether every dependency on a path leads to the crate that the source's leads to."""
    ours, theirs = _dependency_paths(own), _dependency_paths(original)
    if ours.keys() != theirs.keys():
        return False
    for key, place in ours.items():
        target = resolved(parent(path), f"{place}/Cargo.toml")
        expected = resolved(parent(source_path), f"{theirs[key]}/Cargo.toml")
        if place == theirs[key] and target not in context.tree:
            continue
        found = context.counterpart(target) if target is not None else None
        if expected is None or found is None or found.path != expected:
            return False
    return True


def _dependency_paths(document: Document) -> dict[tuple[str, ...], str]:
    """(tables…, crate) -> path, wherever a manifest can state dependencies."""
    found: dict[tuple[str, ...], str] = {}
    todo: list[tuple[tuple[str, ...], Any]] = [((), document)]
    while todo:
        keys, value = todo.pop()
        if isinstance(value, dict) and len(keys) < 6:
            todo += [((*keys, str(key)), item) for key, item in value.items()]
            if isinstance(value.get("path"), str) and _is_dependency(keys):
                found[keys] = value["path"]
    return found


def _is_dependency(keys: tuple[str, ...]) -> bool:
    return len(keys) > 1 and (keys[-2] in DEPENDENCIES or keys[0] == "patch")


def _fewer_members(own: Document, original: Document) -> bool:
    ours, theirs = (_table(document.get("workspace")) for document in (own, original))
    return all(
        set(_texts(ours.get(key))) <= set(_texts(theirs.get(key))) for key in ("members", "default-members")
    )


def _comparable(document: Document) -> Any:
    """The document without what maturin may change, which is checked by itself."""
    kept = dict(document)
    if isinstance(kept.get("package"), dict):
        kept["package"] = {key: value for key, value in kept["package"].items() if key not in DOCUMENTS}
    workspace = _table(kept.get("workspace"))
    kept["workspace"] = {
        key: value for key, value in workspace.items() if key not in ("members", "default-members")
    }
    return _typed(kept, ())


def _typed(value: Any, keys: tuple[str, ...]) -> Any:
    """A value in a form in which equal means equal, without the paths of dependencies."""
    if isinstance(value, dict):
        rows = {
            key: _typed(item, (*keys, str(key)))
            for key, item in value.items()
            if not (key == "path" and _is_dependency(keys))
        }
        return ("table", tuple(sorted(rows.items())))
    if isinstance(value, list):
        return ("list", tuple(_typed(item, keys) for item in value))
    return (type(value).__name__, str(value))


def _pyproject(own: Document, context: Context) -> Explanation | None:
    """pyproject.toml moved to the sdist's root, with manifest-path added so that the crate is found."""
    maturin = _table(_table(own.get("tool")).get("maturin"))
    place = maturin.get("manifest-path")
    manifest = context.counterpart(place) if isinstance(place, str) else None
    name = _table(own.get("project")).get("name")
    if (
        manifest is None
        or not isinstance(name, str)
        or canonicalize_name(name) != canonicalize_name(context.name)
    ):
        return None
    folder = manifest.path
    while folder:
        folder = parent(folder)
        path = join(folder, "pyproject.toml")
        original = _document(context.source_tree.text(path))
        if original is None:
            continue
        stated = _table(_table(original.get("tool")).get("maturin")).get("manifest-path", "Cargo.toml")
        if resolved(folder, str(stated)) == manifest.path and _typed(_without_place(own), ()) == _typed(
            _without_place(original), ()
        ):
            reason = "the source's document with the manifest-path that maturin adds"
            return proof(RULE.name, Evidence.REPRODUCED, reason, path)
        return None
    return None


def _without_place(document: Document) -> Document:
    tool = _table(document.get("tool"))
    maturin = {key: value for key, value in _table(tool.get("maturin")).items() if key != "manifest-path"}
    return {**document, "tool": {**tool, "maturin": maturin}}


def _document(text: str | None) -> Document | None:
    try:
        return None if text is None else parse_toml(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _table(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


RULE = Rule(
    name="maturin-sdist",
    proves="The sdist is built by maturin; its Cargo.toml is the same TOML document as the source's but for the names "
    "of the readme and the licence file, which are documents in the sdist, paths of dependencies, each of which leads "
    "to the same crate of the source, and fewer workspace members; its pyproject.toml is the source's with the "
    "manifest-path that leads to the same Cargo.toml; the readme that it names has the bytes of the project's.",
    leaves_free="Comments, layout and the order of keys; which document of the sdist is named as readme or licence; "
    "which of the source's workspace members are left out.",
    sources=("maturin: source_distribution, cargo_toml_rewrite.rs",),
    explain=explain,
)
