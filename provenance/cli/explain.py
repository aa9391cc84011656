"""`provenance explain`: a rule's name in, what it proves and leaves free out; without one, all rules."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from provenance.cli.exits import ANSWERS, Exit
from provenance.cli.words import WORDS
from provenance.errors import UsageError
from provenance.model import Evidence, Severity, Verdict

if TYPE_CHECKING:
    from provenance.compare.explain.rule import Rule

WIDEST = 100
PAGE_WIDTH = 110

PRINCIPLE = (
    "An explanation is a proof, never a list of harmless names. A rule looks at a file that is not the "
    "same in the package and in the source, computes or checks again what it should hold, and says what "
    "it could not check. The first rule that has something to say decides. Some rules only "
    "recognize a form, which is no proof. A file that no rule explains stays unproven."
)
EVIDENCE = {
    Evidence.IDENTICAL: "The same bytes as the source file that it comes from.",
    Evidence.NORMALIZED: "The source file after one conversion that git or a build tool makes, such as "
    "other line endings; the conversion was done again and the result compared.",
    Evidence.REPRODUCED: "Generated when the package was built; computed again from the source, and equal "
    "byte for byte or value for value.",
    Evidence.REBUILT: "Generated; a build of the source in isolation made the same bytes. No check gives "
    "this level yet.",
    Evidence.CONSISTENT: "Generated; read under a grammar that leaves no room for code, and whatever the "
    "source states agrees with it. Not every value could be computed again; each rule says which are left "
    "free.",
    Evidence.RECOGNIZED: "Has a known form, but something in it cannot be traced to the source.",
    Evidence.RELOCATED: "The bytes of a source file, at a path that no packaging configuration explains.",
    Evidence.MODIFIED: "A source file stands behind it, the content differs, and nothing proves why.",
    Evidence.ADDED: "Nothing in the source stands behind it.",
}
VERDICTS = {
    Verdict.MATCH: "Every file is proven.",
    Verdict.MATCH_EXTRAS: "Every file is proven but for documents and licence texts that stand outside "
    "every folder with Python modules; each is listed.",
    Verdict.UNPROVEN: "Nothing contradicts the source, but a file that something could run, read or build "
    "from is not proven.",
    Verdict.NO_SOURCE: "There is nothing to compare with: no link to a repository, no such repository, no "
    "tag for this version, or a repository that belongs to another project.",
    Verdict.MISMATCH: "A file that could run or steer an installation is added, moved or changed; or a "
    "file that is more than a document is changed; or a value contradicts the source; or the download is "
    "not the file that the index or an attestation describes, or is made to do harm when it is unpacked.",
}
SEVERITIES = {
    Severity.CRITICAL: "Runs without being asked for: at every start of Python, during an installation, "
    "or in place of a module that is already there.",
    Severity.HIGH: "Code that can be imported or run, or data that steers a build or an installation.",
    Severity.MEDIUM: "Data that code or a build may read.",
    Severity.LOW: "Documentation and licence texts.",
    Severity.INFO: "Nothing wrong.",
}
NOT_RULES = {
    "identity": "The file has the same bytes as the source file at its own path, or at the path that the "
    "project's packaging configuration takes it from, and both or neither are symbolic links. What a wheel "
    "makes Python run at every start (.pth, sitecustomize, usercustomize) has to be named by a packaging file.",
    "none": "No rule has anything to say about the file; its evidence says how it differs.",
    "digest": "The file does not have the sha256 that the index names for it, or none that a lock file "
    "allows, so it is not compared at all.",
    "installed": "A file of an installed release is not the one in the index's wheel, or not the one that "
    "was installed (RECORD); or it is gone, or has joined the package's folder since.",
    "attestation": "An attestation of the artifact does not verify, or is about another file, so the artifact "
    "is not compared at all.",
    "archive": "The archive cannot be compared: it is broken, larger than the limits, or made to write "
    "outside its folder.",
    "archive-ambiguous": "Tools read the archive differently, or would put its files in different places, so "
    "what is compared need not be what is installed. It is not compared at all.",
}

Row = tuple[str, str]


@click.command("explain")
@click.argument("rule", required=False)
@click.option("--markdown", is_flag=True, help="Print the page docs/rules.md.")
@click.option("--debug", is_flag=True, help="Show a traceback on errors.")
def command(rule: str | None, markdown: bool, debug: bool) -> int:
    """Say what a rule proves, what it leaves free, and which specifications or tools it follows.

    RULE is a rule's name as a report gives it, or a word such as sdist. Without it, list all rules, and say what
    the kinds of evidence, the severities, the verdicts and the words of a report mean.
    """
    from provenance.compare.explain import RULES

    if markdown and rule:
        raise UsageError("--markdown prints all rules; leave the rule's name out")
    if markdown:
        click.echo(page(RULES), nl=False)
    elif rule:
        click.echo(_about(rule, RULES, _width()), nl=False)
    else:
        click.echo(_overview(RULES, _width()), nl=False)
    return Exit.YES


def page(rules: Iterable[Rule]) -> str:
    """Return docs/rules.md: every rule's own text, and what the words of a report mean."""
    blocks = [
        "# Rules",
        "<!-- Printed by `provenance explain --markdown`: change the rules, and print it again. -->",
        _filled(PRINCIPLE),
        "`provenance explain RULE` prints one of them.",
        "## Rules, in the order in which they are tried",
    ]
    for rule in rules:
        blocks += [
            f"### {rule.name}",
            _filled(_subject(rule)),
            _filled(f"**Proves:** {_escaped(rule.proves)}"),
            _filled(f"**Leaves free:** {_escaped(rule.leaves_free)}"),
            "**Follows:**",
            "\n".join(_filled(f"- {_escaped(source)}", "  ") for source in rule.sources),
        ]
    blocks += ["## Other words in the place of a rule", _table(("Word", "Meaning"), NOT_RULES.items())]
    blocks += ["## Evidence, strongest first", _table(("Evidence", "Proof", "Meaning"), _evidence_rows())]
    blocks += ["## Severity, worst first", _table(("Severity", "Meaning"), SEVERITIES.items())]
    blocks += [
        "## Verdicts, best first",
        "A release gets the worst verdict of its artifacts.",
        _table(("Verdict", "Answer", "Exit code", "Meaning"), _verdict_rows()),
        "## Words",
        _table(("Word", "Meaning"), WORDS.items()),
    ]
    return "\n\n".join(blocks) + "\n"


