"""Verdicts in, exit codes out."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The documented exit codes."""

    YES = 0
    NO = 1
    USAGE = 2
    CANNOT_TELL = 3
    FAILED = 4


ANSWERS = {"yes": Exit.YES, "no": Exit.NO, "cannot tell": Exit.CANNOT_TELL}
