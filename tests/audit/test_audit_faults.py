"""An audit while things go wrong: in, processes killed, hosts and disks that fail; out, what an undisturbed one finds.

`PROVENANCE_KILLS=100` kills that often instead of a few times, and prints what it did.
"""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from corpus.command import COMMAND, ROOT
from corpus.git_faults import silent
from corpus.loopback import Handler

from .conftest import COUNT, Hall, kill, lines, until, workers_of

KILLS = int(os.environ.get("PROVENANCE_KILLS", "10"))


def test_processes_that_are_killed_cost_time_alone(hall: Hall) -> None:
    """Workers and coordinators end at any moment; each release has the digest that it has without that."""
    hall.audit(*hall.words("undisturbed"))
    file = hall.folder / "events.jsonl"
    chance = random.Random(7)
    killed = {"worker": 0, "coordinator": 0}
    began = time.monotonic()
    while sum(killed.values()) < KILLS:
        done = sum(event["kind"] == "done" for event in lines(file))
        coordinator = hall.start(
            *hall.words("disturbed", "--events", str(file), *(["--again"] if done else []))
        )
        _kill_some(coordinator, killed, chance, file)
        _, said = coordinator.communicate(timeout=120)
        assert "Traceback" not in said
    hall.audit("retry", "--state", hall.place("disturbed"))
    assert hall.audit(*hall.words("disturbed")).code == 0
    seconds = time.monotonic() - began
    sys.stdout.write(f"{killed} killed in {seconds:.0f} s, {len(lines(file))} events, {COUNT} releases\n")
    assert hall.digests("disturbed") == hall.digests("undisturbed")


def _kill_some(
    coordinator: subprocess.Popen[str], killed: dict[str, int], chance: random.Random, file: Path
) -> None:
    """Kill workers, and in the end the coordinator too, each after some answers, unless all is done before."""
    for _ in range(chance.randint(1, 5)):
        known = len(lines(file))
        until(lambda known=known: len(lines(file)) > known or coordinator.poll() is not None)  # type: ignore[misc]
        time.sleep(chance.uniform(0, 0.1))
        workers = workers_of(coordinator.pid)
        if coordinator.poll() is not None or not workers or sum(killed.values()) == KILLS:
            return
        kill(chance.choice(workers))
        killed["worker"] += 1
    if coordinator.poll() is None and sum(killed.values()) < KILLS:
        time.sleep(chance.uniform(0, 0.4))
        kill(coordinator.pid)
        killed["coordinator"] += 1


def test_workers_end_with_their_coordinator(hall: Hall) -> None:
    """None stays behind to work for nobody."""
    hall.index.statuses = {f"/simple/plume-{number}/": 503 for number in range(COUNT)}
    coordinator = hall.start(*hall.words("a"))
    until(lambda: len(workers_of(coordinator.pid)) == 2)
    workers = workers_of(coordinator.pid)
    kill(coordinator.pid)
    coordinator.communicate()
    until(lambda: not any(_runs(worker) for worker in workers))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_index_that_is_down_for_a_while_is_waited_for(hall: Hall) -> None:
    """It hangs up on everybody, and then is back."""
    answer = hall.index.answer

    def down(request: Handler) -> None:
        request.close_connection = True

    hall.index.answer = down  # type: ignore[method-assign]
    threading.Timer(3, lambda: setattr(hall.index, "answer", answer)).start()
    assert hall.audit(*hall.words("a")).code == 0
    assert {row["verdict"] for row in hall.releases("a")} == {"match"}


def test_a_full_disk_ends_the_audit_with_a_sentence_and_loses_nothing(hall: Hall) -> None:
    """With room again, it goes on where it was."""
    hall.audit(*hall.words("undisturbed"))
    limited = subprocess.run(
        [*COMMAND, "audit", *hall.words("a", "--cache", hall.place("other-cache"))],
        cwd=ROOT,
        env={**hall.environment, "PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16)),
    )
    assert limited.returncode == 4
    assert "it goes on where it was" in limited.stderr
    assert "Traceback" not in limited.stderr
    assert hall.audit(*hall.words("a")).code == 0
    assert hall.digests("a") == hall.digests("undisturbed")


def test_a_release_that_takes_too_long_is_given_up_and_the_others_are_not(hall: Hall) -> None:
    """Its process is ended; it gets a second try, and then a reason."""
    hall.host.fault = lambda request: "plume-3" in request.path and silent(request)
    outcome = hall.audit(*hall.words("a", "--time-limit", "8"))
    assert outcome.code == 4
    assert "Failed. plume-3 1.0.0: it took too long: it was not done after 8 seconds" in outcome.stdout
    assert sum(row["verdict"] == "match" for row in hall.releases("a")) == COUNT - 1


def test_a_state_that_another_process_holds_is_waited_for(hall: Hall) -> None:
    """A backup or a curious person with a transaction open."""
    queue = Path(hall.place("a")) / "queue.sqlite"
    coordinator = hall.start(*hall.words("a"))
    until(queue.is_file)
    other = sqlite3.connect(queue, timeout=30, isolation_level=None)
    until(lambda: bool(other.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]))
    other.execute("BEGIN IMMEDIATE")
    time.sleep(3)
    assert coordinator.poll() is None
    other.execute("ROLLBACK")
    other.close()
    _, said = coordinator.communicate(timeout=120)
    assert (coordinator.returncode, said) == (0, "")
    assert {row["verdict"] for row in hall.releases("a")} == {"match"}
