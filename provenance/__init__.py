"""Is the PyPI package the exact source on GitHub? A reference in, a report out; nothing here prints or exits.

    import provenance

    report = provenance.check("requests==2.32.5")
    if report.answer is provenance.Answer.NO:
        ...

The names listed here stay, all that is below may change. They are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from provenance.errors import ProvenanceError
    from provenance.model import (
        Answer,
        ArtifactReport,
        Evidence,
        Finding,
        Notice,
        ReleaseReport,
        Severity,
        Source,
        Verdict,
    )

__all__ = [
    "Answer",
    "ArtifactReport",
    "Evidence",
    "Finding",
    "Notice",
    "ProvenanceError",
    "ReleaseReport",
    "Severity",
    "Source",
    "Verdict",
    "check",
]


def check(
    reference: str,
    *,
    index: str | None = None,
    source: str | None = None,
    subdirectory: str | None = None,
    all_wheels: bool = False,
    cache: Path | None = None,
) -> ReleaseReport:
    """Compare a release with its source, as `provenance check` does, and return the report.

    `reference` is name==version, name (its newest version), pkg:pypi/name@version, or the path of an sdist or wheel.
    `index` is a Simple API address, by default the one that pip would ask; `source` a repository's address, with
    `@TAG` or `@COMMIT` behind it if need be, by default what the metadata names; `subdirectory` the project's folder
    in it. `cache` is where downloads are kept.

    A difference is never an error: it is in the report. Raises ProvenanceError where no decision can be reached.
    """
    from provenance.cli.options import opened
    from provenance.index import parse_reference
    from provenance.pipeline import check

    with opened(
        source=source,
        index=index,
        subdirectory=subdirectory,
        all_wheels=all_wheels,
        cache=cache,
        is_quiet=True,
    ) as options:
        return check(parse_reference(reference), options).report


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "provenance.errors" if name == "ProvenanceError" else "provenance.model"
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return __all__
