"""The example releases: in, projects and edits; out, the same bytes every time, changed only as asked."""

from __future__ import annotations

import base64
import csv
import hashlib
import zipfile
from pathlib import Path

from corpus.example import FLIT, make_release
from corpus.tamper import append, read_tar, rewrite_sdist, rewrite_wheel
from tests.conftest import MakeRelease

EDITS = {"plume/greeting.py": append(b"# one more line\n"), "plume.pth": append(b"import plume\n")}


def read_wheel(path: Path) -> dict[str, bytes]:
    """Content by path."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_release_is_made_the_same_way_twice(release: MakeRelease, tmp_path: Path) -> None:
    """The same commit and the same bytes, on any day."""
    built, again = release(FLIT), make_release(FLIT, tmp_path)
    assert again.commit == built.commit
    assert [path.read_bytes() for path in again.artifacts] == [path.read_bytes() for path in built.artifacts]


def test_a_tampered_wheel_differs_where_it_was_edited(release: MakeRelease, tmp_path: Path) -> None:
    """Nothing but the edited files and RECORD differs."""
    before = read_wheel(release(FLIT).wheel)
    after = read_wheel(rewrite_wheel(release(FLIT).wheel, tmp_path, EDITS))
    changed = {path for path in after if before.get(path) != after[path]}
    assert changed == {*EDITS, "plume-1.0.0.dist-info/RECORD"}


def test_the_record_of_a_tampered_wheel_holds(release: MakeRelease, tmp_path: Path) -> None:
    """An installer has nothing to complain about."""
    content = read_wheel(rewrite_wheel(release(FLIT).wheel, tmp_path, EDITS))
    rows = list(csv.reader(content["plume-1.0.0.dist-info/RECORD"].decode().splitlines()))
    assert {path for path, _, _ in rows} == set(content)
    for path, digest, size in rows:
        if digest:
            expected = base64.urlsafe_b64encode(hashlib.sha256(content[path]).digest()).rstrip(b"=")
            assert (digest, int(size)) == (f"sha256={expected.decode()}", len(content[path]))


def test_a_tampered_sdist_differs_where_it_was_edited(release: MakeRelease, tmp_path: Path) -> None:
    """Nothing but the edited files differs."""
    before = {info.name: content for info, content in read_tar(release(FLIT).sdist).items()}
    changed_sdist = rewrite_sdist(release(FLIT).sdist, tmp_path, EDITS)
    after = {info.name: content for info, content in read_tar(changed_sdist).items()}
    assert {name for name in after if before.get(name) != after[name]} == {
        f"plume-1.0.0/{path}" for path in EDITS
    }
