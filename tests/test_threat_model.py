"""docs/threat-model.md in; out, whether every test stands that it names, and every limit that there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from provenance.model import Limits

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", TEXT)))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part or "file")
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    """A claim without its test is none."""
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
    assert name in functions if name else any(function.startswith("test_") for function in functions)


def test_every_attack_has_a_test() -> None:
    """The last column of the table is never empty."""
    rows = TEXT.partition("## Attacks, answers, tests")[2].splitlines()
    attacks = [row for row in rows if row.startswith("| ")][2:]
    assert len(attacks) > 20
    assert all("`tests/" in row.rpartition(" | ")[2] or "the same" in row for row in attacks)


def test_every_limit_is_documented() -> None:
    """With its name, as PROVENANCE_LIMITS takes it."""
    assert [name for name in Limits.model_fields if f"`{name}`" not in TEXT] == []
