"""An artifact in, the tampers with what it says about itself out: metadata, entry points, egg-info, WHEEL, RECORD."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from corpus.mutations import Changes, Edit, File, Mutation, content_of, rewritten
from provenance.compare import Context, Subject

Rewrite = Callable[[str, Random], str]
INJECTED = {
    "inject a dependency": "Requires-Dist: evil",
    "inject a dependency on a URL": "Requires-Dist: evil @ https://evil.example/evil.whl",
    "inject a dependency of an extra": "Requires-Dist: evil; extra == 'test'",
    "inject an old-style dependency": "Requires: evil",
    "inject an external requirement": "Requires-External: evil",
    "inject an extra": "Provides-Extra: evil",
    "inject obsoleted distributions": "Obsoletes-Dist: pip",
    "inject provided distributions": "Provides-Dist: pip",
    "inject another Python range": "Requires-Python: >=2",
    "inject a second name": "Name: evil",
    "inject a second version": "Version: 99",
    "inject a URL": "Project-URL: Source, https://github.com/evil/evil",
    "inject a home page": "Home-page: https://evil.example",
    "inject a download URL": "Download-URL: https://evil.example/evil.tar.gz",
    "inject a classifier": "Classifier: Private :: evil",
    "inject a maintainer": "Maintainer-email: evil@evil.example",
    "inject a licence": "License: evil",
    "inject a field that does not exist": "Evil: evil",
    "inject Dynamic": "Dynamic: Requires-Dist",
    "inject a platform": "Platform: evil",
    "inject a licence file": "License-File: evil.py",
    "inject Import-Name": "Import-Name: evil",
}
WHEEL_LINES = (
    "Evil: evil", "Root-Is-Purelib: false", "Root-Is-Purelib: true", "Tag: cp311-cp311-linux_x86_64",
    "Tag: py2-none-any", "Wheel-Version: 9.9", "Generator: evil (1.0)", "Build: 9",
)  # fmt: skip
ENTRY_POINTS = {
    "add a command": "\n[console_scripts]\nevil-command = evil:main\n",
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


def metadata_mutations(context: Context) -> Iterator[Mutation]:
    """Yield the tampers with the artifact's own statements, each in this artifact alone and in all of the release."""
    subject = context.subject
    shown = subject.metadata_path or "PKG-INFO"
    for everywhere in (False, True) if context.siblings else (False,):
        suffix = " in every artifact" * everywhere
        for kind, line in INJECTED.items():
            yield Mutation(kind + suffix, shown, _in_metadata(_inject(line)), everywhere)
        text = content_of(subject, shown).decode(errors="replace")
        for line in dict.fromkeys(text.split("\n")[number] for number in _headers(text)):
            for kind, edit in LINE_EDITS.items():
                yield Mutation(
                    f"{kind} of metadata{suffix}", shown, _in_metadata(_on_line(line, edit)), everywhere
                )
        yield Mutation(
            f"change the description{suffix}", shown, _in_metadata(_change_description), everywhere
        )
        for kind, addition in ENTRY_POINTS.items():
            edit = _in_entry_points(lambda text, random, addition=addition: _merge(text, addition))
            yield Mutation(kind + suffix, "entry_points.txt", edit, everywhere)
        yield Mutation(
            f"redirect a command{suffix}", "entry_points.txt", _in_entry_points(_redirect), everywhere
        )
        yield Mutation(
            f"remove a command{suffix}", "entry_points.txt", _in_entry_points(_drop_line), everywhere
        )
    yield from _of_one_file(subject)


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
                rewritten(path, _as_bytes(_inject("Requires-Dist: evil"))),
            )
        if name in EGG_LINES or name in ("WHEEL", "RECORD"):
            yield Mutation(f"remove a line of {name}", path, rewritten(path, _as_bytes(_drop_line)))
        if name == "WHEEL":
            for line in WHEEL_LINES:
                yield Mutation("add a line to WHEEL", path, rewritten(path, _appended(line + "\n")))
                yield Mutation(
                    "replace a line of WHEEL", path, rewritten(path, _as_bytes(_replace_field(line)))
                )
        if name == "RECORD":
            for kind, edit in RECORD_EDITS.items():
                yield Mutation(kind, path, rewritten(path, _as_bytes(edit)))
    if subject.kind == "sdist":
        for addition in SETUP_CFG:
            yield Mutation("another key in setup.cfg", "setup.cfg", _in_setup_cfg(addition))


