"""Hashes in, roots and proofs out: the Merkle tree of RFC 6962 and RFC 9162, without any storage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()

Range = tuple[int, int]  # leaves: from the first, up to but without the second


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def range_hash(leaves: Range, subtree: Callable[[int, int], bytes]) -> bytes:
    """Return the hash over a range of leaves, as proofs name them.

    `subtree(level, index)` gives the hash over the 2**level leaves from index * 2**level on.
    """
    hashes = [subtree(level, index) for level, index in _perfect_subtrees(*leaves)]
    if not hashes:
        return EMPTY_ROOT
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the ranges whose hashes prove a leaf's place (RFC 9162, 2.1.3.1), the leaf's sibling first."""
    begin, end, ranges = 0, size, []
    while end - begin > 1:
        middle = _middle(begin, end)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """Return the ranges whose hashes prove that a tree begins with a smaller one (RFC 9162, 2.1.4.1)."""
    begin, end, ranges = 0, second, []
    while first not in (0, end):
        middle = _middle(begin, end)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    if begin:
        ranges.append((begin, end))
    return ranges[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that the leaf stands at this index of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            node, last = _up_to_right_child(node, last)
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def is_consistent(first: int, second: int, path: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Whether the path proves that the tree of `second` leaves begins with that of `first` (RFC 9162, 2.1.4.2)."""
    if first == 0 or first >= second:  # every tree begins with the empty one, and with itself
        is_old = old == (EMPTY_ROOT if first == 0 else new)
        return first <= second and not path and is_old and (second > 0 or new == EMPTY_ROOT)
    steps = [old, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    found_old = found_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            node, last = _up_to_right_child(node, last)
        else:
            found_new = node_hash(found_new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found_old == old and found_new == new


def _up_to_right_child(node: int, last: int) -> tuple[int, int]:
    """Skip the levels on which the last node has no sibling."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _middle(begin: int, end: int) -> int:
    """Where RFC 6962 divides a range: after the largest power of two that is less than its length."""
    return begin + (1 << (end - begin - 1).bit_length() - 1)


def _perfect_subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The largest perfect subtrees that fill a range, from left to right, each as level and index."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        yield level, begin >> level
        begin += 1 << level
