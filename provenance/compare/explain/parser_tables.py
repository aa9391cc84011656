"""Parser tables that PLY writes as Python modules: recognized by a syntax tree of constants and PLY's own two loops."""

from __future__ import annotations

import ast
import re

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, open_question
from provenance.model import Explanation
from provenance.project.static import parse_module
from provenance.tree import REGULAR, Entry, parent

NAMES = re.compile(
    r"_tabversion|_lex(tokens|reflags|literals|stateinfo|statere|stateignore|stateerrorf|stateeoff)|"
    r"_lr_(method|signature|action_items|action|goto_items|goto|productions)"
)
LOOP = """
for _k, _v in _lr_{0}_items.items():
   for _x, _y in zip(_v[0], _v[1]):
      if not _x in _lr_{0}: _lr_{0}[_x] = {{}}
      _lr_{0}[_x][_k] = _y
del _lr_{0}_items
"""
LOOPS = frozenset(ast.dump(node) for name in ("action", "goto") for node in ast.parse(LOOP.format(name)).body)
NEEDED = ({"_tabversion", "_lextokens", "_lexstatere"}, {"_tabversion", "_lr_method", "_lr_productions"})


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Read the whole syntax tree, and look for a module of the source beside it that names this one."""
    if entry.mode != REGULAR or not entry.name.endswith(".py") or context.counterpart(entry.path) is not None:
        return None
    text = context.tree.text(entry.path) or ""
    if "_tabversion" not in text or (user := _user(entry, context)) is None or not _is_table(text):
        return None
    reason = f"constant tables as PLY writes them for {user}; only running PLY would prove their values"
    return open_question(RULE.name, reason, user)


def _is_table(text: str) -> bool:
    module = parse_module(text)
    bound: set[str] = set()
    for node in module.body if module else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if NAMES.fullmatch(name):
                if name in bound or not _is_constant(value):
                    return False
                bound.add(name)
            case ast.For() | ast.Delete() if _dumped(node) in LOOPS:
                pass
            case _:
                return False
    return any(needed <= bound for needed in NEEDED)


def _dumped(node: ast.stmt) -> str:
    try:
        return ast.dump(node)
    except RecursionError:
        return ""


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        is_set = isinstance(node.func, ast.Name) and node.func.id == "set" and not node.keywords
        return is_set and all(_is_constant(argument) for argument in node.args)
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return False
    return True


def _user(entry: Entry, context: Context) -> str | None:
    """A Python file of the source beside the table that names it as a word."""
    word = re.compile(rf"\b{re.escape(entry.name.removesuffix('.py'))}\b")
    folder = parent(entry.path)
    for other in context.tree.under(folder):
        if parent(other.path) != folder or not other.name.endswith(".py") or other.path == entry.path:
            continue
        original = context.counterpart(other.path)
        if (
            original is not None
            and original.blob == other.blob
            and word.search(context.tree.text(other.path) or "")
        ):
            return original.path
    return None


RULE = Rule(
    name="parser-tables",
    proves="Nothing: the file is recognized as tables of PLY by its whole syntax tree, which is assignments of "
    "constants to PLY's names and PLY's own two loops, and by a module of the source beside it that names it.",
    leaves_free="The values of the tables, which say how the parser reads its input.",
    sources=("PLY: lex.py and yacc.py, writetab and write_table",),
    explain=explain,
)
