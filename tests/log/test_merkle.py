"""Inclusion and consistency for every size up to 300, and nothing but the true proof holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.log.merkle import (
    EMPTY_ROOT,
    consistency_ranges,
    inclusion_ranges,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    range_hash,
)
from tests.log.independent import tree_hash

LARGEST = 300
ENTRIES = [b"%d" % number for number in range(LARGEST)]
NODES = {(0, index): leaf_hash(entry) for index, entry in enumerate(ENTRIES)}
for level in range(1, 9):
    for index in range(LARGEST >> level):
        NODES[level, index] = node_hash(NODES[level - 1, 2 * index], NODES[level - 1, 2 * index + 1])
sizes = st.integers(1, LARGEST)


def hash_of(leaves: tuple[int, int]) -> bytes:
    """The hash over a range of the test's entries."""
    return range_hash(leaves, lambda level, index: NODES[level, index])


ROOTS = [hash_of((0, size)) for size in range(LARGEST + 1)]


def inclusion(index: int, size: int) -> list[bytes]:
    """The inclusion proof of one of the test's entries."""
    return [hash_of(leaves) for leaves in inclusion_ranges(index, size)]


def consistency(first: int, second: int) -> list[bytes]:
    """The consistency proof of two of the test's trees."""
    return [hash_of(leaves) for leaves in consistency_ranges(first, second)]


def test_every_root_is_the_one_that_rfc_6962_defines() -> None:
    """The recursive definition gives the same roots."""
    assert [tree_hash(ENTRIES[:size]) for size in range(LARGEST + 1)] == ROOTS


@pytest.mark.parametrize("tens", range(LARGEST // 10))
def test_every_inclusion_proof_holds(tens: int) -> None:
    """Every entry of every tree is proven, with a path as short as the tree is high."""
    for size in range(10 * tens + 1, 10 * tens + 11):
        for index in range(size):
            path = inclusion(index, size)
            assert len(path) <= (size - 1).bit_length()
            assert is_included(NODES[0, index], index, size, path, ROOTS[size])


@pytest.mark.parametrize("tens", range(LARGEST // 10))
def test_every_consistency_proof_holds(tens: int) -> None:
    """Every tree is proven to begin with every smaller one, and with the empty one."""
    for second in range(10 * tens + 1, 10 * tens + 11):
        for first in range(second + 1):
            assert is_consistent(first, second, consistency(first, second), ROOTS[first], ROOTS[second])


@given(sizes, sizes, st.data())
def test_a_changed_inclusion_proof_does_not_hold(size: int, other: int, data: st.DataObject) -> None:
    """Another leaf, index, root or path proves nothing."""
    index = data.draw(st.integers(0, size - 1))
    path, leaf, root = inclusion(index, size), NODES[0, index], ROOTS[size]
    for wrong_path in changed(path, data):
        assert not is_included(leaf, index, size, wrong_path, root)
    wrong_index = data.draw(st.integers(-1, LARGEST).filter(lambda number: number != index))
    assert not is_included(leaf, wrong_index, size, path, root)
    assert not is_included(leaf_hash(b"another"), index, size, path, root)
    assert other == size or not is_included(leaf, index, size, path, ROOTS[other])


@given(sizes, sizes, st.data())
def test_a_changed_consistency_proof_does_not_hold(one: int, other: int, data: st.DataObject) -> None:
    """Other roots, swapped sizes or another path prove nothing."""
    first, second = sorted((one, other))
    path, old, new = consistency(first, second), ROOTS[first], ROOTS[second]
    for wrong_path in changed(path, data):
        assert not is_consistent(first, second, wrong_path, old, new)
    assert not is_consistent(first, second, path, leaf_hash(b"another"), new)
    assert not is_consistent(first, second, path, old, leaf_hash(b"another"))
    assert first == second or not is_consistent(second, first, path, new, old)


def test_nothing_but_the_empty_tree_has_no_entries() -> None:
    """A tree without entries has one root."""
    assert is_consistent(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    assert not is_consistent(0, 0, [], ROOTS[1], ROOTS[1])
    assert not is_consistent(0, 5, [], ROOTS[1], ROOTS[5])
    assert not is_consistent(0, 5, [ROOTS[1]], EMPTY_ROOT, ROOTS[5])
    assert not is_included(ROOTS[1], 0, 0, [], ROOTS[1])


def changed(path: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """Paths with one hash more, one less, or one bit of one hash changed."""
    longer = [[*path, ROOTS[1]], [ROOTS[1], *path]]
    if not path:
        return longer
    place = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    other = (int.from_bytes(path[place], "big") ^ 1 << bit).to_bytes(32, "big")
    return [*longer, path[:place] + path[place + 1 :], [*path[:place], other, *path[place + 1 :]]]
