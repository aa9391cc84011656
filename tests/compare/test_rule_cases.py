"""Every explanation rule explains its cases, and none of its near misses."""

import pytest

from corpus.cases import all_cases
from corpus.cases.case import Case, finding
from provenance.compare.explain import RULES
from provenance.model import Evidence

CASES = [
    pytest.param(rule, case, id=f"{rule}: {case.title}")
    for rule, cases in all_cases().items()
    for case in cases
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_case_is_judged_as_written(rule: str, case: Case) -> None:
    """The rule explains what it should, at its evidence level; a near miss is not proven by any rule.

    Where a rule only recognizes, its near misses are not even that.
    """
    found = finding(case)
    if case.evidence is None:
        assert found.contradicts or not found.evidence.is_proof, found
        assert not only_recognizes(rule) or found.evidence is not Evidence.RECOGNIZED, found
    else:
        assert (found.rule, found.evidence, found.contradicts) == (rule, case.evidence, False), found


def only_recognizes(rule: str) -> bool:
    """Whether no case of the rule is a proof."""
    return {case.evidence for case in all_cases()[rule]} <= {Evidence.RECOGNIZED, None}


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_rule_has_explained_and_near_miss_cases(rule: str) -> None:
    """A rule without a case that it explains, or without one that it must refuse, is not finished."""
    cases = all_cases().get(rule, ())
    assert any(case.evidence is not None for case in cases)
    assert any(case.evidence is None for case in cases)
