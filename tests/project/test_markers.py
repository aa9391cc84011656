"""Markers get the same text exactly if they hold in the same environments."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from provenance.project.markers import same_for_equal
from provenance.project.requirements import comparable

PYTHONS = [f"{major}.{minor}" for major in (2, 3) for minor in range(20)] + ["4.0"]
PLATFORMS = ["win32", "linux", "darwin", "other"]
COMPARISONS = st.one_of(
    st.builds(
        'python_version {} "{}"'.format,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.sampled_from(["2.7", "3", "3.0", "3.8", "3.9", "3.10", "3.8.1"]),
    ),
    st.builds('sys_platform {} "{}"'.format, st.sampled_from(["==", "!="]), st.sampled_from(PLATFORMS[:3])),
    st.builds('extra == "{}"'.format, st.sampled_from(["one", "two"])),
)
MARKERS = st.recursive(
    COMPARISONS,
    lambda below: st.builds("({} {} {})".format, below, st.sampled_from(["and", "or"]), below),
    max_leaves=5,
)


def where_it_holds(marker: str) -> list[bool]:
    """The marker's value in every environment that can be told apart here."""
    read = Marker(marker)
    return [
        read.evaluate({"python_version": python, "sys_platform": platform, "extra": extra})
        for python, platform, extra in product(PYTHONS, PLATFORMS, ["one", "two", ""])
    ]


@given(MARKERS, MARKERS)
def test_equal_text_means_equal_environments(left: str, right: str) -> None:
    """In both directions, but for markers that always or never hold, which have no text."""
    first, second = same_for_equal(str(Marker(left))), same_for_equal(str(Marker(right)))
    if first is not None and second is not None:
        assert (first == second) == (where_it_holds(left) == where_it_holds(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ('python_version >= "3.12" and python_version < "3.13"', 'python_version == "3.12"'),
        ('python_version > "3.9"', 'python_version >= "3.10"'),
        ('extra == "a" or extra == "b"', 'extra == "b" or extra == "a"'),
        (
            'python_version < "3.8" and (extra == "a" or extra == "b")',
            'python_version < "3.8" and extra == "a" or python_version < "3.8" and extra == "b"',
        ),
    ],
)
def test_two_spellings_of_one_condition(left: str, right: str) -> None:
    """As different backends write them."""
    assert comparable(f"name; {left}") == comparable(f"name; {right}")


@pytest.mark.parametrize(
    "marker",
    [
        'platform_release >= "20"',
        'python_version > "4.0"',
        'python_version < "3.99"',
        'sys_platform in "win32 darwin"',
        'python_full_version < "3.8.1"',
        'platform_version == "5.*"',
        'sys_platform == "win32" or sys_platform != "win32"',
    ],
)
def test_what_cannot_be_told_by_trying_has_no_text(marker: str) -> None:
    """Such markers are compared as they are written."""
    assert same_for_equal(marker) is None


def test_a_quote_inside_a_value_makes_no_other_marker() -> None:
    """The library shows both of these requirements alike."""
    one = comparable("name; extra == 'one\" or extra == \"two'")
    assert one != comparable('name; extra == "one" or extra == "two"')
