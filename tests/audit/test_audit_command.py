"""`provenance audit`: in, a list of releases; out, an answer for each, once, however often it is started."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
from pathlib import Path

import pytest

from corpus.git_faults import failing
from corpus.loopback import Handler

from .conftest import COUNT, Hall, lines, until


def test_every_release_of_a_list_gets_an_answer(hall: Hall) -> None:
    """And a report in the store, addressed by release."""
    outcome = hall.audit(*hall.words("a"))
    assert outcome.code == 0
    assert f"{COUNT} releases: {COUNT} match" in outcome.stdout
    assert {row["verdict"] for row in hall.releases("a")} == {"match"}
    reports = Path(hall.place("a")) / "reports"
    assert len(list(reports.glob("plume-*/1.0.0/*.whl.intoto.json"))) == COUNT


def test_nothing_is_done_twice_unless_asked(hall: Hall) -> None:
    """The second run asks no host anything; with --again the index is asked about all."""
    hall.audit(*hall.words("a"))
    before = hall.index.traffic.requests
    assert hall.audit(*hall.words("a")).code == 0
    assert hall.index.traffic.requests == before
    hall.audit(*hall.words("a", "--again"))
    assert hall.index.traffic.requests >= before + COUNT


def test_an_index_is_asked_whether_its_pages_have_changed(hall: Hall) -> None:
    """What the cache holds of them, and the artifacts, does not come again: for all workers of all audits."""
    hall.audit(*hall.words("a"))
    asked: list[tuple[str, bool]] = []
    answer = hall.index.answer

    def recording(request: Handler) -> None:
        asked.append((request.path, "If-None-Match" in request.headers))
        answer(request)

    hall.index.answer = recording  # type: ignore[method-assign]
    hall.audit(*hall.words("b", "--since", "2020-01-01"))
    assert sorted(set(asked)) == [(f"/simple/plume-{number}/", True) for number in range(COUNT)]


def test_what_changed_is_the_first_line_of_the_report(hall: Hall) -> None:
    """An artifact that is gone since the audit before."""
    hall.audit(*hall.words("a"))
    gone = hall.index.artifacts.pop("plume_3-1.0.0.tar.gz")
    hall.audit(*hall.words("a", "--again"))
    report = hall.audit("report", "--state", hall.place("a")).stdout
    assert report.splitlines()[0] == f"CHANGED. plume-3 1.0.0: {gone.name} is gone"
    assert hall.releases("a")[0]["changes"] == [f"{gone.name} is gone"]


def test_reports_are_found_by_the_digest_that_the_audit_names(hall: Hall) -> None:
    """It leads to a list of statements, each of which is what its name says."""
    store = hall.folder / "store"
    hall.audit(*hall.words("a", "--store", str(store)))
    for row in hall.releases("a"):
        listed = store / "sha256" / row["digest"][:2] / f"{row['digest']}.sha256"
        assert hashlib.sha256(listed.read_bytes()).hexdigest() == row["digest"]
        statements = dict(reversed(line.split("  ")) for line in listed.read_text().splitlines())
        assert statements.keys() == {artifact["filename"] for artifact in row["artifacts"]}
        for digest in statements.values():
            envelope = json.loads((store / "sha256" / digest[:2] / f"{digest}.intoto.json").read_text())
            assert hashlib.sha256(base64.b64decode(envelope["payload"])).hexdigest() == digest
    assert not (Path(hall.place("a")) / "reports").exists()


def test_reports_go_to_one_place(hall: Hall) -> None:
    """By digest or by release."""
    outcome = hall.audit(*hall.words("a", "--store", "one", "--output", "other"))
    assert outcome.code == 2
    assert "--output names reports by release, --store by digest" in outcome.stderr


def test_a_release_that_is_not_there_is_a_failure_that_says_why(hall: Hall) -> None:
    """At once, for no later try would find it; the others are answered."""
    hall.references.append("no-such-plume==1.0.0")
    outcome = hall.audit(*hall.words("a"))
    assert outcome.code == 4
    assert "Failed. no-such-plume 1.0.0: not on the index: The index has no project" in outcome.stdout
    assert sum(row["verdict"] == "match" for row in hall.releases("a")) == COUNT


def test_retry_takes_up_what_had_failed(hall: Hall) -> None:
    """A project that came to the index in the meantime."""
    hidden = {name: hall.index.artifacts.pop(name) for name in list(hall.index.artifacts) if "_1-" in name}
    assert hall.audit(*hall.words("a")).code == 4
    hall.index.artifacts |= hidden
    assert "1 that had failed" in hall.audit("retry", "--state", hall.place("a")).stdout
    assert hall.audit(*hall.words("a")).code == 0
    assert {row["verdict"] for row in hall.releases("a")} == {"match"}


def test_a_host_that_fails_for_a_while_is_waited_for(hall: Hall) -> None:
    """Its releases are tried again, and none is answered on its failures."""
    hall.host.fault = failing(503, 30)
    file = hall.folder / "events.jsonl"
    assert hall.audit(*hall.words("a", "--events", str(file))).code == 0
    assert "retry" in {event["kind"] for event in lines(file)}
    assert {row["verdict"] for row in hall.releases("a")} == {"match"}


def test_a_host_that_refuses_throughout_is_no_mismatch(hall: Hall) -> None:
    """Nothing is lost: the releases are named with what the host said."""
    hall.host.fault = failing(429, Retry_After="0")
    outcome = hall.audit(*hall.words("a", "--pause", "0"))
    assert outcome.code == 4
    rows = hall.releases("a")
    assert {row["verdict"] for row in rows} == {None}
    assert all("limits how often it may be asked" in row["reason"] for row in rows)


def test_the_metrics_are_prometheus_text(hall: Hall) -> None:
    """The counts at the end of the run are in the file."""
    file = hall.folder / "metrics.prom"
    hall.audit(*hall.words("a", "--metrics", str(file)))
    text = file.read_text()
    assert f'provenance_audit_releases_settled{{verdict="match"}} {COUNT}\n' in text
    assert "# TYPE provenance_audit_host_visits_total counter\n" in text


def test_the_table_has_a_row_for_each_release(hall: Hall) -> None:
    """With its verdict, its evidence and what it cost."""
    hall.audit(*hall.words("a"))
    file = hall.folder / "table.csv"
    hall.audit("report", "--state", hall.place("a"), "--table", str(file))
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == COUNT
    assert {row["backend"] for row in rows} == {"flit"}
    assert all(int(row["identical"]) and float(row["seconds"]) for row in rows)


def test_the_table_can_be_parquet(hall: Hall) -> None:
    """With the same rows, and numbers as numbers."""
    parquet = pytest.importorskip("pyarrow.parquet")
    hall.audit(*hall.words("a"))
    file = hall.folder / "table.parquet"
    hall.audit("report", "--state", hall.place("a"), "--table", str(file))
    rows = parquet.read_table(file).to_pylist()
    assert [row["name"] for row in rows] == [f"plume-{number}" for number in range(COUNT)]
    assert all(row["identical"] > 0 for row in rows)


def test_the_most_downloaded_projects_come_from_a_list_with_their_ranks(hall: Hall) -> None:
    """So many as the limit allows, each with its newest release."""
    ranking = hall.folder / "top.csv"
    ranking.write_text("rank,project,downloads_30_days\n1,plume_2,30\n2,Plume-0,20\n3,plume-1,10\n")
    options = ["--list", str(ranking), "--limit", "2", *hall.words("a")[1:]]
    assert hall.audit("top", *options).code == 0
    assert {(row["name"], row["rank"]) for row in hall.releases("a")} == {("plume-2", 1), ("plume-0", 2)}


def test_all_versions_of_projects_come_from_the_index(hall: Hall) -> None:
    """Each as a release of its own."""
    options = ["--projects", "plume-1, plume-2", "--all-versions", *hall.words("a")[1:]]
    assert hall.audit(*options).code == 0
    assert [(row["name"], row["version"]) for row in hall.releases("a")] == [
        ("plume-1", "1.0.0"),
        ("plume-2", "1.0.0"),
    ]


def test_hosts_are_told_who_asks(hall: Hall) -> None:
    """The contact stands in the user agent for the index and for git hosts."""
    agents = set()
    hall.host.fault = lambda request: agents.add(request.headers["User-Agent"]) is not None
    answer = hall.index.answer

    def recording(request: object) -> None:
        agents.add(request.headers["User-Agent"])  # type: ignore[attr-defined]
        answer(request)  # type: ignore[arg-type]

    hall.index.answer = recording  # type: ignore[method-assign,assignment]
    hall.audit(*hall.words("a", "--contact", "audits@project.example"))
    assert len(agents) == 2
    assert all("audits@project.example" in agent for agent in agents)


def test_a_line_that_names_no_release_is_named(hall: Hall) -> None:
    """Before anything is asked of a host."""
    hall.references.insert(1, "plume >= 1, < 2")
    outcome = hall.audit(*hall.words("a"))
    assert outcome.code == 2
    assert "list.txt, line 4:" in outcome.stderr


def test_two_audits_do_not_share_a_state(hall: Hall) -> None:
    """The second is told so."""
    hall.host.fault = failing(503)
    first = hall.start(*hall.words("a", "--pause", "60"))
    queue = Path(hall.place("a")) / "queue.sqlite"
    try:
        until(queue.is_file)
        outcome = hall.audit(*hall.words("a"))
    finally:
        first.kill()
        first.communicate()
    assert outcome.code == 4
    assert "Another audit is at work on" in outcome.stderr
