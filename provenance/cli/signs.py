"""A stream that cannot show every sign in, one that writes ASCII in their place out: output never fails for a sign."""

from __future__ import annotations

import codecs
import io
import sys
from typing import TextIO

# none of them means anything in HTML, JSON or Markdown
IN_ASCII = {"·": "/", "…": "...", "“": "'", "”": "'", "’": "'", "–": "-", "—": "-"}
HANDLER = "provenance.signs"


class AsciiStream(io.TextIOWrapper):
    """Text in, ASCII out. It gives its encoding as Latin-1, since click writes UTF-8 to a stream that says ASCII."""

    def write(self, text: str, /) -> int:
        """Write the text with every sign that ASCII lacks replaced."""
        super().write(text.encode("ascii", HANDLER).decode("ascii"))
        return len(text)


def write_what_streams_can_show() -> None:
    """Make stdout and stderr replace what their encodings cannot show, instead of failing."""
    codecs.register_error(HANDLER, _replaced)
    sys.stdout, sys.stderr = _lenient(sys.stdout), _lenient(sys.stderr)


def _lenient(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if codecs.lookup(stream.encoding).name != "ascii":
        stream.reconfigure(errors=HANDLER)
        return stream
    stream.flush()
    return AsciiStream(stream.detach(), "latin-1", line_buffering=stream.line_buffering)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """A sign's likeness, else its escape as JSON writes it; a part of a file name that is no text is one too."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(IN_ASCII.get(sign) or _escaped(sign) for sign in signs), error.end


def _escaped(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
