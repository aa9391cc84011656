"""Artifacts of a release in, the ones to check out: what pip could install here, and the sdist."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from provenance.model import Artifact


def choose(artifacts: Sequence[Artifact], *, all_wheels: bool = False) -> tuple[Artifact, ...]:
    """Return the sdist, every pure wheel, and the compiled wheel that pip would choose on this machine.

    Where no compiled wheel fits this machine and there is no pure one, the first by name stands for them.
    """
    sdists = [artifact for artifact in artifacts if artifact.kind == "sdist"]
    wheels = [artifact for artifact in artifacts if artifact.kind == "wheel"]
    if all_wheels:
        return (*sdists, *wheels)
    pure = [wheel for wheel in wheels if wheel.filename.endswith("-any.whl")]
    compiled = [wheel for wheel in wheels if wheel not in pure]
    best = _best(compiled)
    if best is None and compiled and not pure:
        best = compiled[0]
    return (*sdists, *pure, *([best] if best else []))


def _best(wheels: Sequence[Artifact]) -> Artifact | None:
    """The wheel with the most preferred tag of the running interpreter (PEP 425), or None."""
    ranks = {tag: rank for rank, tag in enumerate(sys_tags())}
    ranked = [
        (min(known), wheel)
        for wheel in wheels
        if (known := [ranks[tag] for tag in _tags(wheel.filename) if tag in ranks])
    ]
    return min(ranked, key=lambda row: row[0])[1] if ranked else None


def _tags(filename: str) -> frozenset[Tag]:
    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return frozenset()
