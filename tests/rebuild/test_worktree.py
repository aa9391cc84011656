"""Checkouts on disk: in, a commit's tree and objects; out, what git itself takes for a clean checkout."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from dulwich.objects import Blob, Commit, ShaFile, Tag
from dulwich.objects import Tree as GitTree

from corpus.example import ENVIRONMENT, git
from provenance.errors import RebuildError
from provenance.rebuild.worktree import Clone, write_worktree
from provenance.tree import EXECUTABLE, REGULAR, SYMLINK, Entry, Tree

FILES = {
    "plume.py": (REGULAR, b"x = 1\n"),
    "run": (EXECUTABLE, b"#!/bin/sh\n"),
    "link": (SYMLINK, b"plume.py"),
}


def commit_of(files: dict[str, tuple[int, bytes]]) -> tuple[Tree, Clone]:
    """A commit with these files at its root, tagged v1.0.0, with a parent that is not there."""
    root, blobs = GitTree(), {}
    for path, (mode, content) in files.items():
        blob = Blob.from_string(content)
        blobs[blob.id.decode()] = blob
        if "/" not in path:
            root.add(path.encode(), mode, blob.id)
    commit = Commit()
    commit.tree, commit.parents = root.id, [b"1" * 40]
    commit.author = commit.committer = b"Ada Example <ada@project.example>"
    commit.author_time = commit.commit_time = 1740830400
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = b"Release"
    tag = Tag()
    tag.name, tag.object, tag.tagger, tag.message = (
        b"v1.0.0",
        (Commit, commit.id),
        commit.author,
        b"Plume 1.0.0",
    )
    tag.tag_time, tag.tag_timezone = commit.commit_time, 0
    entries = {
        path: Entry(path, mode, Blob.from_string(content).id.decode())
        for path, (mode, content) in files.items()
    }
    objects: tuple[ShaFile, ...] = (commit, root, tag, *blobs.values())
    clone = Clone(
        commit.id.decode(), objects, {"refs/tags/v1.0.0": tag.id.decode()}, "https://git.example/ada/plume"
    )
    return Tree(entries, lambda blob: blobs[blob].as_raw_string() if blob in blobs else None), clone


def as_it_is(_entry: Entry, content: bytes) -> bytes:
    """A file without attributes."""
    return content


def test_git_takes_it_for_a_clean_checkout_of_the_tag(tmp_path: Path) -> None:
    write_worktree(tmp_path, *commit_of(FILES), as_it_is)
    assert git(tmp_path, "status", "--porcelain") == ""
    assert git(tmp_path, "describe", "--tags", "--dirty", "--long").startswith("v1.0.0-0-g")
    assert git(tmp_path, "rev-parse", "--is-shallow-repository") == "true"
    assert git(tmp_path, "remote", "get-url", "origin") == "https://git.example/ada/plume"


def test_modes_and_links_are_kept(tmp_path: Path) -> None:
    write_worktree(tmp_path, *commit_of(FILES), as_it_is)
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "plume.py").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "link").readlink() == Path("plume.py")


def test_on_windows_a_link_is_a_file_and_the_checkout_is_clean(tmp_path: Path) -> None:
    tree, clone = commit_of(FILES)
    write_worktree(tmp_path, tree, replace(clone, has_links=False), as_it_is)
    assert (tmp_path / "link").read_text() == "plume.py"
    assert git(tmp_path, "status", "--porcelain") == ""


def test_a_submodule_is_checked_out_as_git_does_it(tmp_path: Path) -> None:
    inner_tree, inner = commit_of({"data.txt": (REGULAR, b"x")})
    outer_tree, outer = commit_of(
        {**FILES, ".gitmodules": (REGULAR, b'[submodule "suite"]\n\tpath = tests/suite\n\turl = ../suite\n')}
    )
    mounted = {
        f"tests/suite/{path}": replace(entry, path=f"tests/suite/{path}")
        for path, entry in inner_tree.entries.items()
    }
    tree = Tree(
        {**outer_tree.entries, **mounted}, lambda blob: outer_tree.load(blob) or inner_tree.load(blob)
    )
    write_worktree(tmp_path, tree, replace(outer, submodules=(replace(inner, path="tests/suite"),)), as_it_is)
    assert (tmp_path / "tests/suite/.git").read_text() == "gitdir: ../../.git/modules/suite\n"
    assert git(tmp_path / "tests/suite", "status", "--porcelain") == ""
    assert git(tmp_path / "tests/suite", "rev-parse", "HEAD") == inner.commit


def test_a_submodule_behind_a_link_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    tree, clone = commit_of({"sub": (SYMLINK, str(outside).encode())})
    behind = replace(clone, submodules=(replace(clone, path="sub/module"),))
    with pytest.raises(RebuildError, match="behind a link"):
        write_worktree(tmp_path / "checkout", tree, behind, as_it_is)
    assert list(outside.iterdir()) == []


def test_git_ignores_no_objects(tmp_path: Path) -> None:
    write_worktree(tmp_path, *commit_of(FILES), as_it_is)
    checked = subprocess.run(
        ["git", "fsck"], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, "error" in checked.stderr) == (0, False), checked.stderr


@pytest.mark.parametrize(
    "path", [".git/hooks/post-checkout", "a/../../b", "/etc/passwd", "sub/.GIT/config", "a//b"]
)
def test_a_path_that_git_would_refuse_is_refused(path: str, tmp_path: Path) -> None:
    tree, clone = commit_of({path: (REGULAR, b"x")})
    with pytest.raises(RebuildError, match="not written here"):
        write_worktree(tmp_path / "checkout", tree, clone, as_it_is)
    assert not (tmp_path / "b").exists()


def test_nothing_is_written_through_a_link_of_the_tree(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    files = {"sub": (SYMLINK, str(outside).encode()), "sub/file": (REGULAR, b"x")}
    with pytest.raises(RebuildError, match="cannot be written"):
        write_worktree(tmp_path / "checkout", *commit_of(files), as_it_is)
    assert list(outside.iterdir()) == []
