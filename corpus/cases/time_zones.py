"""Cases of the time-zones rule."""

import gzip
import io
import struct
import tarfile

from corpus.cases.case import Case, Files
from provenance.model import Evidence


def _block(version: bytes, width: str) -> bytes:
    head = b"TZif" + version + bytes(15) + struct.pack(">6I", 0, 0, 0, 1, 1, 4)
    return head + struct.pack(f">{width}", 100) + b"\0" + struct.pack(">iBB", 0, 0, 0) + b"UTC\0"


ZONE = _block(b"2", "i") + _block(b"2", "q") + b"\nUTC0\n"
OLD = _block(b"\0", "i")


def _archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


def _case(
    title: str,
    content: bytes,
    evidence: Evidence | None = None,
    path: str = "example/zoneinfo/UTC",
    **source: bytes,
) -> Case:
    files: Files = dict(source.items())
    return Case(title, path, {path: content}, files, evidence)


PACKED = "example/zoneinfo/zones.tar.gz"

CASES = (
    _case("a zone", ZONE, Evidence.RECOGNIZED),
    _case("a zone of the first version", OLD, Evidence.RECOGNIZED),
    _case("an archive", _archive(UTC=ZONE, METADATA=b'{"tzversion": "2024a"}'), Evidence.RECOGNIZED, PACKED),
    _case("bytes after the end", ZONE + b"import os\n"),
    _case("a footer that is a sentence", ZONE.replace(b"UTC0", b"run this; now")),
    _case("a name that is no zone's", ZONE.replace(b"UTC\0", b"U;C\0")),
    _case("the magic and something else", b"TZif2" + b"import os\n" * 9),
    _case("a zone called a module", ZONE, path="example/zoneinfo/evil.py"),
    _case("an archive with a module", _archive(UTC=ZONE, **{"evil.py": b"import os\n"}), path=PACKED),
    _case("an archive with one more key in its description", _archive(METADATA=b'{"run": "x"}'), path=PACKED),
    _case("in place of the source's own file", ZONE, **{"example/zoneinfo/UTC": OLD}),
)
