"""Measurements in, a table for people out: what each row of the performance page is made of."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing, in the unit that its column names."""

    values: tuple[float, ...]

    @property
    def least(self) -> float:
        """The smallest, which is what the machine's other work disturbed least."""
        return min(self.values)

    def shown(self, decimals: int = 3) -> str:
        """Least, median and most, as the page shows them."""
        named = self.least, statistics.median(self.values), max(self.values)
        return " / ".join(f"{value:,.{decimals}f}" for value in named)


@dataclass(frozen=True)
class Table:
    """One row of the page: what was measured, the goal, and the figures; `notes` are paragraphs below them."""

    title: str
    goal: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """The table as a section of the page."""
        lines = [f"## {self.title}", "", f"Goal: {self.goal}", ""]
        lines += [f"| {' | '.join(self.columns)} |", f"| --- |{' ---: |' * (len(self.columns) - 1)}"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        for note in self.notes:
            lines += ["", note]
        return "\n".join([*lines, ""])


def side_by_side(works: Sequence[Callable[[], float]], runs: int) -> list[Spread]:
    """Measure each in turn, then each again: what disturbs the machine meanwhile disturbs all of them."""
    measured = [[work() for work in works] for _ in range(runs)]
    return [Spread(values) for values in zip(*measured, strict=True)]
