"""The exam itself: in, an example release with known answers; out, that nothing it should notice escapes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import exam
from corpus.catalogue import Pin, PinnedRelease, by_project, pinned_releases
from corpus.exam import Examined, examine
from corpus.exam_run import Plan, chosen_releases, results_of
from corpus.exam_table import is_passed, table
from corpus.example import FLIT
from corpus.git_host import GitHost
from provenance.cache import file_sha256
from provenance.cli.options import opened
from provenance.compare import Context
from provenance.model import Evidence, Finding, Severity, Verdict
from tests.conftest import MakeRelease, Serve

Examine = Callable[..., Examined]


@pytest.fixture
def pinned(release: MakeRelease) -> PinnedRelease:
    """An example release, pinned as the real ones are."""
    built = release(FLIT)
    return PinnedRelease(
        name=FLIT.name,
        version=FLIT.version,
        repository=FLIT.repository,
        ref=FLIT.tag,
        commit=built.commit,
        subdirectory="",
        backend="flit_core.buildapi",
        pure=True,
        artifacts=tuple(Pin(path.name, file_sha256(path)) for path in built.artifacts),
        expected=Verdict.MATCH,
    )


@pytest.fixture
def examined(
    pinned: PinnedRelease,
    release: MakeRelease,
    serve: Serve,
    git_host: GitHost,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Examine:
    """Run the exam on the example: `examined(tampers=…, seed=…, expected=…)`."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(git_host.write_gitconfig(tmp_path / "gitconfig")))
    index = serve(release(FLIT).artifacts).simple

    def run(*, tampers: int, seed: int = 0, expected: Verdict = Verdict.MATCH) -> Examined:
        with opened(
            source=None, index=index, subdirectory=None, all_wheels=False, cache=tmp_path, debug=True
        ) as options:
            one = replace(pinned, expected=expected)
            (result,) = examine([one], options, tampers=tampers, seed=seed, with_git=True)
        return result

    return run


def test_a_clean_release_passes(examined: Examine) -> None:
    """Nothing to say where all is as expected."""
    result = examined(tampers=0)
    assert (result.found, result.problem, result.trials) == (Verdict.MATCH, "", ())
    assert is_passed([result])


def test_another_verdict_than_expected_is_a_false_alarm(examined: Examine) -> None:
    """The corpus says what is right, not the tool."""
    result = examined(tampers=0, expected=Verdict.UNPROVEN)
    assert result.problem == "expected unproven, found match"
    assert not is_passed([result])
    assert "FALSE  plume==1.0.0: expected unproven, found match" in table([result])


def test_a_seed_gives_the_same_trials_again(examined: Examine) -> None:
    """Chance is what the seed says."""
    again, same, other = (examined(tampers=30, seed=seed).trials for seed in (1, 1, 2))
    assert again == same
    assert again != other


def test_every_artifact_gets_as_many_tampers_as_asked_for(examined: Examine, pinned: PinnedRelease) -> None:
    """Those with the archive as a whole come on top."""
    trials = [trial for trial in examined(tampers=30).trials if trial.target != "the archive"]
    assert sorted(trial.filename for trial in trials) == sorted(
        pin.filename for pin in pinned.artifacts for _ in range(30)
    )


def test_changed_code_is_caught(examined: Examine) -> None:
    """The kinds of tampers that need no study."""
    trials = examined(tampers=400).trials
    plain = ("append a line", "change indentation", "inject a dependency", "shadow a module", "a device")
    outcomes = {trial.kind: trial.outcome for trial in trials if trial.filename.endswith(".whl")}
    assert {kind: outcomes[kind] for kind in plain} == dict.fromkeys(plain, "caught")


def test_a_tool_that_says_yes_to_everything_fails(examined: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exam does not take the tool's word for it."""
    monkeypatch.setattr(exam, "judge", _always_yes)
    result = examined(tampers=40)
    outcomes = {trial.outcome for trial in result.trials if trial.target != "the archive"}
    assert {"missed"} <= outcomes <= {"missed", "free", "apart"}
    assert not is_passed([result])


def _always_yes(context: Context) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            path=path,
            evidence=Evidence.IDENTICAL,
            rule="identity",
            severity=Severity.INFO,
            source_path=path,
            reason="",
        )
        for path in context.tree.entries
    )


def test_a_tool_that_breaks_fails(examined: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is not an answer."""

    def broken(context: Context) -> tuple[Finding, ...]:
        raise ValueError("malformed")

    monkeypatch.setattr(exam, "judge", broken)
    result = examined(tampers=3)
    assert {(trial.outcome, trial.remark) for trial in result.trials if trial.target != "the archive"} == {
        ("crashed", "ValueError: malformed")
    }
    assert not is_passed([result])


def test_the_corpus_is_what_it_says() -> None:
    """Every release once, at most three of a project, a reason for every verdict but yes."""
    releases = pinned_releases()
    assert len(releases) >= 160
    assert len({release.reference for release in releases}) == len(releases)
    assert max(len(group) for group in by_project(releases)) <= 3
    unsaid = [
        release.reference
        for release in releases
        if release.expected not in (Verdict.MATCH, Verdict.MATCH_EXTRAS) and not release.why
    ]
    assert unsaid == []


@pytest.mark.network
def test_real_releases_need_no_git_host_where_the_corpus_has_a_listing() -> None:
    """A small sample, by the user's own index."""
    plan = Plan(tampers=10, seed=0, with_git=False)
    results = list(results_of(chosen_releases(3, None, plan), plan, jobs=1))
    if unreachable := [result.problem for result in results if result.found is None]:
        pytest.skip(f"the package index cannot be used from here: {unreachable[0]}")
    assert [result.problem for result in results] == ["", "", ""]
    assert all(len(result.trials) >= 10 for result in results)
