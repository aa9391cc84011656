"""An artifact in, the tampers with the small files that steer an installation out: entry points to RECORD."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from corpus.mutations import Changes, Edit, File, Mutation, Rewrite, as_bytes, content_of, rewritten
from corpus.mutations_metadata import inject
from provenance.compare import Context, Subject

WHEEL_LINES = (
    "Evil: evil", "Root-Is-Purelib: false", "Root-Is-Purelib: true", "Tag: cp311-cp311-linux_x86_64",
    "Tag: py2-none-any", "Wheel-Version: 9.9", "Generator: evil (1.0)", "Build: 9",
)  # fmt: skip
ENTRY_POINTS = {
    "add a command": "\n[console_scripts]\nevil-command = evil:main\n",
    "add a command in words that the source mentions": "\n[console_scripts]\nname = setup\n",
    "add a plugin group": "\n[pytest11]\nevil = evil\n",
    "add a distutils command": "\n[distutils.commands]\nbuild_py = evil:build\n",
}
EGG_LINES = {
    "requires.txt": ("evil\n", "\n[test]\nevil\n", "evil @ https://evil.example/evil.whl\n"),
    "SOURCES.txt": ("evil.py\n", "../evil.py\n", "import os\n", "setup.py\n"),
    "top_level.txt": ("evil\n", "tests\n", "os\n", "import os\n"),
    "dependency_links.txt": ("https://evil.example/evil.tar.gz\n",),
    "namespace_packages.txt": ("evil\n",),
    "zip-safe": ("import os\n",),
    "not-zip-safe": ("import os\n",),
    "pbr.json": ("import os\n",),
    "PKG-INFO": ("Requires-Dist: evil\n",),
}
SETUP_CFG = (
    "[options]\ninstall_requires = evil\n",
    "[easy_install]\nindex_url = https://evil.example\n",
    "[egg_info]\negg_base = evil\n",
    "[global]\ncommand_packages = evil\n",
    "[metadata]\nversion = attr: evil.version\n",
    "[build_ext]\ninclude_dirs = evil\n",
    "[options.entry_points]\nconsole_scripts =\n    evil = evil:main\n",
)


def steering_mutations(context: Context) -> Iterator[Mutation]:
    """Yield the tampers with entry points, in this artifact alone and in all of the release, and with other files."""
    for everywhere in (False, True) if context.siblings else (False,):
        suffix = " in every artifact" * everywhere
        for kind, addition in ENTRY_POINTS.items():
            edit = _in_entry_points(_added(addition))
            yield Mutation(kind + suffix, "entry_points.txt", edit, everywhere)
        yield Mutation(
            f"redirect a command{suffix}", "entry_points.txt", _in_entry_points(_redirect), everywhere
        )
        yield Mutation(
            f"remove a command{suffix}", "entry_points.txt", _in_entry_points(_drop_line), everywhere
        )
    yield from _of_one_file(context.subject)


def _of_one_file(subject: Subject) -> Iterator[Mutation]:
    for path in subject.tree.entries:
        folder, _, name = path.rpartition("/")
        if not folder.endswith((".egg-info", ".dist-info")) and path != "PKG-INFO":
            continue
        for line in EGG_LINES.get(name, ()):
            yield Mutation(f"add a line to {name}", path, rewritten(path, _appended(line)))
        if name in ("METADATA", "PKG-INFO"):
            yield Mutation(
                "inject a dependency in one file",
                path,
                rewritten(path, as_bytes(inject("Requires-Dist: evil"))),
            )
        if name in EGG_LINES or name in ("WHEEL", "RECORD"):
            yield Mutation(f"remove a line of {name}", path, rewritten(path, as_bytes(_drop_line)))
        if name == "WHEEL":
            for line in WHEEL_LINES:
                yield Mutation("add a line to WHEEL", path, rewritten(path, _appended(line + "\n")))
                yield Mutation(
                    "replace a line of WHEEL", path, rewritten(path, as_bytes(_replace_field(line)))
                )
        if name == "RECORD":
            for kind, edit in RECORD_EDITS.items():
                yield Mutation(kind, path, rewritten(path, as_bytes(edit)))
    if subject.kind == "sdist":
        for addition in SETUP_CFG:
            yield Mutation("another key in setup.cfg", "setup.cfg", _in_setup_cfg(addition))


def _appended(line: str) -> Callable[[bytes, Random], bytes]:
    return lambda content, random: content + (b"" if content.endswith(b"\n") else b"\n") + line.encode()


def _in_entry_points(rewrite: Rewrite) -> Edit:
    def edit(subject: Subject, random: Random) -> Changes | None:
        folders = [subject.dist_info] if subject.dist_info else []
        if subject.kind == "sdist":
            folders = sorted(
                {
                    path.rpartition("/")[0]
                    for path in subject.tree.entries
                    if path.endswith(".egg-info/PKG-INFO")
                }
            )[:1]
        if not folders:
            return None
        path = f"{folders[0]}/entry_points.txt"
        old = content_of(subject, path).decode(errors="replace")
        new = rewrite(old, random)
        return None if new == old else {path: File(new.encode())}

    return edit


def _added(addition: str) -> Rewrite:
    return lambda text, random: _merge(text, addition)


def _merge(text: str, addition: str) -> str:
    """The addition in its own section, which may exist."""
    _, header, row = addition.split("\n")[0:3]
    if header in text:
        return text.replace(header, f"{header}\n{row}", 1)
    return text.rstrip("\n") + ("\n" if text else "") + addition


def _redirect(text: str, random: Random) -> str:
    rows = re.findall(r"^[^\[\n]+=.*$", text, re.MULTILINE)
    if not rows:
        return text
    row = random.choice(rows)
    return text.replace(row, f"{row.partition('=')[0]}= evil:main", 1)


def _drop_line(text: str, random: Random) -> str:
    lines = text.split("\n")
    kept = [number for number, line in enumerate(lines) if line.strip() and not line.startswith("[")]
    if kept:
        del lines[random.choice(kept)]
    return "\n".join(lines)


def _replace_field(line: str) -> Rewrite:
    key = line.partition(":")[0]
    return lambda text, random: re.sub(rf"^{key}: .*$", line, text, count=1, flags=re.MULTILINE)


def _edit_row(edit: Callable[[str], str]) -> Rewrite:
    def rewrite(text: str, random: Random) -> str:
        lines = text.split("\n")
        rows = [number for number, line in enumerate(lines) if "sha256=" in line]
        if rows:
            place = random.choice(rows)
            lines[place] = edit(lines[place])
        return "\n".join(lines)

    return rewrite


RECORD_EDITS: dict[str, Rewrite] = {
    "another digest in RECORD": _edit_row(lambda row: row.replace("sha256=", "sha256=A", 1)),
    "another algorithm in RECORD": _edit_row(lambda row: row.replace("sha256=", "md5=", 1)),
    "no digest in RECORD": _edit_row(lambda row: row.partition(",")[0] + ",,"),
    "another size in RECORD": _edit_row(lambda row: row + "0"),
    "a row twice in RECORD": _edit_row(lambda row: f"{row}\n{row}"),
    "a file that is not there in RECORD": _edit_row(lambda row: f"{row}\nevil.py,,"),
    "a file outside in RECORD": _edit_row(lambda row: f"{row}\n../../evil.py,,"),
}


def _in_setup_cfg(addition: str) -> Edit:
    """The addition before everything else; under a header that is there already, where there is one."""
    header, _, rows = addition.partition("\n")

    def edit(subject: Subject, random: Random) -> Changes | None:
        old = content_of(subject, "setup.cfg").decode(errors="replace")
        new = old.replace(header, f"{header}\n{rows.rstrip()}", 1) if header in old else f"{addition}\n{old}"
        return {"setup.cfg": File(new.encode())}

    return edit
