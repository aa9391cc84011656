"""Text in, the same out with every sign that passes for another one written as an escape: Unicode's TR 39, per word.

A word of another script is left as it is, as long as one of its letters could be of no other: `документ`, not `сору`.
"""

from __future__ import annotations

import re
import string
import unicodedata
from functools import cache

ALPHABET = frozenset(string.ascii_letters + string.digits)
SEPARATORS = frozenset("/\\:.@")
LATIN_OF_LANGUAGES = "\u0250"  # where the letters end that languages with Latin scripts write
WORD = re.compile(r"[^\W_]+")
# signs that show nothing although Python calls them printable; emoji keep their variant
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
    "|(?<![\u2000-\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]"
)
AFTER_ASCII = re.compile(r"(?<=[!-~])[^\w\s\x00-\x7f]")


def without_lookalikes(text: str) -> str:
    """Return text with escapes for what looks like ASCII's letters, digits and separators, or like nothing."""
    if text.isascii():
        return text
    text = WORD.sub(lambda word: _plain_word(word[0]), text)
    text = AFTER_ASCII.sub(
        lambda sign: escaped(sign[0]) if _looks_like(sign[0]) & SEPARATORS else sign[0], text
    )
    return INVISIBLE.sub(lambda sign: escaped(sign[0]), text)


def escaped(sign: str) -> str:
    """Return a sign as Python's own escape."""
    return ascii(sign)[1:-1]


def _plain_word(word: str) -> str:
    if word.isascii():
        return word
    is_foreign = not any(sign in ALPHABET for sign in word)
    if is_foreign and any(not _is_lookalike(sign) for sign in word):
        return word
    digits = "" if is_foreign else "".join(filter(str.isdecimal, word))  # numbers of two scripts in one
    return "".join(
        escaped(sign) if _is_lookalike(sign) or (sign in digits and not sign.isascii()) else sign
        for sign in word
    )


@cache
def _is_lookalike(sign: str) -> bool:
    if sign.isascii() or (sign < LATIN_OF_LANGUAGES and unicodedata.name(sign, "").startswith("LATIN")):
        return False
    return bool(_looks_like(sign) & ALPHABET)


def _looks_like(sign: str) -> frozenset[str]:
    """The single signs that this one can be taken for."""
    from confusable_homoglyphs.confusables import confusables_data

    found = {each["c"] for each in confusables_data.get(sign, ())}
    return frozenset({*found, unicodedata.normalize("NFKC", sign)})
