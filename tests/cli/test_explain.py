"""What rules and words mean: in, a rule's name or none; out, the rules' own texts."""

from __future__ import annotations

import pytest

from provenance.cli.explain import EVIDENCE, NOT_RULES, SEVERITIES, VERDICTS, page
from provenance.compare.explain import RULES
from provenance.compare.explain.rule import Rule
from provenance.model import Evidence, Severity, Verdict
from tests.conftest import Run

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def words(text: str) -> str:
    """Text without its line breaks and the backquotes around literals."""
    return " ".join(text.replace("`", "").split())


@each_rule
def test_a_rule_is_explained_by_its_own_texts(rule: Rule, run: Run) -> None:
    """What it proves, what it leaves free and what it follows, each whole."""
    outcome = run("explain", rule.name)
    assert outcome.code == 0
    for text in (rule.proves, rule.leaves_free, *rule.sources):
        assert words(text) in words(outcome.stdout)


@each_rule
def test_the_texts_are_sentences(rule: Rule) -> None:
    """A user reads them, and can look the sources up."""
    assert rule.proves.endswith(".")
    assert rule.leaves_free.endswith(".")
    assert rule.sources


def test_lines_fit_the_terminal(run: Run) -> None:
    """Where nothing says how wide it is, 80 characters."""
    assert max(map(len, run("explain").stdout.splitlines())) <= 80


def test_without_a_name_all_rules_are_listed(run: Run) -> None:
    """Each on a line of its own, in the order in which they are tried."""
    lines = run("explain").stdout.splitlines()
    first_words = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert [word for word in first_words if word in {rule.name for rule in RULES}] == [
        rule.name for rule in RULES
    ]


@pytest.mark.parametrize("word", [*Evidence, *Severity, *Verdict, *NOT_RULES])
def test_every_word_of_a_report_is_explained(word: str, run: Run) -> None:
    """Levels, severities, verdicts and what stands in the place of a rule."""
    assert any(line.startswith(f"  {word} ") for line in run("explain").stdout.splitlines())


def test_the_tables_are_complete() -> None:
    """In the order of the ladders."""
    assert (list(EVIDENCE), list(SEVERITIES), list(VERDICTS)) == (
        list(Evidence),
        list(Severity),
        list(Verdict),
    )


@pytest.mark.parametrize("name", NOT_RULES)
def test_what_stands_in_the_place_of_a_rule_can_be_asked_for(name: str, run: Run) -> None:
    """A report says `identity` as often as any rule's name."""
    outcome = run("explain", name)
    assert outcome.code == 0
    assert words(NOT_RULES[name]) in words(outcome.stdout)


def test_an_unknown_rule_is_a_usage_error(run: Run) -> None:
    """The sentence names it, the hint those that exist."""
    outcome = run("explain", "trust-me")
    assert outcome.code == 2
    assert "trust-me" in outcome.stderr
    assert all(rule.name in outcome.stderr for rule in RULES)


def test_the_page_is_of_all_rules(run: Run) -> None:
    """`--markdown` with a rule's name is not understood."""
    assert run("explain", "record", "--markdown").code == 2


def test_the_page_shows_literal_characters() -> None:
    """What Markdown would take for its own is escaped, but for what stands in backquotes."""
    rule = Rule(
        "stars", "A `__file__` is no __file__, and * < is kept.", "Nothing.", ("a_b",), RULES[0].explain
    )
    shown = page([rule])
    assert r"A `__file__` is no \_\_file\_\_, and \* \< is kept." in shown
    assert "- a_b" in shown
