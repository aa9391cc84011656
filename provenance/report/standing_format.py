"""What an index says of a project in, lines for people out: facts with their dates, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from provenance.model import Rank, Standing, Verdict, Vulnerability
from provenance.report.text_format import shown_text

MOST_SHOWN = 6
NOT_SAID = "not known: this index does not say"
MEANINGS = {
    "active": "active",
    "archived": "archived: its maintainers will publish nothing more",
    "deprecated": "deprecated: its maintainers advise to use something else",
    "quarantined": "quarantined: the index suspects it to be harmful, and lets nobody install it",
}


def render_standing(
    standing: Standing, now: datetime, earlier: Mapping[str, Verdict], rank: Rank | None
) -> list[str]:
    """Return the lines; `earlier` are verdicts of the user's own stored reports by version, `now` today's moment."""
    rows = [
        ("first release", _first(standing, now)),
        ("releases", _releases(standing, now)),
        ("this release", _this(standing, now)),
        ("withdrawn", _withdrawn(standing)),
        ("status", _status(standing)),
        ("publishers", _publishers(standing)),
        *_vulnerabilities(standing),
        ("your reports", _earlier(standing, earlier)),
        ("downloads", _downloads(rank)),
    ]
    return [f"  {label:<14} {shown_text(text)}" for label, text in rows]


def _first(standing: Standing, now: datetime) -> str:
    if not standing.uploads:
        return NOT_SAID
    first = standing.uploads[0]
    return f"{_day(first.moment, now)}: {first.version}"


def _releases(standing: Standing, now: datetime) -> str:
    if not standing.uploads:
        return f"{standing.releases:,}; the last one's day is {NOT_SAID}"
    last = standing.uploads[-1]
    return f"{standing.releases:,}; the last one is {last.version}, {_day(last.moment, now)}"


def _this(standing: Standing, now: datetime) -> str:
    moment = next((each.moment for each in standing.uploads if each.version == standing.version), None)
    return (
        f"{standing.version}, {_day(moment, now)}" if moment else f"{standing.version}; its day is {NOT_SAID}"
    )


def _day(moment: datetime, now: datetime) -> str:
    days = (now - moment).days
    return f"{moment.date().isoformat()} ({days:,} day{'s' if days != 1 else ''} ago)"


def _withdrawn(standing: Standing) -> str:
    if not standing.yanked:
        return "none"
    this = " (this one too)" if standing.version in standing.yanked else ""
    return f"{len(standing.yanked):,} of {standing.releases:,}{this}: {_some(standing.yanked[::-1])}"


def _status(standing: Standing) -> str:
    if standing.status is None:
        return NOT_SAID
    reason = f" ({standing.status_reason})" if standing.status_reason else ""
    return MEANINGS.get(standing.status, standing.status) + reason


def _publishers(standing: Standing) -> str:
    if standing.publishers is None:
        return NOT_SAID
    return f"{_some(standing.publishers) or 'nobody'}; since when is {NOT_SAID}"


def _vulnerabilities(standing: Standing) -> Iterator[tuple[str, str]]:
    """One row per known weakness of this version."""
    label = "known flaws"
    if standing.vulnerabilities is None:
        yield label, NOT_SAID
    elif not standing.vulnerabilities:
        yield label, f"none is known of {standing.version}"
    for found in standing.vulnerabilities or ():
        yield label, _flaw(found)


def _flaw(found: Vulnerability) -> str:
    names = ", ".join(dict.fromkeys((found.id, *found.aliases)))
    fixed = f"fixed in {', '.join(found.fixed_in)}" if found.fixed_in else "no fixed version is named"
    return f"{names}: {f'{found.summary}; ' if found.summary else ''}{fixed}"


def _earlier(standing: Standing, earlier: Mapping[str, Verdict]) -> str:
    """What the user's own reports say of other releases."""
    others = {version: verdict for version, verdict in earlier.items() if version != standing.version}
    if not others:
        return "none of another release"
    counts = Counter(verdict.value for verdict in others.values())
    counted = ", ".join(f"{counts[each.value]} {each.value}" for each in Verdict if counts[each.value])
    refuted = [version for version, verdict in others.items() if verdict is Verdict.MISMATCH]
    plural = "s" if len(others) != 1 else ""
    return f"of {len(others)} other release{plural}: {counted}{f' ({_some(refuted)})' if refuted else ''}"


def _downloads(rank: Rank | None) -> str:
    if rank is None:
        return "not known: no list of ranks was given (--ranks FILE)"
    if rank.place is None:
        return f"not among the {rank.listed:,} projects of the list given"
    times = f", {rank.downloads:,} downloads" if rank.downloads is not None else ""
    return f"place {rank.place:,} of the {rank.listed:,} projects of the list given{times}"


def _some(words: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(words) - MOST_SHOWN:,} more" if len(words) > MOST_SHOWN else ""
    return ", ".join(words[:MOST_SHOWN]) + more
