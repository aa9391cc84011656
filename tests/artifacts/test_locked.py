"""Locks: in, digests that a release has and that a lock allows; out, the files that it contradicts."""

from __future__ import annotations

import pytest

from provenance.artifacts import contradictions
from provenance.model import Lock, LockedFile

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
SDIST, WHEEL = "plume-1.0.tar.gz", "plume-1.0-py3-none-any.whl"


def lock(*files: tuple[str, str | None]) -> Lock:
    """A lock of these digests and names."""
    return Lock(where="a.lock:3", files=tuple(LockedFile(sha256=sha, filename=name) for sha, name in files))


@pytest.mark.parametrize(
    ("allowed", "contradicted"),
    [
        ([(A, SDIST), (B, WHEEL)], set()),
        ([(A, SDIST), (C, WHEEL)], {WHEEL}),
        ([(B, SDIST), (A, WHEEL)], {SDIST, WHEEL}),
        ([(A, SDIST)], set()),
        ([(C, "plume-1.0-cp39-win32.whl")], set()),
        ([(C, WHEEL), (B, WHEEL)], set()),
        ([(A, None), (B, None)], set()),
        ([(A, None), (C, None)], {WHEEL}),
        ([(C, None), (D, None)], {SDIST, WHEEL}),
        ([(A, None)], set()),
        ([(A, None), (B, None), (C, None)], set()),
        ([], set()),
    ],
)  # fmt: skip
def test_a_file_is_contradicted_if_no_digest_that_is_allowed_can_be_its_own(
    allowed: list[tuple[str, str | None]], contradicted: set[str]
) -> None:
    """By its name where the lock has it; else if the lock allows a file that the release does not have."""
    assert contradictions({SDIST: A, WHEEL: B}, [lock(*allowed)]).keys() == contradicted


def test_every_lock_has_its_say() -> None:
    """One that is content does not outweigh one that is not."""
    content, other = lock((A, SDIST)), lock((C, SDIST))
    for locks in ([content, other], [other, content]):
        assert contradictions({SDIST: A}, locks).keys() == {SDIST}


def test_the_sentence_says_which_file_expected_got_and_what_to_do() -> None:
    """For someone who has never seen a digest."""
    sentence = contradictions({SDIST: A}, [lock((C, SDIST))])[SDIST]
    for part in (
        SDIST,
        "a.lock:3",
        f"expected sha256 {C}",
        f"got sha256 {A}",
        "replaced",
        "Do not install it",
    ):
        assert part in sentence
