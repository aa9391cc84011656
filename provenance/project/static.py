"""A Python module's text in, the values of its plain expressions out: constants only, nothing is ever run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import Any

LONGEST = 2_000_000  # characters of a module worth parsing


class Unknown(Exception):  # noqa: N818 - not an error: the answer that a value is not static
    """The expression's value cannot be told without running code."""


def parse_module(text: str | bytes) -> ast.Module | None:
    """Parse a module, bytes as their coding line says; None where it is no Python that this interpreter reads.

    Also None where it is too large or too deep.
    """
    if len(text) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the text is an artifact's: it must not speak on our stderr
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Scope:
    """Names bound once at a module's top level, evaluated when asked for; `read` gives a file's text or None."""

    def __init__(self, module: ast.Module, read: Callable[[str], str | None] | None = None) -> None:
        self._read = read
        self._bound: dict[str, ast.expr | None] = {}
        self._busy: set[str] = set()
        top = {*module.body}
        for node in ast.walk(module):
            for name, value in _bindings(node, node in top):
                self._bound[name] = None if name in self._bound else value

    def value(self, node: ast.expr) -> Any:
        """Return the expression's value; raises Unknown where only running the code would tell."""
        try:
            return self._value(node)
        except (RecursionError, TypeError, ValueError, OverflowError, MemoryError) as error:
            raise Unknown from error  # such as a list for a key: running the code would fail, too

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.Name(id=name):
                return self._named(name)
            case ast.List(elts=items):
                return [self._value(item) for item in items]
            case ast.Tuple(elts=items):
                return tuple(self._value(item) for item in items)
            case ast.Set(elts=items):
                return {self._value(item) for item in items}
            case ast.Dict(keys=keys, values=values) if all(keys):
                return {
                    self._value(key): self._value(value)
                    for key, value in zip(keys, values, strict=True)
                    if key
                }
            case ast.JoinedStr(values=parts):
                return "".join(str(self._value(part)) for part in parts)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self._value(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._added(self._value(left), self._value(right))
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return self._formatted(self._value(left), self._value(right))
            case ast.Call(func=ast.Attribute(value=owner, attr=method), args=args, keywords=[]):
                return self._called(owner, method, args)
            case ast.Call(func=ast.Name(id=("list" | "tuple" | "str") as kind), args=[only], keywords=[]):
                return {"list": list, "tuple": tuple, "str": str}[kind](self._value(only))
        raise Unknown

    def _named(self, name: str) -> Any:
        node = self._bound.get(name)
        if node is None or name in self._busy:
            raise Unknown
        self._busy.add(name)
        try:
            return self._value(node)
        finally:
            self._busy.discard(name)

    def _called(self, owner: ast.expr, method: str, args: list[ast.expr]) -> Any:
        if method == "read" and isinstance(owner, ast.Call) and _is_open(owner.func) and owner.args:
            text = self._read(self._value(owner.args[0])) if self._read else None
            if text is None:
                raise Unknown
            return text
        value = self._value(owner)
        values = [self._value(arg) for arg in args]
        if isinstance(value, str) and method in (
            "strip",
            "join",
            "replace",
            "split",
            "splitlines",
            "lstrip",
            "rstrip",
            "lower",
        ):
            try:
                return getattr(value, method)(*values)
            except (TypeError, ValueError) as error:
                raise Unknown from error
        raise Unknown

    @staticmethod
    def _added(left: Any, right: Any) -> Any:
        if type(left) is type(right) and isinstance(left, str | list | tuple | int):
            return left + right
        raise Unknown

    @staticmethod
    def _formatted(template: Any, values: Any) -> str:
        if isinstance(template, str) and isinstance(values, str | tuple | int) and len(template) < 10_000:
            try:
                return template % values
            except (TypeError, ValueError, MemoryError) as error:
                raise Unknown from error
        raise Unknown


def _bindings(node: ast.AST, at_top: bool) -> list[tuple[str, ast.expr | None]]:
    """Names that a statement binds; with a value only for a plain assignment at the top level."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value if at_top else None)]
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return [(name, value if at_top else None)]
        case ast.Name(id=name, ctx=ast.Store()):
            return []
        case ast.AugAssign(target=ast.Name(id=name)) | ast.NamedExpr(target=ast.Name(id=name)):
            return [(name, None), (name, None)]
        case ast.Call(
            func=ast.Attribute(
                value=ast.Name(id=name), attr=("append" | "extend" | "update" | "insert" | "pop")
            )
        ):
            return [(name, None), (name, None)]
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return [(name, None), (name, None)]
        case ast.For(target=target) | ast.With(items=[ast.withitem(optional_vars=target)]):
            return (
                [(each.id, None) for each in ast.walk(target) if isinstance(each, ast.Name)] if target else []
            )
        case ast.Assign(targets=targets):
            return [
                (each.id, None)
                for target in targets
                for each in ast.walk(target)
                if isinstance(each, ast.Name)
            ]
    return []


def _is_open(node: ast.expr) -> bool:
    match node:
        case ast.Name(id="open") | ast.Attribute(value=ast.Name(id=("codecs" | "io")), attr="open"):
            return True
    return False