def _about(name: str, rules: Iterable[Rule], width: int) -> str:
    said = NOT_RULES | WORDS
    if name in said:
        return "\n".join(_rows([(name, said[name])], width)) + "\n"
    rule = next((rule for rule in rules if rule.name == name), None)
    if rule is None:
        known = ", ".join([*(rule.name for rule in rules), *said])
        raise UsageError(f"There is no rule or word {name}", hint=f"there are {known}")
    parts = [("proves", rule.proves), ("leaves free", rule.leaves_free)]
    parts += zip(["follows", *[""] * len(rule.sources)], rule.sources, strict=False)
    heading = _wrapped(f"{rule.name}: {_subject(rule)}", width)
    return "\n".join([heading, "", *_rows(parts, width)]) + "\n"


def _overview(rules: Iterable[Rule], width: int) -> str:
    sections: dict[str, Iterable[Row]] = {
        "Rules, in the order in which they are tried": [(rule.name, _subject(rule)) for rule in rules],
        "Other words in the place of a rule": NOT_RULES.items(),
        "Evidence, strongest first": [
            (level, f"{'Proof' if proof == 'yes' else 'No proof'}. {meaning}")
            for level, proof, meaning in _evidence_rows()
        ],
        "Severity, worst first": [(severity.value, meaning) for severity, meaning in SEVERITIES.items()],
        "Verdicts, best first": [
            (verdict, f"{answer.capitalize()}, exit code {code}. {meaning}")
            for verdict, answer, code, meaning in _verdict_rows()
        ],
        "Words": WORDS.items(),
    }
    lines = [_wrapped(PRINCIPLE, width)]
    for title, rows in sections.items():
        lines += ["", f"{title}:", *_rows(rows, width)]
    return "\n".join([*lines, "", "provenance explain RULE says more about one of them."]) + "\n"


def _evidence_rows() -> Iterator[tuple[str, str, str]]:
    for level, meaning in EVIDENCE.items():
        yield level.value, "yes" if level.is_proof else "no", meaning


def _verdict_rows() -> Iterator[tuple[str, str, str, str]]:
    for verdict, meaning in VERDICTS.items():
        yield verdict.value, verdict.answer.value, str(int(ANSWERS[verdict.answer.value])), meaning


def _subject(rule: Rule) -> str:
    """What a rule is about: the sentence that opens its module."""
    return (sys.modules[rule.explain.__module__].__doc__ or rule.name).splitlines()[0]


def _width() -> int:
    return min(get_terminal_size().columns, WIDEST)


def _rows(rows: Iterable[Row], width: int) -> Iterator[str]:
    """Names and their texts as two columns."""
    known = list(rows)
    indent = max(len(name) for name, _ in known) + 4
    for name, text in known:
        yield _wrapped(text, width, f"  {name:<{indent - 2}}", " " * indent)


def _wrapped(text: str, width: int, first: str = "", others: str = "") -> str:
    """Text for a terminal, without the backquotes around literals."""
    return _filled(text.replace("`", ""), others, first, width)


def _filled(text: str, others: str = "", first: str = "", width: int = PAGE_WIDTH) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _escaped(text: str) -> str:
    """Text as Markdown that shows it unchanged; what stands in backquotes is shown so already."""
    parts = re.split(r"(`[^`]*`)", text)
    parts[::2] = [re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[*<]", r"\\\g<0>", part) for part in parts[::2]]
    return "".join(parts)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *((f"`{name}`", *rest) for name, *rest in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
