"""Commits and tags written by hand: in, a bare repository and what they say, true or not; out, their ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dulwich.objects import Commit, ObjectID, Tag
from dulwich.refs import Ref
from dulwich.repo import Repo

EXAMPLE_TIME = 1_740_830_400  # when the examples' commits were made, in seconds since 1970
DAY = 86_400  # seconds
WHO = b"Ada Example <ada@project.example>"


def put_commit(repository: Path, tree: str, *, days: int = 0, parents: Sequence[str] = ()) -> str:
    """Write a commit, made so many days after the examples' own; no ref leads to it."""
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    return _put(repository, Commit, "\n".join(lines).encode() + _people(days, b"author", b"committer"))


def put_tag(
    repository: Path,
    name: str,
    commit: str,
    *,
    days: int = 0,
    sign: Callable[[bytes], bytes] = lambda _content: b"",
) -> str:
    """Write an annotated tag, whatever had its name before; `sign` returns the signature of its content."""
    head = f"object {commit}\ntype commit\ntag {name}".encode()
    content = head + _people(days, b"tagger")
    tag = _put(repository, Tag, content + sign(content))
    put_ref(repository, f"refs/tags/{name}", tag)
    return tag


def put_ref(repository: Path, ref: str, target: str) -> None:
    """Make a ref lead to an object, whatever it led to before."""
    with Repo(str(repository)) as opened:
        opened.refs[Ref(ref.encode())] = ObjectID(target.encode())


def remove_ref(repository: Path, ref: str) -> None:
    """Remove a ref."""
    with Repo(str(repository)) as opened:
        del opened.refs[Ref(ref.encode())]


def _people(days: int, *roles: bytes) -> bytes:
    when = EXAMPLE_TIME + days * DAY
    return b"".join(b"\n%b %b %d +0000" % (role, WHO, when) for role in roles) + b"\n\nRelease\n"


def _put(repository: Path, kind: type[Commit | Tag], content: bytes) -> str:
    made = kind.from_string(content)
    with Repo(str(repository)) as opened:
        opened.object_store.add_object(made)
    return made.id.decode()
