"""Words that pass for others in, escapes out; words of any one language in, the same out."""

from __future__ import annotations

import pytest

from provenance.report.text_format import shown_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("requ\u0435sts", r"requ\u0435sts"),  # Cyrillic
        ("\u0441\u043e\u0440\u0443.py", r"\u0441\u043e\u0440\u0443.py"),  # all of it Cyrillic, reads as copy
        ("\uff56\uff11", r"\uff56\uff11"),  # wide forms
        ("\U0001d5cbequests", r"\U0001d5cbequests"),  # mathematical
        ("1\u06600", r"1\u06600"),  # an Arabic zero, which looks like a point
        ("git\u2024example", r"git\u2024example"),  # a leader for a point
        ("git.example\u2044o", r"git.example\u2044o"),  # a fraction's stroke for a slash
        ("re\u3164quests", r"re\u3164quests"),  # a letter that shows nothing
        ("requests\ufe0f", r"requests\ufe0f"),
        ("re\u200bquests", r"re\u200bquests"),
        ("\u202eyp.exe", r"\u202eyp.exe"),
        ("\x1b[2J", r"\x1b[2J"),
    ],
)
def test_what_passes_for_something_else_is_an_escape(text: str, shown: str) -> None:
    """Nobody reads another name than the one that is there."""
    assert shown_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "café, Łódź, ışık, Đặng, straße",
        "документ.txt",
        "Ελλάδα",
        "日本語テスト.py, Testノート, 注意：x",
        "’quoted’ – and so on … · → ✅ ✔\ufe0f",
    ],
)
def test_words_of_any_language_stay_as_they_are(text: str) -> None:
    """Scripts are not held against anybody."""
    assert shown_text(text) == text
