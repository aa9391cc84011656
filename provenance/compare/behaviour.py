"""A Python file as the source and as the package has it in, sentences on what the differing lines reach for out.

The code is parsed and never run. The sentences help a person to read; no verdict depends on them, since code can hide
what it does.
"""

from __future__ import annotations

import ast
import io
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from provenance.project.static import parse_module

# what code can reach for -> the names that it does so by, modules and what is in them
REACHES: dict[str, tuple[str, ...]] = {
    "can reach the network": (
        "aiohttp", "asyncio.open_connection", "asyncio.start_server", "dns", "ftplib", "http", "httpx", "imaplib",
        "nntplib", "paramiko", "poplib", "pycurl", "requests", "smtplib", "socket", "socketserver", "ssl",
        "telnetlib", "twisted", "urllib", "urllib3", "websocket", "websockets", "xmlrpc",
    ),
    "can start other programs": (
        "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "commands", "multiprocessing",
        "os.execl", "os.execle", "os.execlp", "os.execlpe", "os.execv", "os.execve", "os.execvp", "os.execvpe",
        "os.fork", "os.forkpty", "os.popen", "os.posix_spawn", "os.posix_spawnp", "os.spawnl", "os.spawnle",
        "os.spawnlp", "os.spawnlpe", "os.spawnv", "os.spawnve", "os.spawnvp", "os.spawnvpe", "os.startfile",
        "os.system", "pexpect", "pty", "sh", "subprocess",
    ),
    "can run code that is made while it runs, or native code": (
        "__builtins__", "__import__", "builtins", "cffi", "code", "codeop", "compile", "ctypes", "dill", "eval",
        "exec", "globals", "imp", "importlib", "marshal", "pickle", "runpy", "shelve", "types.CodeType",
        "types.FunctionType",
    ),
    "unpacks or decodes data": (
        "base64", "binascii", "bytes.fromhex", "bz2", "codecs", "gzip", "lzma", "quopri", "zlib",
    ),
    "can read environment variables, accounts or passwords": (
        "getpass", "keyring", "os.environ", "os.environb", "os.getenv", "os.getlogin", "os.putenv", "pwd",
    ),
    "can read or write files": (
        "fileinput", "glob", "io.FileIO", "io.open", "os.chmod", "os.chown", "os.link", "os.listdir",
        "os.makedirs", "os.mkdir", "os.open", "os.remove", "os.removedirs", "os.rename", "os.replace", "os.rmdir",
        "os.scandir", "os.symlink", "os.unlink", "os.walk", "open", "pathlib", "shutil", "sqlite3", "tarfile",
        "tempfile", "zipfile",
    ),
}  # fmt: skip
KINDS = {name: kind for kind, names in REACHES.items() for name in names}
UNREADABLE = (
    "is no Python that can be read here (broken, too large or too deep), so nothing is known of what it does"
)
NEW_LINE = re.compile(rb"\r\n|\r|\n")
PYTHON = re.compile(r".+\.(py|pyi|pyw|pth)")
MOST = 8  # names of one kind, lines of one name
GRAVE = frozenset({"MEDIUM", "HIGH"})


def is_python(path: str) -> bool:
    """Tell whether a file's name says that Python reads it as code."""
    return PYTHON.fullmatch(path) is not None


def behaviour(path: str, source: bytes, artifact: bytes) -> tuple[str, ...]:
    """Return what the artifact's lines that the source does not have reach for, one sentence each, with the lines.

    `source` is empty for a file that stands in the artifact alone. Where Bandit is installed, what it finds of medium
    or high severity is added.
    """
    if path.endswith(".pth"):
        source, artifact = _run_at_start(source), _run_at_start(artifact)
    module = parse_module(artifact)
    if module is None:
        return (UNREADABLE,)
    known = frozenset(NEW_LINE.split(source)) if source else frozenset[bytes]()
    new = {number for number, line in enumerate(NEW_LINE.split(artifact), 1) if line not in known}
    found: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    for name, line in sorted(_names(module, new), key=lambda row: row[1]):
        if kind := _kind(name):
            found[kind].setdefault(name, []).append(line)
    sentences = [_sentence(kind, found[kind]) for kind in REACHES if kind in found]
    return (*sentences, *_bandit(artifact, new))


