"""Where reports stand: in, names that an index chose; out, files inside the folder, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.errors import OperationError
from provenance.store import artifact_file, put, release_folder


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
