"""The queue: in, releases and what became of each try; out, what is to be done next, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.audit.queue import Queue, Wanted
from provenance.audit.task import RETRIES, Failed, Failure, Task
from provenance.errors import AuditError
from provenance.model import Verdict
from provenance.report.audited import Audited

LEASE = 60.0


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    """An empty queue that does not pause between tries."""
    with Queue(tmp_path / "queue.sqlite", pause=0) as queue:
        yield queue


def answer(task: Task, verdict: Verdict = Verdict.MATCH) -> Audited:
    """An answer for a task."""
    name, _, version = task.reference.partition("==")
    return Audited(name=name, version=version, verdict=verdict, digest="d")


def test_each_release_is_given_out_once(queue: Queue) -> None:
    """In the order in which they were asked for, and no release is in it twice."""
    assert queue.add([Wanted("a", "1"), Wanted("b"), Wanted("a", "1")]) == 2
    assert [task.reference for task in queue.claim(5, LEASE)] == ["a==1", "b"]
    assert queue.claim(5, LEASE) == []


def test_a_failure_that_may_pass_is_tried_again_until_it_is_final(queue: Queue) -> None:
    """As often as its kind allows; then it stays, with its reason."""
    queue.add([Wanted("a", "1")])
    failed = Failed(Failure.HOST, "git.example did not answer in time")
    again = [queue.fail(queue.claim(1, LEASE)[0], failed) for _ in range(RETRIES[Failure.HOST].tries)]
    assert again == [True] * (len(again) - 1) + [False]
    assert queue.claim(1, LEASE) == []
    assert [row.reason for row in queue.results()] == [f"{Failure.HOST.value}: {failed.reason}"]


def test_a_failure_that_cannot_pass_is_final_at_once(queue: Queue) -> None:
    """The index has no such release."""
    queue.add([Wanted("a", "1")])
    assert not queue.fail(queue.claim(1, LEASE)[0], Failed(Failure.NOT_ON_INDEX, "no such project"))


def test_the_pause_doubles(tmp_path: Path) -> None:
    """From what the kind of failure begins with."""
    with Queue(tmp_path / "queue.sqlite") as queue:
        queue.add([Wanted("a", "1")])
        (task,) = queue.claim(1, LEASE)
        queue.fail(task, Failed(Failure.HOST, "no answer"))
        first = queue.pause() or 0
        queue.fail(Task(task.id, task.reference, 2), Failed(Failure.HOST, "no answer"))
        second = queue.pause() or 0
    assert first == pytest.approx(RETRIES[Failure.HOST].pause, abs=1)
    assert second == pytest.approx(2 * RETRIES[Failure.HOST].pause, abs=1)


def test_what_an_ended_audit_had_in_work_is_taken_back(tmp_path: Path) -> None:
    """Its try does not count."""
    with Queue(tmp_path / "queue.sqlite") as first:
        first.add([Wanted("a", "1")])
        first.claim(1, LEASE)
    with Queue(tmp_path / "queue.sqlite") as second:
        assert second.recover() == 1
        assert [task.attempt for task in second.claim(1, LEASE)] == [1]


def test_again_keeps_what_was_known_to_compare_with(queue: Queue) -> None:
    """Another verdict is a change."""
    queue.add([Wanted("a", "1", rank=3)])
    (task,) = queue.claim(1, LEASE)
    queue.finish(task, answer(task))
    queue.add([Wanted("a", "1")], again=True)
    (task,) = queue.claim(1, LEASE)
    kept = queue.finish(task, answer(task, Verdict.MISMATCH))
    assert kept.changes == ("the answer was match and is now mismatch",)
    assert kept.rank == 3


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    """With its name in it."""
    file = tmp_path / "queue.sqlite"
    file.write_text("this is no database, however long it may be" * 100)
    with pytest.raises(AuditError, match=r"queue\.sqlite cannot be used"), Queue(file):
        pass


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["claim", "done", "fail", "end"]), max_size=40))
def test_whatever_happens_every_release_is_somewhere(
    steps: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Waiting, in work, done or failed: the counts always come to what was asked for."""
    running: list[Task] = []
    with Queue(tmp_path_factory.mktemp("queue") / "queue.sqlite", pause=0) as queue:
        queue.add(Wanted(f"p{number}", "1") for number in range(5))
        for step in steps:
            if step == "claim":
                running += queue.claim(2, LEASE)
            elif step == "done" and running:
                queue.finish(running[-1], answer(running.pop()))
            elif step == "fail" and running:
                queue.fail(running.pop(), Failed(Failure.CRASH, "it ended"))
            elif step == "end":
                assert queue.recover() == len(running)
                running.clear()
            tallies = queue.tallies()
            assert sum(tallies.values()) == 5
            assert tallies["working", ""] == len(running)
