"""`provenance audit --since`: in, what was uploaded since a moment; out, an audit that has it, and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corpus.example import git

from .conftest import COUNT, Hall, lines


def now() -> str:
    """This moment, as an index writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_release_that_was_uploaded_since_the_last_audit_is_added(hall: Hall) -> None:
    """It alone is checked: nothing new is known of the others."""
    hall.audit(*hall.words("a"))
    hall.publish("plume-2", "1.1.0", now())
    file = hall.folder / "events.jsonl"
    outcome = hall.audit(*hall.words("a", "--since", "last", "--events", str(file)))
    assert outcome.code == 0
    assert outcome.stdout.startswith(f"1 release with files uploaded since, in {COUNT} projects\n")
    assert [(row["name"], row["version"], row["verdict"]) for row in lines(file)] == [
        ("plume-2", "1.1.0", "match")
    ]
    assert len(hall.releases("a")) == COUNT + 1


def test_an_artifact_that_was_added_to_a_checked_release_is_the_first_line_of_the_report(hall: Hall) -> None:
    """Its release is checked anew, and said to have changed."""
    late = hall.index.artifacts.pop("plume_3-1.0.0.tar.gz")
    hall.audit(*hall.words("a"))
    hall.index.artifacts[late.name] = late
    hall.index.uploaded = {late.name: now()}
    hall.audit(*hall.words("a", "--since", "last"))
    report = hall.audit("report", "--state", hall.place("a")).stdout
    assert report.splitlines()[0] == f"CHANGED. plume-3 1.0.0: {late.name} was added"


def test_a_tag_that_was_moved_is_the_first_line_of_the_report(hall: Hall) -> None:
    """An audit that looks again finds it: no upload tells of it. Its cache does not believe what it knew of tags."""
    repository = hall.own_repository("plume-5")
    hall.audit(*hall.words("a"))
    moved = git(repository, "commit-tree", "-p", "v1.0.0", "-m", "Moved", "v1.0.0^{tree}")
    git(repository, "tag", "--force", "v1.0.0", moved)
    hall.audit(*hall.words("a", "--again", "--cache", hall.place("other-cache")))
    report = hall.audit("report", "--state", hall.place("a")).stdout
    assert report.startswith("CHANGED. plume-5 1.0.0: v1.0.0 was moved from ")
    assert f"to {moved[:12]}" in report.splitlines()[0]


def test_what_was_checked_after_its_upload_is_not_checked_again(hall: Hall) -> None:
    """However far back the date lies."""
    hall.audit(*hall.words("a"))
    before = hall.host.traffic.requests
    outcome = hall.audit(*hall.words("a", "--since", "2020-01-01"))
    assert outcome.stdout.startswith(f"0 releases with files uploaded since, in {COUNT} projects\n")
    assert hall.host.traffic.requests == before


def test_since_a_date_every_release_after_it_is_added_once(hall: Hall) -> None:
    """The newest is what the project's name alone asks for already."""
    hall.publish("plume-2", "1.1.0", "2025-06-01T12:00:00Z")
    hall.publish("plume-2", "1.2.0", "2025-06-03T12:00:00Z")
    options = ["--projects", "plume-2", "--since", "2025-05-01", *hall.words("a")[1:]]
    assert hall.audit(*options).code == 0
    assert [row["version"] for row in hall.releases("a")] == ["1.2.0", "1.1.0"]


def test_without_a_list_the_projects_of_the_audit_are_looked_at(hall: Hall) -> None:
    """Whatever they came from."""
    hall.audit(*hall.words("a"))
    hall.publish("plume-2", "1.1.0", now())
    assert hall.audit("--since", "last", *hall.words("a")[1:]).code == 0
    assert ("plume-2", "1.1.0") in {(row["name"], row["version"]) for row in hall.releases("a")}


def test_a_project_that_cannot_be_asked_is_said_and_made_up_for_by_the_next_audit(hall: Hall) -> None:
    """The others are looked at."""
    hall.audit(*hall.words("a"))
    hall.publish("plume-2", "1.1.0", now())
    hall.index.statuses = {"/simple/plume-2/": 403}
    outcome = hall.audit(*hall.words("a", "--since", "last"))
    assert outcome.code == 4
    assert "What was uploaded of 1 project is not known. plume-2: The index refused access" in outcome.stderr
    hall.index.statuses = {}
    assert hall.audit(*hall.words("a", "--since", "last")).code == 0
    assert len(hall.releases("a")) == COUNT + 1


def test_an_index_that_does_not_say_when_is_no_silent_nothing(hall: Hall) -> None:
    """Its pages have no moments of upload."""
    hall.audit(*hall.words("a"))
    hall.index.html_only = True
    outcome = hall.audit(*hall.words("a", "--since", "last"))
    assert outcome.code == 4
    assert "plume-0: the index does not say when files were uploaded" in outcome.stderr
    assert f"What was uploaded of {COUNT} projects is not known" in outcome.stderr


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "1.5"])
def test_what_is_no_date_is_not_understood(hall: Hall, text: str) -> None:
    """Before anything is asked of a host."""
    outcome = hall.audit(*hall.words("a", "--since", text))
    assert outcome.code == 2
    assert "is neither `last` nor a date" in outcome.stderr