def _run_at_start(content: bytes) -> bytes:
    """The lines of a .pth file that every start of Python runs; the others name folders."""
    lines = NEW_LINE.split(content)
    return b"\n".join(line if line.startswith((b"import ", b"import\t")) else b"" for line in lines)


def _names(module: ast.Module, lines: set[int]) -> Iterator[tuple[str, int]]:
    """Every dotted name that is imported or used on one of these lines, spelled out from the module it is from."""
    aliases = dict(_aliases(module))
    for node in ast.walk(module):
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        line = next((number for number in range(node.lineno, _end(node) + 1) if number in lines), None)
        if line is None:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, line) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((f"{node.module}.{alias.name}", line) for alias in node.names)
        elif isinstance(node, ast.Name | ast.Attribute) and (name := _dotted(node, aliases)):
            yield name, line


def _end(node: ast.expr | ast.stmt) -> int:
    """The last line of a name or an import; of anything larger only the first, for what it holds is looked at too."""
    is_small = isinstance(node, ast.Import | ast.ImportFrom | ast.Name | ast.Attribute)
    return (node.end_lineno or node.lineno) if is_small else node.lineno


def _aliases(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Names in the module -> what they were imported as, wherever in it that is."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _dotted(node: ast.Name | ast.Attribute, aliases: Mapping[str, str]) -> str:
    """`os.environ.get` of the expression that says so; "" of one that does not begin with a name."""
    parts: list[str] = []
    here: ast.expr = node
    while isinstance(here, ast.Attribute):
        parts.append(here.attr)
        here = here.value
    if not isinstance(here, ast.Name):
        return ""
    return ".".join([aliases.get(here.id, here.id), *reversed(parts)])


def _kind(name: str) -> str | None:
    """What a name reaches for, by the longest part of it that is known."""
    while name and name not in KINDS:
        name = name.rpartition(".")[0]
    return KINDS.get(name)


def _sentence(kind: str, names: Mapping[str, Iterable[int]]) -> str:
    """`can start other programs: os.system (lines 3, 9)`, leaving out a module whose contents are named."""
    outer = {prefix for name in names for prefix in accumulate(name.split(".")[:-1], "{}.{}".format)}
    told = [name for name in names if name not in outer]
    return f"{kind}: {_some([f'{name} ({_lines(set(names[name]))})' for name in told])}"


def _lines(numbers: set[int]) -> str:
    listed = _some([str(number) for number in sorted(numbers)])
    return f"line {listed}" if len(numbers) == 1 else f"lines {listed}"


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - MOST:,} more" if len(words) > MOST else ""
    return ", ".join(words[:MOST]) + more


def _bandit(content: bytes, lines: set[int]) -> Iterator[str]:
    """What Bandit finds on these lines, its exceptions in comments (`nosec`) ignored; nothing where it is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Bandit's own, and those about the code that it reads
        issues = _bandit_issues(content)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for issue in issues:
        if issue.severity in GRAVE and lines.intersection(issue.linerange or [issue.lineno]):
            found[f"Bandit's {issue.test_id}: {issue.text.removesuffix('.')}"].add(issue.lineno)
    yield from (f"{text} ({_lines(found[text])})" for text in sorted(found))


def _bandit_issues(content: bytes) -> list[Any]:
    try:
        from bandit.core.config import BanditConfig
        from bandit.core.manager import BanditManager
        from bandit.core.node_visitor import BanditNodeVisitor
    except ImportError:
        return []
    manager = BanditManager(BanditConfig(), "file", ignore_nosec=True)
    manager.metrics.begin("file")
    tools: tuple[Any, ...] = (manager.b_ma, manager.b_ts, False, {}, manager.metrics)
    visitor = BanditNodeVisitor("file", io.BytesIO(content), *tools)
    try:
        visitor.process(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return list(visitor.tester.results)
