"""A source blob and its git attributes in, the bytes that git writes when it checks the file out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from provenance.compare.attributes import Attributes

Eol = Literal["lf", "crlf", "native", "any"]

IDENT = re.compile(rb"\$Id(?::(?:[^\n$][^ \n$]* ?)?)?\$")
NAKED_LF = re.compile(rb"(?<!\r)\n")
ENCODINGS = re.compile(
    r"(utf-?(8|16|32)(le|be)?|iso-?8859-\d+|latin-?\d+|(windows-|cp-?)\d+|shift[-_]?jis|sjis|euc-\w+|gb\d+|gbk|"
    r"big5|koi8-\w)",
    re.IGNORECASE | re.ASCII,
)
MARKED: Mapping[str, tuple[tuple[str, bytes], ...]] = {
    "utf16": (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")),
    "utf16lebom": (("utf-16-le", b"\xff\xfe"),),
    "utf16bebom": (("utf-16-be", b"\xfe\xff"),),
    "utf32": (("utf-32-le", b"\xff\xfe\0\0"), ("utf-32-be", b"\0\0\xfe\xff")),
}
TEXT_CONTROLS = frozenset(b"\b\t\x1b\x0c\r\n")
UNPRINTABLE = bytes(byte for byte in (*range(32), 127) if byte not in TEXT_CONTROLS)


def line_endings(attributes: Attributes) -> Eol:
    """Return the line endings that attributes demand: "native" the platform's, "any" where they are silent."""
    text, eol = _text(attributes), attributes.get("eol")
    if text is False or eol == "lf":
        return "lf"
    if eol == "crlf":
        return "crlf"
    if text == "input":
        return "lf"
    return "any" if text is None else "native"


def checked_out(content: bytes, blob: str, attributes: Attributes, *, with_crlf: bool) -> tuple[bytes, ...]:
    """Return what git may write for a blob: ident, then line endings, then working-tree-encoding.

    More than one only where the encoding leaves the byte order to the platform; none where it does not fit.
    """
    if attributes.get("ident") is True:
        content = IDENT.sub(b"$Id: " + blob.encode() + b" $", content)
    if with_crlf and _takes_crlf(content, attributes):
        content = NAKED_LF.sub(b"\r\n", content)
    encoding = attributes.get("working-tree-encoding")
    return _encoded(content, encoding) if isinstance(encoding, str) else (content,)


def is_binary(content: bytes) -> bool:
    """Whether git's own guess calls these bytes binary (convert.c: convert_is_binary)."""
    if b"\0" in content or content.count(b"\r") != content.count(b"\r\n"):
        return True
    unprintable = len(content) - len(content.translate(None, UNPRINTABLE)) - content.endswith(b"\x1a")
    printable = len(content) - unprintable - content.count(b"\n") - content.count(b"\r")
    return (printable >> 7) < unprintable


def _takes_crlf(content: bytes, attributes: Attributes) -> bool:
    """Git leaves files alone that it guesses to be binary or that hold CRLF already, unless `text` is set."""
    is_named = attributes.get("eol") == "crlf"
    is_sure = _text(attributes) is True or (is_named and _text(attributes) != "auto")
    return is_sure or not (b"\r" in content or is_binary(content))


def _text(attributes: Attributes) -> str | bool | None:
    """The attribute `text`, or its older name `crlf`; None where it is absent or has a value that git does not know."""
    value = attributes.get("text", attributes.get("crlf"))
    return value if isinstance(value, bool) or value in ("auto", "input") else None


def _encoded(content: bytes, encoding: str) -> tuple[bytes, ...]:
    try:
        text = content.decode()
        if marked := MARKED.get(encoding.lower().replace("-", "")):
            return tuple(mark + text.encode(codec) for codec, mark in marked)
        return (text.encode(encoding),) if ENCODINGS.fullmatch(encoding) else ()
    except (UnicodeError, LookupError):
        return ()
