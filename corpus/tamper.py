"""Changes to built artifacts, as an attacker makes them: in, a wheel or sdist and edits; out, its double."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

Edit = Callable[[bytes], bytes]
MODE = 0o100644 << 16


def append(content: bytes) -> Edit:
    """Add `content` at the end of a file, or make a file of it where there is none."""
    return lambda old: old + content


def rewrite(artifact: Path, folder: Path, edits: Mapping[str, Edit]) -> Path:
    """Apply the edits, by path, to a wheel or to an sdist (paths below its one root folder)."""
    return (rewrite_wheel if artifact.suffix == ".whl" else rewrite_sdist)(artifact, folder, edits)


def rewrite_wheel(wheel: Path, folder: Path, edits: Mapping[str, Edit], *, fix_record: bool = True) -> Path:
    """Apply the edits to a wheel; its RECORD then agrees with its content again, unless told otherwise."""
    with zipfile.ZipFile(wheel) as archive:
        members = {info: archive.read(info) for info in archive.infolist()}
    known = {info.filename for info in members}
    for path in edits.keys() - known:
        added = zipfile.ZipInfo(path)
        added.external_attr = MODE
        members[added] = b""
    for info, content in members.items():
        if info.filename in edits:
            members[info] = edits[info.filename](content)
    if fix_record:
        record = next(info for info in members if info.filename.endswith(".dist-info/RECORD"))
        members[record] = _record(members, record.filename)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / wheel.name, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members.items():
            archive.writestr(info, content)
    return folder / wheel.name


def _record(members: Mapping[zipfile.ZipInfo, bytes], record: str) -> bytes:
    rows = []
    for info, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(
            f"{record},," if info.filename == record else f"{info.filename},sha256={digest},{len(content)}"
        )
    return ("\n".join(rows) + "\n").encode()


def rewrite_sdist(sdist: Path, folder: Path, edits: Mapping[str, Edit]) -> Path:
    """Apply the edits to an sdist."""
    root = sdist.name.removesuffix(".tar.gz")
    members = read_tar(sdist)
    known = {info.name for info in members}
    for path in edits:
        if f"{root}/{path}" not in known:
            members[tarfile.TarInfo(f"{root}/{path}")] = b""
    for info, content in members.items():
        if edit := edits.get(info.name.removeprefix(f"{root}/")):
            members[info] = edit(content)
    return write_tar(folder / sdist.name, members)


def read_tar(path: Path) -> dict[tarfile.TarInfo, bytes]:
    """Read every member of a tar archive, in order, with its content."""
    with tarfile.open(path) as archive:
        return {info: _content(archive, info) for info in archive.getmembers()}


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(info) if info.isfile() else None
    return file.read() if file else b""


def write_tar(path: Path, members: Mapping[tarfile.TarInfo, bytes]) -> Path:
    """Write a gzipped tar archive, the same bytes on any day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(path, "wb", mtime=0) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for info, content in members.items():
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path
