"""Plots: in, any counts; out, parts that fill their bar, say every number, and stay within it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provenance.model import Verdict
from provenance.publish.catalogue import Line
from provenance.publish.order import changes, newest_first
from provenance.publish.plots import MONTHS, columns, verdict_segments

COUNTS = st.dictionaries(st.sampled_from(Verdict), st.integers(1, 10**7), min_size=1)
MONTH = st.dates().map(lambda day: day.strftime("%Y-%m"))


@given(COUNTS)
def test_a_bar_is_filled_and_leaves_nothing_out(counts: dict[Verdict, int]) -> None:
    """However uneven the counts are, each part can be seen."""
    parts = verdict_segments(counts)
    assert {part.group: part.count for part in parts} == counts
    assert abs(sum(part.width for part in parts) - 100) < 0.1
    assert min(part.width for part in parts) > 0.9


@given(st.dictionaries(MONTH, COUNTS))
def test_columns_stand_on_the_ground_and_under_the_top(months: dict[str, dict[Verdict, int]]) -> None:
    """The last months, in their order, none outside of the plot."""
    made = columns(months)
    assert [column.month for column in made] == sorted(months)[-MONTHS:]
    for column in made:
        assert column.total == sum(months[column.month].values())
        assert column.parts[-1].start >= -0.1
        assert abs(column.parts[0].start + column.parts[0].width - 100) < 0.1
        assert column.x + column.width <= 100


def line(version: str, verdict: Verdict = Verdict.MATCH, repository: str = "https://git.example/a/b") -> Line:
    """A release in a list."""
    return Line(version, version, "", "plume", version, verdict, "", repository, "v1", "", ("key",))


def test_releases_are_in_the_order_of_their_versions() -> None:
    """As PEP 440 has it; what is no version comes last."""
    ordered = newest_first([line(each) for each in ("1.9", "what", "1.10", "1.10rc1")])
    assert [each.version for each in ordered] == ["1.10", "1.10rc1", "1.9", "what"]


def test_what_changed_is_said() -> None:
    """Another answer, another repository; nothing for the first release, nor where all is as before."""
    before = line("1", Verdict.UNPROVEN, "https://git.example/old/b")
    assert changes(line("2"), before) == [
        "the answer was cannot tell for 1",
        "the repository was https://git.example/old/b",
    ]
    assert changes(line("2"), line("1")) == changes(line("1"), None) == []
