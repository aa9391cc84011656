"""Values of plain expressions are read from setup.py's syntax tree; everything else stays unknown."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.project.static import Scope, Unknown, parse_module

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def value_of(text: str, name: str = "x") -> Any:
    """Return the value that a module binds to a name."""
    module = parse_module(text)
    assert module is not None
    return Scope(module, {"README": "read me"}.get).value(ast.Name(name, ast.Load()))


@given(PLAIN)
def test_a_literal_has_its_own_value(value: Any) -> None:
    """Reading the written form of a value gives the value."""
    assert value_of(f"x = {value!r}") == value


READ = [
    ("a = 'v'\nx = a + '1'", "v1"),
    ("x = ['a'] + ['b']", ["a", "b"]),
    ("x = 'v%s' % '1'", "v1"),
    ("x = ', '.join(['a', 'b'])", "a, b"),
    ("x = open('README').read()", "read me"),
    ("v = '1'\nx = f'v{v}'", "v1"),
]
UNKNOWN = [
    "import os\nx = os.environ['X']",
    "x = __import__('os').system('id')",
    "x = 'a'\nx = 'b'",
    "x = ['a']\nx.append('b')",
    "x = ['a']\nx += ['b']",
    "if True:\n    x = 'a'",
    "for x in ['a']:\n    pass",
    "x = x",
    "x = {[]: 1}",
    "x = open('SECRET').read()",
    "def f():\n    return 1\nx = f()",
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_a_plain_expression_is_read(text: str, value: Any) -> None:
    """What setup.py files commonly write."""
    assert value_of(text) == value


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_only_running_would_tell_is_unknown(text: str) -> None:
    """A name bound twice, changed, or bound by code has no static value."""
    with pytest.raises(Unknown):
        value_of(text)


@given(st.text(max_size=200))
def test_any_text_can_be_a_module(text: str) -> None:
    """Packaging files are somebody's words: none of them stops the tool."""
    module = parse_module(text)
    assert module is None or isinstance(module, ast.Module)
