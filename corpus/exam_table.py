"""What the exam found in, the table that people read and the lists of what must be looked at out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.exam import Examined
from provenance.model import Evidence, Verdict

# of a tamper: not answered yes; documentation that cannot act; an edit that a rule documents as free; a mode, which
# no evidence level speaks of; answered yes; not answered at all
OUTCOMES = ("caught", "inert", "free", "apart", "missed", "crashed")
# of a change that means nothing: `unchanged` or `disturbed`
FAILED = ("missed", "crashed", "disturbed")


def is_passed(results: Sequence[Examined]) -> bool:
    """Whether every release got its expected verdict and no tamper got through."""
    return not any(
        result.problem or any(trial.outcome in FAILED for trial in result.trials) for result in results
    )


def table(results: Sequence[Examined]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield from _verdicts(results)
    yield from _levels(results)
    yield from _tampers(results)
    yield from _freedoms(results)
    yield from _wrong(results)
    yield from _sums(results)


def _verdicts(results: Sequence[Examined]) -> Iterator[str]:
    yield f"{'Releases':40}{'pure':>8}{'compiled':>10}"
    found = Counter((result.found, result.release.pure) for result in results)
    for verdict in (*Verdict, None):
        if found[verdict, True] or found[verdict, False]:
            yield f"  {verdict or 'could not be judged':38}{found[verdict, True]:>8}{found[verdict, False]:>10}"
    yield ""


def _levels(results: Sequence[Examined]) -> Iterator[str]:
    levels = sum((result.levels for result in results), Counter[Evidence]())
    yield f"{'Files':40}{levels.total():>8}"
    yield from (f"  {level:38}{levels[level]:>8}" for level in Evidence if levels[level])
    yield ""


def _tampers(results: Sequence[Examined]) -> Iterator[str]:
    trials = Counter((trial.kind, trial.outcome) for result in results for trial in result.trials)
    kinds = sorted({kind for kind, _ in trials})
    tried = [kind for kind in kinds if any(trials[kind, outcome] for outcome in OUTCOMES)]
    if tried:
        yield f"{'Tampers':60}{'tried':>8}" + "".join(f"{outcome:>8}" for outcome in OUTCOMES)
    for kind in tried:
        numbers = [trials[kind, outcome] for outcome in OUTCOMES]
        yield f"  {kind:58}{sum(numbers):>8}" + "".join(f"{number or '':>8}" for number in numbers)
    totals = [sum(trials[kind, outcome] for kind in kinds) for outcome in OUTCOMES]
    yield f"  {'all':58}{sum(totals):>8}" + "".join(f"{number:>8}" for number in totals)
    yield ""
    for kind in kinds:
        if same := trials[kind, "unchanged"] + trials[kind, "disturbed"]:
            yield f"  {kind + ', which means nothing':58}{same:>8}, verdict disturbed {trials[kind, 'disturbed']}"
    yield ""


def _freedoms(results: Sequence[Examined]) -> Iterator[str]:
    free = Counter(trial.remark for result in results for trial in result.trials if trial.outcome == "free")
    if free:
        yield "Free by what the rules document"
        yield from (f"  {remark:98}{number:>8}" for remark, number in sorted(free.items()))
        yield ""


def _wrong(results: Sequence[Examined]) -> Iterator[str]:
    for result in results:
        if result.problem:
            yield f"FALSE  {result.release.reference}: {result.problem}"
    for result in results:
        for trial in result.trials:
            if trial.outcome in FAILED:
                yield f"{trial.outcome.upper()}  {trial.filename}  {trial.kind}: {trial.target} ({trial.remark})"


def _sums(results: Sequence[Examined]) -> Iterator[str]:
    problems = sum(bool(result.problem) for result in results)
    outcomes = Counter(trial.outcome for result in results for trial in result.trials)
    artifacts, objects = (sum(result.received[place] for result in results) for place in (0, 1))
    seconds = sum(result.seconds for result in results)
    yield (
        f"{len(results)} releases, {problems} false alarms; "
        f"{sum(outcomes[each] for each in OUTCOMES)} tampered artifacts, {outcomes['missed']} missed, "
        f"{outcomes['crashed']} without an answer; "
        f"{seconds:.0f} s to judge the clean ones, "
        f"{artifacts / 1e6:.1f} MB of artifacts, {objects / 1e6:.1f} MB of git objects"
    )
