"""Cases of the lfs-pointers rule."""

import hashlib

from corpus.cases.case import Case
from provenance.model import Evidence

DATA = b"\x89weights\0" * 9
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    f"oid sha256:{hashlib.sha256(DATA).hexdigest()}\nsize {len(DATA)}\n"
)
LFS = "*.bin filter=lfs diff=lfs merge=lfs -text\n"


def _case(
    title: str, pointer: str, evidence: Evidence | None = None, content: bytes = DATA, attributes: str = LFS
) -> Case:
    return Case(
        title, "a.bin", {"a.bin": content}, {"a.bin": pointer, ".gitattributes": attributes}, evidence
    )


CASES = (
    _case("the content", POINTER, Evidence.NORMALIZED),
    _case("other content", POINTER, content=DATA[:-1] + b"1"),
    _case("another size", POINTER.replace(f"size {len(DATA)}", "size 7")),
    _case("a line more", POINTER + "x 1\n"),
    _case("an extension", POINTER.replace("oid", f"ext-0-x sha256:{'0' * 64}\noid")),
    _case("another version", POINTER.replace("v1", "v2")),
    _case("not kept in LFS", POINTER, attributes="*.bin binary\n"),
)
