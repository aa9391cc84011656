"""A request that failed in, when to try it again out: as often and as late as its host says, within limits."""

from __future__ import annotations

import logging
import threading
import time
from email.utils import parsedate_to_datetime

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, sleep_using_event, wait_exponential

ATTEMPTS = 4
LONGEST_WAIT = 60.0  # seconds that a Retry-After header may ask for; where it asks for more, nobody waits
TRANSIENT = {429, 500, 502, 503, 504}
log = logging.getLogger(__name__)


def patient(stopped: threading.Event) -> Retrying:
    """Return what tries again until the event is set."""

    def is_enough(state: RetryCallState) -> bool:
        return state.attempt_number >= ATTEMPTS or stopped.is_set() or state.upcoming_sleep > LONGEST_WAIT

    return Retrying(
        stop=is_enough,
        sleep=sleep_using_event(stopped),
        wait=_pause,
        retry=retry_if_exception(_is_transient),
        reraise=True,
    )


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, httpx.TransportError | httpx.HTTPStatusError) and not isinstance(
        error, httpx.UnsupportedProtocol
    )


def _pause(state: RetryCallState) -> float:
    """Seconds until the next try: what Retry-After asks for, else doubling from a quarter of a second."""
    error = state.outcome.exception() if state.outcome else None
    log.debug("try %d failed: %s", state.attempt_number, error)
    asked = asked_pause(error.response) if isinstance(error, httpx.HTTPStatusError) else None
    return float(wait_exponential(multiplier=0.25, max=4)(state)) if asked is None else asked


def asked_pause(answer: httpx.Response) -> float | None:
    """Return the seconds that a host asks to wait, as a number or as a date; None where it asks for nothing."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
