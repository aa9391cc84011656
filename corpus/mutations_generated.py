"""An artifact in, the tampers with files that tools generate out: a payload where a generator's output is expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

from corpus.mutations import Changes, Edit, Mutation, rewritten
from provenance.compare import Context, Subject
from provenance.model import Finding

Change = Callable[[bytes, Random], bytes | None]
STATEMENT = b"import os; os.system('id')\n"


def _replace(pattern: bytes, new: bytes) -> Change:
    """The first place that the pattern fits says something else; None where it fits nowhere."""

    def change(content: bytes, random: Random) -> bytes | None:
        match = re.search(pattern, content)
        return (
            None if match is None else content[: match.start()] + match.expand(new) + content[match.end() :]
        )

    return change


def _insert_line(line: bytes) -> Change:
    def change(content: bytes, random: Random) -> bytes:
        lines = content.split(b"\n")
        lines.insert(random.randrange(len(lines)), line.rstrip(b"\n"))
        return b"\n".join(lines)

    return change


ON_GENERATED: dict[str, Change] = {
    "replace a generated file": lambda content, random: STATEMENT,
    "empty a generated file": lambda content, random: b"" if content else None,
    "a statement first in a generated file": lambda content, random: STATEMENT + content,
    "a statement last in a generated file": lambda content, random: content.rstrip(b"\n") + b"\n" + STATEMENT,
    "a statement somewhere in a generated file": _insert_line(STATEMENT),
    "a call for a value in a generated file": _replace(rb"= *(['\"][^'\"\n]*['\"])", rb"= __import__(\1)"),
    "a call beside a value in a generated file": _replace(rb"(= *['\"][^'\"\n]*['\"])", rb"\1 or print('id')"),
    "a formatted string in a generated file": _replace(rb"= *(['\"])", rb"= f\1{print('id')}"),
    "another version in a generated file": _replace(rb"\d+\.\d+(\.\d+)?", b"99.99.99"),
    "another commit in a generated file": _replace(rb"\b[0-9a-f]{7,40}\b", b"0123456789abcdef0123456789abcdef01234567"),
    "a docstring first in a generated file": lambda content, random: b'"""pip install evil"""\n' + content,
    "a comment first in a generated file": lambda content, random: b"# -*- coding: utf-7 -*-\n" + content,
    "a constant more in a generated file": lambda content, random: content.rstrip(b"\n") + b"\nevil = 'evil'\n",
    "an import more in a generated file": _insert_line(b"from evil import *"),
    "a decorated function in a generated file": _insert_line(b"@print\ndef evil(): pass"),
    "a semicolon in a generated file": _replace(rb"(?m)^(\w+ *=[^\n]*)$", rb"\1; import os"),
    "another interpreter in a generated file": lambda content, random: b"#!/tmp/evil\n" + content,
}  # fmt: skip


# line ends for some readers and not for others: what stands behind them looks like part of a comment
LINE_ENDS = ("\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028")
HIDDEN = (
    "import os",
    "[options]{end}install_requires = evil",
    "[console_scripts]{end}evil = evil:main",
    "evil",
    "Requires-Dist: evil",
)


def _hidden_lines() -> Iterator[tuple[str, Change]]:
    for end in LINE_ENDS:
        for payload in HIDDEN:
            line = f"# note{end}{payload.format(end=end)}{end}\n".encode()
            yield f"a line hidden behind {end!a}", _append(line)


def _append(line: bytes) -> Change:
    return lambda content, random: content.rstrip(b"\n") + b"\n" + line


def generated_mutations(context: Context, findings: Sequence[Finding]) -> Iterator[Mutation]:
    """Yield the tampers with every file of the clean artifact that is proven and not identical to the source."""
    record = f"{context.subject.dist_info}/RECORD"
    for finding in findings:
        if finding.evidence.is_proof and finding.rule != "identity" and finding.path != record:
            for kind, change in (*ON_GENERATED.items(), *_hidden_lines()):
                yield Mutation(kind, finding.path, _alike(finding.path, change))
                if context.siblings:
                    everywhere = f"{kind} in every artifact"
                    yield Mutation(everywhere, finding.path, _alike(finding.path, change), everywhere=True)


def _alike(path: str, change: Change) -> Edit:
    """The edit at this path, or at one with other folders before: `src/x.py` in an sdist, `x.py` in a wheel."""

    def edit(subject: Subject, random: Random) -> Changes | None:
        ends = [
            each
            for each in subject.tree.entries
            if f"/{each}".endswith(f"/{path}") or path.endswith(f"/{each}")
        ]
        place = path if path in subject.tree else min(ends, key=len, default=path)
        return rewritten(place, change)(subject, random)

    return edit
