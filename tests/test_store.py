"""Where reports stand: in, names that an index chose; out, files inside the folder, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.errors import OperationError, UsageError
from provenance.store import ObjectStore, artifact_file, object_name, put, release_folder


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc/x", "a\\b", "a\0b"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    """Names, versions and file names come from strangers."""
    with pytest.raises(OperationError):
        release_folder(tmp_path, name, "1")
    with pytest.raises(OperationError):
        release_folder(tmp_path, "name", name)
    with pytest.raises(OperationError):
        artifact_file(tmp_path, name)


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """And leaves nothing else behind."""
    file = tmp_path / "a/b.json"
    for content in (b"old", b"new"):
        put(file, content)
    assert file.read_bytes() == b"new"
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(OperationError, match="taken") as raised:
        put(tmp_path / "taken/b.json", b"x")
    assert "--output" in raised.value.hint


DIGEST = "ab" + "c" * 62


@pytest.mark.parametrize("suffix", ["", "/", "/reports"])
def test_objects_stand_under_their_digest(suffix: str) -> None:
    """At any address that fsspec reaches; here a store in memory."""
    fsspec = pytest.importorskip("fsspec")
    place = f"memory://bucket{suffix}"
    ObjectStore(place).put({object_name(DIGEST, ".json"): b"{}", object_name("d" * 64, ".json"): b"[]"})
    stored = fsspec.filesystem("memory")
    assert stored.cat(f"{place.rstrip('/')}/sha256/ab/{DIGEST}.json") == b"{}"
    assert stored.cat(f"{place.rstrip('/')}/sha256/dd/{'d' * 64}.json") == b"[]"


def test_objects_stand_in_a_folder_in_the_same_way(tmp_path: Path) -> None:
    """For which nothing is installed; each is whole."""
    ObjectStore(str(tmp_path)).put({object_name(DIGEST, ".json"): b"{}"})
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file == tmp_path / "sha256" / "ab" / f"{DIGEST}.json"


def test_an_address_that_nothing_reaches_is_a_sentence() -> None:
    """Before any report is made."""
    pytest.importorskip("fsspec")
    with pytest.raises(UsageError, match="There is no way to nowhere://bucket"):
        ObjectStore("nowhere://bucket")


def test_a_store_that_takes_nothing_is_a_sentence(tmp_path: Path) -> None:
    """Whatever its kind of place raises."""
    pytest.importorskip("fsspec")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OperationError, match="Reports cannot be stored at"):
        ObjectStore(f"local://{tmp_path}/file").put({object_name(DIGEST, ".json"): b"{}"})
