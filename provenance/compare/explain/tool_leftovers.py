"""What tools leave behind when a developer packs a folder: pytest's cache, macOS's bookkeeping, empty files."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from typing import Any

from provenance.compare.classify import severity_of
from provenance.compare.context import Context
from provenance.compare.explain.rule import Rule
from provenance.model import Evidence, Explanation, Severity
from provenance.tree import REGULAR, Entry, join

CACHE = re.compile(r"((?:.+/)?)\.pytest_cache/(.+)")
README = (
    b"# pytest cache directory #\n\nThis directory contains data from the pytest's cache plugin,\nwhich provides the "
    b"`--lf` and `--ff` options, as well as the `cache` fixture.\n\n**Do not** commit this to version control.\n\n"
    b"See [the docs](https://docs.pytest.org/en/%s.html) for more information.\n"
)
TAG = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag created by pytest.\n"
    b"# For information about cache directory tags, see:\n#\t%s/cachedir/spec.html\n"
)
EXACT = {
    "README.md": {README % place for place in (b"stable/how-to/cache", b"stable/cache", b"latest/cache")},
    "CACHEDIR.TAG": {TAG % host for host in (b"https://bford.info", b"http://www.bford.info")},
    ".gitignore": {b"# Created by pytest automatically.\n*\n", b"# Created by pytest automatically.\n*"},
}
NODE = re.compile(r"([\w./+ -]+\.(?:py|rst|txt|md))(?:::(\w+)(?:::\w+)*(?:::(?:\w+\.)*\w+)?(\[.{0,600}\])?)?")
MARKUP = re.compile(r"<[A-Za-z!/?]|`|\b(?:import|exec|eval|script)\b")
INFO_FOLDER = re.compile(r"\.(?:dist|egg)-info/")
NAMED = re.compile(r"\.git|\.DS_Store|\._.*", re.DOTALL)
SUBMODULE_LINK = re.compile(rb"gitdir: (?:\.\./)+\.git/modules/(?!.*\.\.)[\w./+-]{1,300}\n?")
LARGEST = 8 << 20  # bytes of a cache file worth reading


def explain(entry: Entry, context: Context) -> Explanation | None:
    """Recognize a leftover whose whole content follows its tool's format, where the source has no such file."""
    if entry.mode != REGULAR or context.counterpart(entry.path) is not None:
        return None
    severity = severity_of(entry, context.subject.kind, context.tree)
    if severity in (Severity.CRITICAL, Severity.HIGH):
        return None
    match = CACHE.fullmatch(entry.path)
    is_read = match or NAMED.fullmatch(entry.name) or not entry.size
    content = context.tree.load(entry.blob) if is_read else None
    if content is None:
        return None
    if match:
        is_sdist = context.subject.kind == "sdist"
        if _is_pytest_cache(match[1].rstrip("/"), match[2], content, context):
            return _leftover("a file of pytest's cache", Severity.INFO if is_sdist else Severity.LOW)
    elif entry.name == ".git" and SUBMODULE_LINK.fullmatch(content):
        return _leftover("git's link from a submodule to its repository", Severity.INFO)
    elif entry.name == ".DS_Store" and _is_ds_store(content):
        return _leftover("a folder's view settings of macOS", Severity.LOW)
    elif entry.name.startswith("._") and _is_apple_double(content):
        return _leftover("a file's attributes of macOS", Severity.LOW)
    elif (
        not content
        and context.subject.kind == "sdist"
        and "/" in entry.path
        and not INFO_FOLDER.search(entry.path)
    ):
        return _leftover("an empty file that nothing imports", Severity.LOW)
    return None


def _leftover(what: str, severity: Severity) -> Explanation:
    return Explanation(rule=RULE.name, evidence=Evidence.RECOGNIZED, reason=what, severity=severity)


def _is_pytest_cache(folder: str, path: str, content: bytes, context: Context) -> bool:
    if path in EXACT:
        return content.replace(b"\r\n", b"\n") in EXACT[path]
    if not path.startswith("v/cache/") or len(content) > LARGEST:
        return False
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return False
    nodes = list(_node_ids(path.removeprefix("v/cache/"), value))
    return all(isinstance(node, str) for node in nodes) and _are_known(set(nodes), folder, context)


def _node_ids(path: str, value: Any) -> Iterator[Any]:
    """Every text of the document; a value that is not the format's own is yielded as None."""
    if path in ("nodeids", "stepwise") and isinstance(value, list):
        yield from value
    elif path == "lastfailed" and isinstance(value, dict):
        yield from value
        yield from (None for state in value.values() if state is not True)
    elif path == "stepwise" and isinstance(value, dict):
        count, date, last = (
            value.get(key) for key in ("last_test_count", "last_cache_date_str", "last_failed")
        )
        is_known = (
            len(value) == 3
            and isinstance(count, int | None)
            and re.fullmatch(r"[\d:.T-]{10,32}", str(date), re.ASCII)
        )
        yield from ([last] if last is not None and is_known else [] if is_known else [None])
    else:
        yield None


def _are_known(nodes: set[str], folder: str, context: Context) -> bool:
    """Whether each is a test's name: a file of the source or the artifact, and a name that stands in it."""
    names: dict[str, set[str]] = {}
    for node in nodes:
        match = NODE.fullmatch(node)
        if match is None or MARKUP.search(match[3] or ""):
            return False
        names.setdefault(match[1], set()).update([match[2]] if match[2] else [])
    return all(_holds(join(folder, path), wanted, context) for path, wanted in names.items())


def _holds(path: str, names: set[str], context: Context) -> bool:
    text = context.tree.text(path)
    if text is None:
        return context.counterpart(path) is not None
    words = set(re.findall(r"\w+", text))
    return all(name in words or path.endswith((".rst", ".txt", ".md")) for name in names)


def _is_ds_store(content: bytes) -> bool:
    """The allocator's header: magic, and the place of its root block, which is stated twice."""
    if len(content) < 36 or content[:8] != b"\0\0\0\1Bud1":
        return False
    place, size, again = struct.unpack(">III", content[8:20])
    return bool(place == again and place + size + 4 <= len(content) <= 1 << 20)


def _is_apple_double(content: bytes) -> bool:
    """The header and its table of entries, each of which lies within the file."""
    if len(content) < 26 or content[:8] != b"\0\5\x16\7\0\2\0\0" or len(content) > 1 << 16:
        return False
    count = struct.unpack(">H", content[24:26])[0]
    if not 0 < count <= 15 or len(content) < 26 + 12 * count:
        return False
    rows = struct.iter_unpack(">III", content[26 : 26 + 12 * count])
    return all(0 < kind < 16 and start + length <= len(content) for kind, start, length in rows)


RULE = Rule(
    name="tool-leftovers",
    proves="Nothing: the file is recognized as what a tool leaves behind, in a format that holds no code, where the "
    "source has no such file. pytest's cache is exactly the text that pytest writes, or names of tests whose files are "
    "in the source or the sdist; macOS's files have their whole header; an empty file stands in a folder and has no "
    "name that Python imports or a build reads; a submodule's .git file is one line that leads to its repository in "
    "the checkout's own .git folder. Outside importable packages such a file counts as harmless.",
    leaves_free="The parameters in the names of tests, up to 600 characters without markup; what macOS's files hold.",
    sources=(
        "pytest: cacheprovider.py, stepwise.py",
        "gitrepository-layout(5)",
        "Apple: AppleSingle and AppleDouble formats",
    ),
    explain=explain,
)
