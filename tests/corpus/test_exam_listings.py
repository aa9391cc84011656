"""Listings of commits: in, a source tree; out, the same tree again without its content."""

from __future__ import annotations

from corpus.cases.case import Link, Pin, Program, tree
from corpus.listings import read_listing, write_listing

COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def test_a_listing_gives_the_tree_back() -> None:
    """Paths, modes and blob ids; the content of links only."""
    source = tree(
        {
            "a file.txt": "text",
            "run": Program("#!/bin/sh\n"),
            "link": Link("a file.txt"),
            "module": Pin(COMMIT),
        }
    )
    text = write_listing(source, source.entries)
    again = read_listing(text, lambda blob: None)
    assert {path: (entry.mode, entry.blob) for path, entry in again.entries.items()} == {
        path: (entry.mode, entry.blob) for path, entry in source.entries.items()
    }
    assert (again.read("link"), again.read("run")) == (b"a file.txt", None)
    assert write_listing(again, again.entries) == text


def test_content_comes_from_who_has_it() -> None:
    """The artifacts hold most of what a commit does."""
    source = tree({"a.txt": "text"})
    again = read_listing(write_listing(source, source.entries), source.load)
    assert again.text("a.txt") == "text"


def test_a_link_target_that_is_not_the_blob_is_not_believed() -> None:
    """A listing states nothing that its ids do not prove."""
    source = tree({"link": Link("target")})
    text = write_listing(source, source.entries).replace("-> target", "-> elsewhere")
    assert read_listing(text, lambda blob: None).read("link") is None
