"""`*_pb2.py` modules that protoc writes: recognized by their whole syntax tree and the .proto file of the commit."""

from __future__ import annotations

import ast
import re

from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule, open_question
from provenance.model import Explanation
from provenance.project.static import parse_module
from provenance.tree import REGULAR, Entry

HEADER = re.compile(r"(?:(?:#.*|[^\S\n]*)\n)*# source: ([\w./-]+\.proto)\n", re.ASCII)
LIBRARY = {
    "descriptor", "descriptor_pool", "symbol_database", "message", "reflection", "runtime_version", "builder",
    "enum_type_wrapper", "service", "service_reflection", "descriptor_pb2",
}  # fmt: skip
CALLS = {
    "Default", "AddSerializedFile", "FileDescriptor", "Descriptor", "FieldDescriptor", "EnumDescriptor",
    "EnumValueDescriptor", "OneofDescriptor", "ServiceDescriptor", "MethodDescriptor", "GeneratedProtocolMessageType",
    "GeneratedServiceType", "GeneratedServiceStubType", "EnumTypeWrapper", "RegisterMessage", "RegisterExtension",
    "RegisterEnumDescriptor", "RegisterFileDescriptor", "RegisterServiceDescriptor", "BuildMessageAndEnumDescriptors",
    "BuildTopDescriptorsAndMessages", "BuildServices", "ValidateProtobufRuntimeVersion", "_ParseOptions",
    "FileOptions", "MessageOptions", "FieldOptions", "EnumOptions", "EnumValueOptions", "ServiceOptions",
    "MethodOptions",
}  # fmt: skip
VALUES = {
    "_internal_create_key",
    "_USE_C_DESCRIPTORS",
    "Message",
    "Service",
    "Domain",
    "PUBLIC",
    "DESCRIPTOR",
}
BYTES = "_b=sys.version_info[0]<3 and (lambda x:x) or (lambda x:x.encode('latin1'))"
BYTES_TREE = ast.dump(ast.parse(BYTES).body[0])


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Read the header and every statement, and look for the .proto file that the header names."""
    if (
        entry.mode != REGULAR
        or not entry.name.endswith("_pb2.py")
        or context.counterpart(entry.path) is not None
    ):
        return None
    text = context.tree.text(entry.path) or ""
    header = HEADER.match(text)
    if header is None or header[1].rpartition("/")[2] != f"{entry.name.removesuffix('_pb2.py')}.proto":
        return None
    wanted = header[1].rpartition("/")[2]
    origins = sorted(path for path in context.source_tree.entries if f"/{path}".endswith(f"/{wanted}"))
    module = parse_module(text)
    if not origins or module is None or not _is_generated(module):
        return None
    reason = f"protoc writes such a module from {origins[0]}; only running it would prove the descriptors"
    return open_question(RULE.name, reason, origins[0])


def _is_generated(module: ast.Module) -> bool:
    try:
        return _Module().holds(module.body)
    except RecursionError:
        return False


class _Module:
    """The statements of one module: `library` are the names that it imports from google.protobuf."""

    def __init__(self) -> None:
        self.library: set[str] = set()

    def holds(self, body: list[ast.stmt]) -> bool:
        """Whether each statement is one that protoc writes."""
        return bool(body) and all(self._statement(node) for node in body)

    def _statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.ImportFrom() | ast.Import():
                return self._import(node)
            case ast.Assign() if ast.dump(node) == BYTES_TREE:
                return True
            case ast.Assign(targets=[target], value=value):
                return self._is_target(target) and self._plain(value)
            case ast.Expr(value=value):
                return self._plain(value)
            case ast.If(test=test, body=body, orelse=[]):
                return "_USE_C_DESCRIPTORS" in ast.unparse(test) and self._test(test) and self.holds(body)
        return False

    def _import(self, node: ast.ImportFrom | ast.Import) -> bool:
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.Import):
            return all(name.endswith("_pb2") or name == "sys" for name in names)
        module = node.module or ""
        if module in ("google.protobuf", "google.protobuf.internal") and set(names) <= LIBRARY:
            self.library.update(alias.asname or alias.name for alias in node.names)
            return True
        return all(name.endswith("_pb2") for name in names) or (module.endswith("_pb2") and names == ["*"])

    def _test(self, node: ast.expr) -> bool:
        match node:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=False)]):
                return self._plain(left)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._plain(operand)
        return False

    def _is_target(self, node: ast.expr) -> bool:
        """A name, or a part of an object that the module itself made."""
        match node:
            case ast.Name(id=name):
                return name not in self.library
            case ast.Attribute(value=inner) | ast.Subscript(value=inner, slice=ast.Constant()):
                return self._is_target(inner)
        return False

    def _plain(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name):
                return name != "sys"
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return all(map(self._plain, items))
            case ast.Dict(keys=keys, values=values):
                return all(isinstance(key, ast.Constant) for key in keys) and all(map(self._plain, values))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return True
            case ast.Subscript(value=inner, slice=ast.Constant()):
                return self._plain(inner)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in self.library:
                return attribute in VALUES
            case ast.Attribute(value=inner, attr=attribute):
                return not attribute.startswith("__") and self._plain(inner)
            case ast.Call():
                return self._call(node)
        return False

    def _call(self, node: ast.Call) -> bool:
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not all(map(self._plain, values)) or any(keyword.arg is None for keyword in node.keywords):
            return False
        match node.func:
            case ast.Name(id=name):
                return name in ("_b", "float") or (name == "globals" and not values)
            case ast.Attribute(value=ast.Constant(), attr="decode"):
                return True
            case ast.Attribute(value=inner, attr=attribute):
                return attribute in CALLS and (isinstance(inner, ast.Name) or self._plain(inner))
        return False


RULE = Rule(
    name="protobuf-modules",
    proves="Nothing: the file is recognized as a module of protoc by its header, which names a .proto file of the "
    "commit, and by its whole syntax tree: imports of protobuf and of other such modules, constants, and the calls "
    "that protoc writes.",
    leaves_free="The descriptors, which say what the messages hold.",
    sources=("protobuf: compiler/python/generator.cc",),
    explain=explain,
)
