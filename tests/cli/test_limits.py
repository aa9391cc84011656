"""PROVENANCE_LIMITS in, the bounds on what is read out."""

from __future__ import annotations

import pytest

from provenance.cli.options import chosen_limits
from provenance.errors import UsageError
from provenance.model import Limits


def test_a_limit_that_is_named_is_changed_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and numbers, with commas between them."""
    monkeypatch.setenv("PROVENANCE_LIMITS", "members=7, git_seconds=1.5")
    assert chosen_limits() == Limits(members=7, git_seconds=1.5)


@pytest.mark.parametrize("text", ["members", "members=many", "members=0", "members=-1", "member=7"])
def test_what_names_no_limit_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the names that there are."""
    monkeypatch.setenv("PROVENANCE_LIMITS", text)
    with pytest.raises(UsageError) as raised:
        chosen_limits()
    assert "git_refs" in raised.value.hint
