"""The page on releases that were built again: in, what came of some; out, totals and a reason for each that failed."""

from __future__ import annotations

from typing import Any

from corpus.catalogue import PinnedRelease, pinned_releases
from corpus.rebuilds_table import page
from provenance.model import Rebuilt, Recipe, Source

PURE = [release for release in pinned_releases() if release.pure][:2]


def built(release: PinnedRelease, filename: str, **outcome: Any) -> dict[str, Any]:
    """What a report says of an artifact that was built again."""
    source = Source(repository=release.repository, ref=release.ref, commit="c" * 40, tree="d" * 40)
    recipe = Recipe(name=release.name, version=release.version, source=source, python="3.12", backend="flit")
    return Rebuilt(filename=filename, way="source", recipe=recipe, same=9, **outcome).model_dump(mode="json")


def record(release: PinnedRelease, verdict: str, *outcomes: dict[str, Any]) -> dict[str, Any]:
    """A line of the results."""
    return {"ref": release.reference, "seconds": 2.0, "verdict": verdict, "rebuilt": list(outcomes)}


def test_what_came_out_the_same_is_counted() -> None:
    first, second = PURE
    wheel = built(first, "a-1-py3-none-any.whl", is_same_archive=True)
    text = page(
        PURE,
        [
            record(first, "match", built(first, "a-1.tar.gz"), wheel),
            record(second, "mismatch", built(second, "b-1.tar.gz", differing=("setup.cfg",))),
        ],
    )
    assert "| sdists | 2 | 1 (50.0 %) | 0 | 0 |" in text
    assert "| wheels | 1 | 1 (100.0 %) | 1 | 0 |" in text
    assert "1 of 2 releases without compiled code are a *yes* (50.0 %)" in text


def test_each_that_failed_has_its_reason() -> None:
    first, second = PURE
    text = page(
        PURE,
        [
            record(
                first, "match", built(first, "a-1.tar.gz", differing=("setup.cfg",), missing=("MANIFEST",))
            ),
            record(second, "match", built(second, "b-1.tar.gz", failure="it did not end | in time")),
        ],
    )
    assert "| a-1.tar.gz | 9 | differs: `setup.cfg`; not built: `MANIFEST` |" in text
    assert "| b-1.tar.gz | 9 | not built: it did not end \\| in time |" in text
