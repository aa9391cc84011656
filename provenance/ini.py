"""An INI document's text in, a parser that has read it out: refused where configparser would take too long."""

from __future__ import annotations

import configparser
import re

# for every character of a line configparser looks at all blanks behind it
TOO_SLOW = re.compile(r"[^\S\n]{1000}")


class IniError(Exception):
    """The text is no INI document, or one that takes a reader long."""


def read_ini(text: str, config: configparser.RawConfigParser | None = None) -> configparser.RawConfigParser:
    """Return the parser, a lenient one unless another is given, after it has read the text; raises IniError."""
    if TOO_SLOW.search(text):
        raise IniError("a line with more blanks than anyone writes")
    config = config or configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
    except (
        configparser.Error,
        AttributeError,
    ) as error:  # it trips over a continued line without a value before
        raise IniError(str(error)) from error
    return config
