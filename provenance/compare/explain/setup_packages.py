"""The packages, modules and data of a generated setup() call and a Context in, whether they are the sdist's own out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from provenance.compare.context import Context
from provenance.compare.explain.rule import once_per_context
from provenance.project import wheel_roots
from provenance.tree import join, parent

Arguments = Mapping[str, Any]
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)


def packages_stand(value: Any, arguments: Arguments, context: Context) -> bool:
    """Packages of the sdist, each in the folder that the configuration maps it from, and no subpackage less."""
    return (
        is_list(value)
        and len(set(value)) == len(value)
        and all(
            DOTTED.fullmatch(package)
            and _is_installed(package, context)
            and (folder := _folder_of(package, arguments)) in context.tree.folders
            and folder == _mapped(package.replace(".", "/"), context)
            for package in value
        )
        and all(package in value for package, _ in _subpackages(arguments, context))
    )


def _subpackages(arguments: Arguments, context: Context) -> Iterator[tuple[str, str]]:
    """Every folder with an __init__.py at or below the packages that are listed without a parent, with its name."""
    names = arguments.get("packages", [])
    for top in (name for name in names if name.rpartition(".")[0] not in names):
        place = _folder_of(top, arguments)
        for folder in context.tree.folders:
            inside = folder == place or folder.startswith(f"{place}/")
            if inside and join(folder, "__init__.py") in context.tree:
                yield top + folder.removeprefix(place).replace("/", "."), folder


def modules_stand(value: Any, arguments: Arguments, context: Context) -> bool:
    """Modules of the sdist, each where the configuration maps it from."""
    root = _folders(arguments).get("", "")
    return is_list(value) and all(
        DOTTED.fullmatch(module)
        and (path := join(root, f"{module}.py")) in context.tree
        and _mapped(f"{module}.py", context) == path
        for module in value
    )


def _is_installed(package: str, context: Context) -> bool:
    """Whether the release's wheels hold the package, or the configuration includes it in sdists, or it has its name."""
    top = package.partition(".")[0]
    for row in context.project.tool("poetry", "packages") or ():
        if isinstance(row, Mapping) and row.get("include") == top and "from" not in row:
            return True
    wheels = [sibling.tree for sibling in context.siblings if sibling.kind == "wheel"]
    if wheels:
        return any(package.replace(".", "/") in tree.folders for tree in wheels)
    return canonicalize_name(top) == canonicalize_name(context.name)


def _folders(arguments: Arguments) -> dict[str, str]:
    folders = arguments.get("package_dir", {})
    return (
        {str(key): str(value).strip("/") for key, value in folders.items()}
        if isinstance(folders, dict)
        else {}
    )


def _folder_of(package: str, arguments: Arguments) -> str:
    """Where distutils looks for a package: its own or its nearest parent's entry of package_dir, then below."""
    folders, head, tail = _folders(arguments), package, ""
    while head:
        if head in folders:
            return join(folders[head], tail)
        head, _, last = head.rpartition(".")
        tail = join(last, tail)
    return join(folders.get("", ""), tail)


def _mapped(path: str, context: Context) -> str | None:
    """Where, in the sdist, the packaging configuration has a wheel's path come from; None where nowhere."""
    source, folder = context.source_tree, context.project.folder
    for target, place in _roots(context):
        rest = path if not target else "" if path == target else path.removeprefix(f"{target}/")
        if target and rest == path:
            continue
        found = join(place, rest)
        if found in source or found in source.folders:
            return found.removeprefix(f"{folder}/") if folder else found
    return None


_roots = once_per_context(lambda context: wheel_roots(context.project, context.source_tree))


def package_dir_is_plain(value: Any, arguments: Arguments, context: Context) -> bool:
    """Judged with the packages that it serves; alone it only has to be plain."""
    return isinstance(value, dict) and all(isinstance(text, str) for row in value.items() for text in row)


def package_data_stand(value: Any, arguments: Arguments, context: Context) -> bool:
    """`*` for all packages, and `folder/*` for every folder with files below a package that is no package itself."""
    if not isinstance(value, dict) or not all(map(is_list, value.values())) or value.get("") != ["*"]:
        return False
    rows = [(package, pattern) for package, patterns in value.items() if package for pattern in patterns]
    listed = {join(_folder_of(package, arguments), pattern.removesuffix("/*")) for package, pattern in rows}
    plain = all(
        package in arguments.get("packages", ()) and pattern.endswith("/*") for package, pattern in rows
    )
    packages = {folder for _, folder in _subpackages(arguments, context)}
    packages |= {_folder_of(package, arguments) for package in arguments.get("packages", ())}
    with_files = {parent(path) for path in context.tree.entries}
    below = {
        folder
        for folder in with_files - packages
        if any(folder.startswith(f"{package}/") for package in packages)
    }
    known = all(_is_folder(folder, context) for folder in listed)
    return plain and known and len(listed) == len(rows) and below <= listed


def _is_folder(path: str, context: Context) -> bool:
    return path in context.tree.folders or join(context.project.folder, path) in context.source_tree.folders


def is_list(value: Any) -> bool:
    """Whether value is a list of texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