def _as_bytes(rewrite: Rewrite) -> Callable[[bytes, Random], bytes]:
    def change(content: bytes, random: Random) -> bytes:
        text = content.decode(errors="surrogateescape")
        return rewrite(text, random).encode(errors="surrogateescape")

    return change


def _appended(line: str) -> Callable[[bytes, Random], bytes]:
    return lambda content, random: content + (b"" if content.endswith(b"\n") else b"\n") + line.encode()


def _in_metadata(rewrite: Rewrite) -> Edit:
    """The same edit in every metadata file of the artifact, and in the requires.txt that repeats it."""

    def edit(subject: Subject, random: Random) -> Changes | None:
        paths = [subject.metadata_path] if subject.metadata_path else []
        paths += [path for path in subject.tree.entries if path.endswith(".egg-info/PKG-INFO")]
        seed = random.random()
        changes: dict[str, File | None] = {}
        for path in paths:
            old = content_of(subject, path)
            new = _as_bytes(rewrite)(old, Random(seed))
            if new != old:
                changes[path] = File(new)
        return changes | _requires_txt(subject, changes) if changes else None

    return edit


def _requires_txt(subject: Subject, changes: Changes) -> Changes:
    """The same new dependencies in requires.txt, without which setuptools' own check would notice."""
    new: list[str] = []
    for path, file in changes.items():
        before = set(content_of(subject, path).decode(errors="replace").splitlines())
        after = (file.content if file else b"").decode(errors="replace").splitlines()
        new = [line for line in after if line.startswith("Requires-Dist: ") and line not in before]
    names = [line.removeprefix("Requires-Dist: ") for line in new if "extra ==" not in line]
    paths = [path for path in subject.tree.entries if path.endswith(".egg-info/requires.txt")]
    text = "".join(f"{name}\n" for name in names)
    return {path: File(text.encode() + content_of(subject, path)) for path in paths if text}


def _headers(text: str) -> list[int]:
    """Numbers of the lines that begin a header field."""
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    return [number for number in range(end) if re.match(r"[A-Za-z-]+: ", lines[number])]


def _inject(line: str) -> Rewrite:
    def rewrite(text: str, random: Random) -> str:
        headers = _headers(text)
        lines = text.split("\n")
        lines.insert(random.choice(headers) if headers else 0, line)
        return "\n".join(lines)

    return rewrite


def _on_line(line: str, edit: Callable[[str, Random], str | None]) -> Rewrite:
    def rewrite(text: str, random: Random) -> str:
        lines = text.split("\n")
        if line not in lines:
            return text
        place, new = lines.index(line), edit(line, random)
        return "\n".join([*lines[:place], *([] if new is None else [new]), *lines[place + 1 :]])

    return rewrite


def _bump(line: str, random: Random) -> str:
    """Another digit, or a letter more where there is none."""
    digits = [place for place, sign in enumerate(line) if sign.isdigit()]
    if not digits:
        return f"{line.rstrip()}x"
    place = random.choice(digits)
    return f"{line[:place]}{(int(line[place]) + 1) % 10}{line[place + 1 :]}"


def _shorten(line: str, random: Random) -> str:
    """The value without its last condition: a marker or a specifier gone."""
    for sign in (";", ",", ">", "=", " "):
        if sign in line.partition(": ")[2]:
            return line[: line.rindex(sign)]
    return line[:-1]


LINE_EDITS: dict[str, Callable[[str, Random], str | None]] = {
    "add to a field": lambda line, random: f"{line.rstrip()} evil",
    "remove a field": lambda line, random: None,
    "change a digit in a field": _bump,
    "shorten a field": _shorten,
    "change letter case in a field": lambda line, random: line.swapcase(),
}


def _change_description(text: str, random: Random) -> str:
    head, gap, body = text.partition("\n\n")
    return f"{head}{gap or chr(10) * 2}pip install evil\n\n{body}"


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
