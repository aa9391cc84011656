"""`provenance audit --between`: in, hours of the day and a clock; out, work within them alone."""

from __future__ import annotations

import select
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.audit.coordinator import carry_out_all
from provenance.audit.engine import Settled
from provenance.audit.hours import Hours
from provenance.audit.queue import Queue, Wanted
from provenance.audit.task import Done, Task
from provenance.errors import UsageError
from provenance.report.audited import Audited

from .conftest import Hall

NIGHT = Hours.parse("22:00-06:00")
MINUTES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))


@given(opens=MINUTES, closes=MINUTES, moment=MOMENTS)
def test_after_the_pause_the_hours_have_begun(opens: time, closes: time, moment: datetime) -> None:
    """It is as short as it can be: less than a day, and to the minute at which they open."""
    hours = Hours(opens, closes, lambda: moment)
    pause = hours.pause()
    assert 0 <= pause < 24 * 60 * 60
    if pause and opens != closes:
        later = moment + timedelta(seconds=pause)
        assert later.time() == opens
        assert replace(hours, now=lambda: later).pause() == 0


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [("21:00", 3600), ("22:00", 0), ("23:59", 0), ("00:00", 0), ("05:59", 0), ("06:00", 16 * 3600)],
)
def test_hours_may_span_midnight(moment: str, seconds: int) -> None:
    """From their first minute up to their last."""
    at = datetime.combine(datetime(2026, 11, 24), time.fromisoformat(moment))
    assert replace(NIGHT, now=lambda: at).pause() == seconds


@pytest.mark.parametrize("text", ["22:00", "22-25", "night", "22:00-22:00", "22:00-06:00-07:00"])
def test_what_are_no_hours_is_not_understood(text: str) -> None:
    """With an example of what would be."""
    with pytest.raises(UsageError) as caught:
        Hours.parse(text)
    assert caught.value.hint


class Desk:
    """An engine with room for one, which answers at once and writes down when it was asked."""

    def __init__(self, clock: Iterator[datetime]) -> None:
        self.moments: list[datetime] = []
        self.room = 1
        self._clock = clock
        self._done: list[Settled] = []

    def now(self) -> datetime:
        """The next moment of the clock."""
        self.moment = next(self._clock)
        return self.moment

    def submit(self, task: Task) -> None:
        """Answer."""
        self.moments.append(self.moment)
        self._done.append((task, Done((), Audited(name=task.reference, version="1", verdict="match"))))

    def finished(self, timeout: float) -> list[Settled]:
        """All that were asked."""
        done, self._done = self._done, []
        return done


def test_nothing_begins_outside_of_the_hours(tmp_path: Path) -> None:
    """What is left at six waits until ten in the evening; every look at the clock is an hour later."""
    noon = datetime(2026, 11, 24, 12)
    desk = Desk(noon + timedelta(hours=hour) for hour in range(1000))
    with Queue(tmp_path / "queue.sqlite") as queue:
        queue.add(Wanted(f"p{number}") for number in range(12))
        hours = replace(NIGHT, now=desk.now)
        carry_out_all(queue, desk, lambda _done: None, [], 60, lambda: min(hours.pause(), 0.01))
        assert queue.tallies() == {("done", "match"): 12}
    assert all(moment.hour >= 22 or moment.hour < 6 for moment in desk.moments)
    assert {moment.date() for moment in desk.moments} > {noon.date()}


def test_an_audit_outside_of_its_hours_says_so_and_asks_nobody(hall: Hall) -> None:
    """Until they begin."""
    later = datetime.now() + timedelta(hours=2)
    hours = f"{later:%H:%M}-{later + timedelta(hours=1):%H:%M}"
    waiting = hall.start(*hall.words("a", "--between", hours))
    try:
        assert waiting.stderr is not None
        assert select.select([waiting.stderr], [], [], 60)[0]
        said = waiting.stderr.readline()
    finally:
        waiting.kill()
        waiting.communicate()
    assert said.startswith(f"Hosts are asked from {hours.replace('-', ' to ')} alone; waiting 1:")
    assert hall.index.traffic.requests == 0
