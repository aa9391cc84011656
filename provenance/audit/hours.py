"""The hours of a day in which hosts may be asked, and a clock, in; how long it is until then, out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Self

from provenance.errors import UsageError


@dataclass(frozen=True)
class Hours:
    """A part of every day by local time, which may span midnight; `now` is the clock."""

    opens: time
    closes: time
    now: Callable[[], datetime] = field(default=datetime.now)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the hours that a user wrote as `22:00-06:00`; raises UsageError."""
        try:
            opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise UsageError(f"`{text}` are no hours of a day", hint="--between 22:00-06:00") from error
        if opens == closes:
            raise UsageError(f"`{text}` is no time at all", hint="leave --between out to work at any time")
        return cls(opens, closes)

    def __str__(self) -> str:
        return f"{self.opens:%H:%M} to {self.closes:%H:%M}"

    def pause(self) -> float:
        """Return the seconds until the hours begin, 0 within them."""
        now = self.now()
        if self._contain(now.time()):
            return 0.0
        opening = datetime.combine(now.date(), self.opens)
        return (opening - now + timedelta(days=opening <= now)).total_seconds()

    def _contain(self, moment: time) -> bool:
        if self.opens < self.closes:
            return self.opens <= moment < self.closes
        return moment >= self.opens or moment < self.closes
