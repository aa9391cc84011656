"""Time zone data (`TZif`) that a build fetches: recognized by reading every byte of the format."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import tarfile
import zlib

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, once_per_context, open_question
from provenance.model import Explanation
from provenance.tree import REGULAR, Entry, join, parent

HEADER = struct.Struct(">4sc15x6I")
FOOTER = re.compile(rb"\n[\w<>,./:+-]{0,100}\n", re.ASCII)
LARGEST = 16 << 20  # bytes of an unpacked archive


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Recognize a zone, or an archive of nothing but zones, where the source has no such file."""
    if entry.mode != REGULAR or context.counterpart(entry.path) is not None:
        return None
    is_archive = entry.name.endswith(".tar.gz")
    if not is_archive and context.tree.start(entry.blob, 4) != b"TZif":
        return None
    content = context.tree.load(entry.blob) or b""
    if content.startswith(b"TZif"):
        is_known = "." not in entry.name and is_zone(content)
        what = "a time zone's data, as compiled from IANA's database"
    else:
        is_known = is_archive and _is_archive(content)
        what = "an archive of time zone data, as compiled from IANA's database"
    if not is_known:
        return None
    folder = _database(context)
    where = (
        f"which the commit holds in {folder}; only running zic"
        if folder
        else "of which the commit holds none; only it"
    )
    return open_question(RULE.name, f"{what}, {where} would prove it")


@once_per_context
def _database(context: Context) -> str | None:
    """The folder of the commit that holds IANA's files, None where there is none."""
    folders = (parent(path) for path in context.source_tree.entries if path.endswith("/northamerica"))
    return next((folder for folder in folders if join(folder, "southamerica") in context.source_tree), None)


def is_zone(content: bytes) -> bool:
    """Whether every byte belongs to the format (RFC 8536): one block, or two and a footer."""
    end = _block(content, 0, 4)
    if end is None:
        return False
    if content[4:5] == b"\0":
        return end == len(content)
    end = _block(content, end, 8)
    return end is not None and FOOTER.fullmatch(content[end:]) is not None


def _block(content: bytes, start: int, width: int) -> int | None:
    """Return where the block ends that begins at start, with times of this width; None where it has not this form."""
    if len(content) < start + HEADER.size:
        return None
    magic, _, isut, isstd, leap, times, types, chars = HEADER.unpack_from(content, start)
    place = start + HEADER.size
    indexes = content[place + times * width : place + times * (width + 1)]
    end = place + times * (width + 1) + types * 6 + chars + leap * (width + 4) + isstd + isut
    names = content[place + times * (width + 1) + types * 6 :][:chars]
    is_good = (
        magic == b"TZif"
        and 0 < types <= 256
        and all(index < types for index in indexes)
        and re.fullmatch(rb"(?:[A-Za-z0-9+<>-]*\0)+", names) is not None
    )
    return end if is_good and end <= len(content) else None


def _is_archive(content: bytes) -> bool:
    """Whether the archive holds nothing but zones, and at most one description of them."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            plain = packed.read(LARGEST + 1)
        if len(plain) > LARGEST:
            return False
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            members = archive.getmembers()
            return bool(members) and all(_is_member(archive, member) for member in members)
    except (OSError, EOFError, ValueError, ArithmeticError, LookupError, zlib.error, tarfile.TarError):
        return False


def _is_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bool:
    if member.isdir() or member.issym() or member.islnk():
        return not member.linkname.startswith("/") and ".." not in member.linkname.split("/")[1:]
    is_plain = member.isreg() and not member.issparse() and member.size <= LARGEST
    file = archive.extractfile(member) if is_plain else None
    if file is None or member.name.startswith("/") or ".." in member.name.split("/"):
        return False
    content = file.read()
    return _is_description(content) if member.name.rpartition("/")[2] == "METADATA" else is_zone(content)


def _is_description(content: bytes) -> bool:
    """The METADATA of python-dateutil's archive: where the database was fetched from, in JSON."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    known = {
        "metadata_version",
        "releases_url",
        "tzdata_file",
        "tzdata_file_sha512",
        "tzversion",
        "zonegroups",
    }
    return isinstance(document, dict) and document.keys() <= known


RULE = Rule(
    name="time-zones",
    proves="Nothing: every byte of the file belongs to the TZif format, or it is an archive of such files, so it holds "
    "no code; the reason says whether the commit holds IANA's database, which it was compiled from.",
    leaves_free="The rules of the time zones.",
    sources=("RFC 8536: TZif", "pytz, python-dateutil: bundled zone data"),
    explain=explain,
)
