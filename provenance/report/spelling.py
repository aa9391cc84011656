"""A path as an archive or git spells it in, one JSON string for it out, and back: also for bytes that are not UTF-8."""

from __future__ import annotations

import re

from provenance.errors import ReportError

QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\[0-3][0-7]{2})*)"')


def spell(path: str) -> str:
    """Return a path as a report writes it.

    A path is written as it is where it is UTF-8 and does not start with a quotation mark. Any other is written as
    git quotes it (git-config, core.quotePath): in quotation marks, every byte but plain ASCII in three octal digits.
    """
    raw = path.encode(errors="surrogateescape")
    if _is_text(raw) and not path.startswith('"'):
        return path
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in raw)
    return f'"{"".join(plain)}"'


def unspell(text: str) -> str:
    """Return the path that a report spells so; raises ReportError where no path is spelled so."""
    if not text.startswith('"'):
        return text
    match = QUOTED.fullmatch(text)
    if match is None:
        raise ReportError(f"{text} is not how a report spells a path")
    octal = re.compile(rb"\\(\d{3})")
    raw = octal.sub(lambda found: bytes([int(found[1], 8)]), match[1].encode())
    return raw.decode(errors="surrogateescape")


def plain(text: str) -> str:
    """Return a sentence with what JSON could not carry written as an escape."""
    return text.encode(errors="backslashreplace").decode()


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
