"""A commit's files and git's objects in, a checkout of it on disk out, with a `.git` that version tools can read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dulwich.index import index_entry_from_stat
from dulwich.objects import Commit, ObjectID, ShaFile
from dulwich.refs import Ref
from dulwich.repo import Repo

from provenance.errors import RebuildError
from provenance.tree import EXECUTABLE, GITLINK, SYMLINK, Entry, Tree

REFUSED = {"", ".", "..", ".git"}


@dataclass(frozen=True)
class Clone:
    """What a `.git` holds: the commit, its trees and blobs, tags, perhaps its history; `refs` are names -> ids."""

    commit: str
    objects: tuple[ShaFile, ...]
    refs: Mapping[str, str]
    address: str


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
            if entry.mode == SYMLINK:
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
