"""Texts that name something in; what they lead to is an address, a release or a tag of the form that is promised."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from packaging.version import Version

from provenance.errors import UsageError
from provenance.index import parse_reference
from provenance.index.reference import split_filename
from provenance.project.static import parse_module
from provenance.report.spelling import spell, unspell
from provenance.report.text_format import shown_text
from provenance.source.hosts import (
    is_domain,
    no_git,
    own_repository_of,
    permalink,
    repository_of,
    submodule_address,
)
from provenance.source.tags import names_project, ranked, usual_prefixes
from tests.fuzz.target import Target, fields

ADDRESSES = (
    b"git+https://www.github.com/ada/plume.git/tree/main#x",
    b"git@gitlab.com:ada/group/plume.git",
    b"ssh://git@git.plume.example:22/ada/plume",
    b"https://gitlab.plume.example/ada/plume/-/blob/main/README.md?x=1",
    b"scm:git:git://git.code.sf.net/p/plume/code",
    b"http://hg.plume.example/x",
    b"https://ada:secret@git.plume.example/ada/plume.git",
    b"https://127.0.0.1/a/b.git",
    b"../plume.git",
)


def read_address(content: bytes) -> None:
    """What metadata and .gitmodules name as a repository: https, a public domain, no login, the same again."""
    text = content.decode(errors="replace")
    no_git(text)
    for read in (repository_of, own_repository_of, submodule_address):
        address = read(text)
        if address is None:
            continue
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert is_domain(parts)
        assert parts.netloc == parts.hostname, "a login or a port"
        assert not re.search(r"[\x00-\x20\x7f]", address)
        assert not {".", ".."} & {*parts.path.split("/")} or read is submodule_address
        permalink(address, "1" * 40, text)
        if read is repository_of:
            assert repository_of(address) == address


def rank_tags(content: bytes) -> None:
    """A host's tags; the ones that are taken carry the release's version."""
    tags = content.decode(errors="replace").split("\n")
    for name, version in (("plume", "1.0.0"), ("psycopg-pool", "2024.1.5rc1")):
        found = ranked(tags, name, version, "https://git.example/ada/feather")
        assert {*found} <= {*tags}
        assert all(re.search(str(Version(version).release[0]), tag) for tag in found)
        for tag in found[:5]:
            names_project(tag, name, version)


def read_reference(content: bytes) -> None:
    """What a person types; a release by name and version."""
    text = content.decode(errors="replace")
    if "/" in text and not text.startswith("pkg:"):
        return  # a path of this machine
    for read in (lambda: split_filename(text), lambda: usual_prefixes(text, "1.0")):
        try:
            read()
        except UsageError:
            continue
    reference = parse_reference(text)
    assert re.fullmatch(r"[\w.-]+", reference.name, re.ASCII)


def show(content: bytes) -> None:
    """Text for people: whatever it is, nothing that a terminal acts on is left."""
    assert shown_text(content.decode(errors="surrogateescape")).isprintable()


def spell_path(content: bytes) -> None:
    """A path in a report: any bytes come back, and what is not so spelled is refused."""
    path, spelled, *_ = (part.decode(errors="surrogateescape") for part in fields(content, 2))
    assert unspell(spell(path)) == path
    assert spell(path).encode() is not None
    if not re.search("[\ud800-\udfff]", spelled):
        assert not spelled.startswith('"') or unspell(spelled) is not None


def read_python(content: bytes) -> None:
    """A module's syntax tree, or none."""
    parse_module(content)


TARGETS = {
    "address": Target(read_address, lambda: ADDRESSES, 2_000),
    "tags": Target(
        rank_tags,
        lambda: [b"v1.0.0\nplume-1.0.0\nrelease/1_0_0-final\ndocs-1.0\npool-2024.01.05rc1\nfeather@v1.0.0"],
        5_000,
    ),
    "reference": Target(
        read_reference,
        lambda: [
            b"plume==1.0.0", b"pkg:pypi/plume@1.0.0?x#y", b"plume-1.0.0-py3-none-any.whl", b"plume-1.0.0.tar.gz",
            b"plume[ink]===1.0", b"Plume_x", b"pkg:pypi/%70lume",
        ],
        1_000,
    ),
    "shown-text": Target(show, lambda: [b"a\x1b[31mb", "\u202eabc\u200d\U000e0001".encode(), b"\xff\n"], 2_000),
    "spelled-path": Target(spell_path, lambda: [b'caf\xe9.py\0"caf\\351.py"', b'"a"\0a'], 1_000),
    "python": Target(read_python, lambda: [b"# coding: latin-1\nx = ['a' + \"b\" for _ in ()]\n", b"f'{a!r:{b}}'"]),
}  # fmt: skip
