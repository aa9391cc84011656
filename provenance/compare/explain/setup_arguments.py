"""An argument of a generated setup() call and a Context in, whether metadata and source state the same out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from provenance.compare.context import Context
from provenance.compare.explain.rule import once_per_context
from provenance.metadata import same_version
from provenance.project import wheel_roots
from provenance.project.requirements import comparable, with_extra, with_marker
from provenance.tree import join

Arguments = Mapping[str, Any]
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
EXTRA = re.compile(r"""extra == ["']([\w.-]+)["']""")
PATTERN = re.compile(r"[^\\:\x00-\x1f/][^\\:\x00-\x1f]*")


def _name(value: Any, arguments: Arguments, context: Context) -> bool:
    return isinstance(value, str) and canonicalize_name(value) == canonicalize_name(context.name)


def _version(value: Any, arguments: Arguments, context: Context) -> bool:
    return isinstance(value, str) and same_version(value, context.version)


def _field(*fields: str) -> Callable[[Any, Arguments, Context], bool]:
    """A text that the metadata or the source's configuration states under one of these fields, or none."""

    def check(value: Any, arguments: Arguments, context: Context) -> bool:
        if value in (None, "", "None"):
            return True
        stated = [context.subject.metadata.get(field) for field in fields]
        stated += [context.project.stated.get(field) for field in fields]
        texts = [text for row in stated for text in (row.values() if isinstance(row, Mapping) else [row])]
        return isinstance(value, str) and value in texts

    return check


def _long_description(value: Any, arguments: Arguments, context: Context) -> bool:
    own = context.subject.metadata.description
    return value in (None, "", "None") or (isinstance(value, str) and value.strip() == own.strip())


def _requirements(value: Any, arguments: Arguments, context: Context) -> bool:
    """install_requires and extras_require together, as the source states them or PKG-INFO repeats them."""
    install, extras = arguments.get("install_requires", []), arguments.get("extras_require", {})
    if not _is_list(install) or not isinstance(extras, dict) or not all(map(_is_list, extras.values())):
        return False
    rows = set(map(comparable, install))
    for key, extra_rows in extras.items():
        extra, _, marker = str(key).partition(":")
        for row in extra_rows:
            conditional = with_marker(row, marker) if marker else row
            rows.add(comparable(with_extra(conditional, extra) if extra else conditional))
    stated = set(map(comparable, context.project.stated.get("requires_dist", ())))
    if "requires_dist" not in context.project.dynamic and rows == stated:
        return True
    repeated = context.subject.metadata.get("requires_dist") or ()
    return rows == {comparable(row) for text in repeated for row in _per_extra(text)}


def _per_extra(row: str) -> list[str]:
    """A requirement that several extras ask for, once for each of them."""
    requirement, _, marker = row.partition(";")
    extras = [EXTRA.fullmatch(part.strip()) for part in marker.split(" or ")]
    if len(extras) < 2 or not all(extras):
        return [row]
    return [with_extra(requirement.strip(), match[1]) for match in extras if match]


def _python_requires(value: Any, arguments: Arguments, context: Context) -> bool:
    stated = (context.project.stated.get("requires_python"), context.subject.metadata.get("requires_python"))
    try:
        return any(text and SpecifierSet(value) == SpecifierSet(text) for text in stated)
    except InvalidSpecifier:
        return False


def _entry_points(value: Any, arguments: Arguments, context: Context) -> bool:
    stated = context.project.entry_points
    if stated is None or not isinstance(value, dict) or not all(map(_is_list, value.values())):
        return False
    rows = {(group, "".join(row.split())) for group, lines in value.items() for row in lines}
    return rows == {
        (group, "".join(f"{name}={target}".split()))
        for group, names in stated.items()
        for name, target in names.items()
    }


def _packages(value: Any, arguments: Arguments, context: Context) -> bool:
    """Packages that stand in the sdist, each in the folder that the configuration maps it from."""
    return _is_list(value) and all(
        DOTTED.fullmatch(package)
        and _is_installed(package, context)
        and (folder := _folder_of(package, arguments)) in context.tree.folders
        and folder == _mapped(package.replace(".", "/"), context)
        for package in value
    )


def _modules(value: Any, arguments: Arguments, context: Context) -> bool:
    root = _folders(arguments).get("", "")
    return _is_list(value) and all(
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


def _package_dir(value: Any, arguments: Arguments, context: Context) -> bool:
    """Judged with the packages that it serves; alone it only has to be plain."""
    return isinstance(value, dict) and all(isinstance(text, str) for row in value.items() for text in row)


def _package_data(value: Any, arguments: Arguments, context: Context) -> bool:
    """Patterns below the packages: they cannot lead out of them."""
    return isinstance(value, dict) and all(
        isinstance(package, str)
        and package in ("", *arguments.get("packages", ()))
        and _is_list(patterns)
        and all(PATTERN.fullmatch(pattern) and ".." not in pattern for pattern in patterns)
        for package, patterns in value.items()
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and _are_texts(value)


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


CHECKS: Mapping[str, Callable[[Any, Arguments, Context], bool]] = {
    "name": _name,
    "version": _version,
    "description": _field("summary"),
    "long_description": _long_description,
    "author": _field("author"),
    "author_email": _field("author_email"),
    "maintainer": _field("maintainer"),
    "maintainer_email": _field("maintainer_email"),
    "url": _field("home_page", "project_urls"),
    "package_dir": _package_dir,
    "packages": _packages,
    "package_data": _package_data,
    "py_modules": _modules,
    "install_requires": _requirements,
    "extras_require": _requirements,
    "entry_points": _entry_points,
    "python_requires": _python_requires,
}
