"""A commit's files and git's objects in, a checkout of it on disk out, with a `.git` that version tools can read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from dulwich.config import ConfigFile, parse_submodules
from dulwich.index import index_entry_from_stat
from dulwich.objects import Commit, ObjectID, ShaFile
from dulwich.refs import Ref
from dulwich.repo import Repo

from provenance.errors import RebuildError
from provenance.tree import EXECUTABLE, GITLINK, SYMLINK, Entry, Tree

REFUSED = {"", ".", "..", ".git"}


@dataclass(frozen=True)
class Clone:
    """What a `.git` holds: the commit, its trees and blobs, tags, perhaps its history; `refs` are names -> ids.

    `submodules` are those that are checked out, each at its `path`; without `has_links` links are files, as on Windows.
    """

    commit: str
    objects: tuple[ShaFile, ...]
    refs: Mapping[str, str]
    address: str
    path: str = ""
    submodules: tuple[Clone, ...] = ()
    has_links: bool = True


def write_worktree(folder: Path, tree: Tree, clone: Clone, written: Callable[[Entry, bytes], bytes]) -> None:
    """Write all files of a tree, as `written` turns their blobs into what git checks out, and the `.git` beside them.

    Nothing is written through a link of the tree's own: links come last. Raises RebuildError for a path that git would
    not check out either.
    """
    entries = [entry for entry in tree if entry.mode != GITLINK]
    for entry in sorted(entries, key=lambda each: each.mode == SYMLINK):
        path = folder / _safe(entry.path)
        content = tree.load(entry.blob)
        if content is None:
            raise RebuildError(f"The source's file {entry.path} could not be fetched")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode == SYMLINK and clone.has_links:
                path.symlink_to(os.fsdecode(content))
            else:
                path.write_bytes(written(entry, content))
                path.chmod(0o755 if entry.mode == EXECUTABLE else 0o644)
        except (OSError, ValueError) as error:
            raise RebuildError(f"The source's file {entry.path!r} cannot be written: {error}") from error
    for entry in tree:
        if entry.mode == GITLINK:
            (folder / _safe(entry.path)).mkdir(parents=True, exist_ok=True)
    _write_repository(folder, clone)
    names = _submodule_names(tree.read(".gitmodules") or b"")
    paths = [each.path for each in clone.submodules]
    for submodule in sorted(clone.submodules, key=lambda each: each.path):
        _write_submodule(folder.resolve(), submodule, _git_folder(submodule.path, paths, names))


def _write_submodule(folder: Path, submodule: Clone, git_folder: str) -> None:
    """Write a submodule's repository where git has it, below the outer `.git`, and the file that says where."""
    place = folder / _safe(submodule.path)
    if place.resolve() != place:
        raise RebuildError(f"The source holds a submodule {submodule.path!r} behind a link")
    place.mkdir(parents=True, exist_ok=True)
    _write_repository(place, submodule)
    git = Path(os.path.normpath(place / git_folder))
    git.parent.mkdir(parents=True, exist_ok=True)
    (place / ".git").rename(git)
    (place / ".git").write_text(f"gitdir: {git_folder}\n")
    config = ConfigFile.from_path(str(git / "config"))
    config.set((b"core",), b"worktree", os.fsencode(os.path.relpath(place, git)))
    config.write_to_path()


def _git_folder(submodule: str, others: Iterable[str], names: Mapping[str, str]) -> str:
    """Where a submodule's repository is, seen from its folder: below that of what holds it, by its name."""
    homes = [each for each in others if submodule.startswith(f"{each}/")]
    outer = max(homes, key=len, default="")
    inner = submodule.removeprefix(f"{outer}/") if outer else submodule
    place = f"{_git_folder(outer, homes, names)}/modules" if outer else ".git/modules"
    return f"{'../' * (inner.count('/') + 1)}{place}/{_safe(names.get(submodule, inner))}"


def _submodule_names(content: bytes) -> dict[str, str]:
    """Path -> name of the submodules in a .gitmodules file, which need not be the same."""
    try:
        config = ConfigFile.from_file(BytesIO(content), expand_includes=False)  # an include reads local files
        return {os.fsdecode(path): os.fsdecode(name) for path, _, name in parse_submodules(config)}
    except ValueError:
        return {}


def _safe(path: str) -> str:
    """The path of a file in a tree, refused where it would leave the folder or be git's own."""
    parts = path.split("/")
    if any(part.lower() in REFUSED or "\0" in part for part in parts):
        raise RebuildError(f"The source holds a file {path!r}, which is not written here")
    return path


def _write_repository(folder: Path, clone: Clone) -> None:
    """Write `.git`: objects, tags, a detached HEAD, the index, and where the history is cut off."""
    repository = Repo.init(str(folder))
    try:
        repository.object_store.add_objects([(each, None) for each in clone.objects])
        for name, target in clone.refs.items():
            repository.refs[Ref(name.encode())] = ObjectID(target.encode())
        config = repository.get_config()
        config.set((b"remote", b"origin"), b"url", clone.address.encode())
        if not clone.has_links:
            config.set((b"core",), b"symlinks", b"false")
        config.write_to_path()
        _write_index(folder, repository, clone.commit)
    finally:
        repository.close()
    git = folder / ".git"
    (git / "HEAD").write_text(f"{clone.commit}\n")
    if shallow := _cut(clone.objects):
        (git / "shallow").write_text("".join(f"{commit}\n" for commit in shallow))


def _write_index(folder: Path, repository: Repo, commit: str) -> None:
    found = repository[ObjectID(commit.encode())]
    if not isinstance(found, Commit):
        raise RebuildError(f"The object {commit} is no commit")
    index = repository.open_index()
    for path, mode, object_id in repository.object_store.iter_tree_contents(found.tree):
        place = folder / os.fsdecode(path)
        if path is not None and mode is not None and object_id is not None:
            index[path] = index_entry_from_stat(place.lstat(), object_id, mode)
    index.write()


def _cut(objects: Iterable[ShaFile]) -> list[str]:
    """Commits that have a parent which is not there."""
    commits = {each.id: each for each in objects if isinstance(each, Commit)}
    return sorted(
        name.decode()
        for name, each in commits.items()
        if any(parent not in commits for parent in each.parents)
    )
