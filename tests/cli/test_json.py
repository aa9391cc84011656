"""The contract of `--format json`: in, answers of every kind; out, the keys of check/v1 and no others."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from corpus.example import FLIT, UNTAGGED
from corpus.tamper import append, rewrite_wheel
from tests.conftest import Check, MakeRelease

LEVELS = (
    "identical normalized reproduced rebuilt consistent recognized relocated modified added".split()  # noqa: SIM905
)
SEVERITIES = ["critical", "high", "medium", "low", "info"]
RELEASE = {"name", "version", "verdict", "answer", "severities", "source", "artifacts", "notices"}
SOURCE = {"repository", "ref", "commit", "tree", "subdirectory", "tag", "named_by", "submodules"}
ARTIFACT = {"filename", "kind", "sha256", "verdict", "counts", "findings", "attestations"}
FINDING = {"path", "evidence", "rule", "severity", "source_path", "reason", "sha256", "blob"}
NOTICE = {"code", "severity", "message", "is_lasting"}


@pytest.fixture
def documents(release: MakeRelease, check: Check, tmp_path: Path) -> list[dict[str, Any]]:
    """What is printed of a clean release, a tampered one without digests, and one without a tag."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/_hook.py": append(b"import os\n")})
    return [
        check(built, "--format", "json").document,
        check(built, "--format", "json", artifacts=[built.sdist, wheel], hashes=False).document,
        check(release(UNTAGGED), "--format", "json").document,
    ]


def test_the_document_names_its_schema(documents: list[dict[str, Any]]) -> None:
    """A document is a schema's name and its releases."""
    for document in documents:
        assert set(document) == {"schema", "releases"}
        assert document["schema"] == "check/v1"


def test_the_keys_are_those_of_the_contract(documents: list[dict[str, Any]]) -> None:
    """Whoever reads check/v1 today can read it in any later version."""
    for (found,) in (document["releases"] for document in documents):
        assert set(found) == RELEASE
        assert found["source"] is None or set(found["source"]) == SOURCE
        assert list(found["severities"]) == SEVERITIES
        for artifact in found["artifacts"]:
            assert set(artifact) == ARTIFACT
            assert list(artifact["counts"]) == LEVELS
            assert all(set(finding) == FINDING for finding in artifact["findings"])
        assert all(set(notice) == NOTICE for notice in found["notices"])


def test_the_answers_are_three(documents: list[dict[str, Any]]) -> None:
    """Yes, no and cannot tell are words of their own."""
    assert [document["releases"][0]["answer"] for document in documents] == ["yes", "no", "cannot tell"]


def test_a_proven_release_has_no_severity_above_info(documents: list[dict[str, Any]]) -> None:
    """Silence where all is well."""
    counts = documents[0]["releases"][0]["severities"]
    assert [counts[severity] for severity in SEVERITIES[:-1]] == [0, 0, 0, 0]


def test_findings_leave_out_identical_files_alone(documents: list[dict[str, Any]]) -> None:
    """Every file that is not identical is listed."""
    for artifact in documents[0]["releases"][0]["artifacts"]:
        expected = sum(count for level, count in artifact["counts"].items() if level != "identical")
        assert len(artifact["findings"]) == expected


def test_all_files_lists_all(release: MakeRelease, check: Check) -> None:
    """With `--all-files`, identical files are listed too."""
    (found,) = check(release(FLIT), "--format", "json", "--all-files").document["releases"]
    for artifact in found["artifacts"]:
        assert len(artifact["findings"]) == sum(artifact["counts"].values())


def test_the_digest_is_that_of_the_file(release: MakeRelease, check: Check) -> None:
    """The report binds its answer to the artifact's sha256."""
    built = release(FLIT)
    (found,) = check(built, "--format", "json").document["releases"]
    digests = {artifact["filename"]: artifact["sha256"] for artifact in found["artifacts"]}
    assert digests == {path.name: sha256(path.read_bytes()).hexdigest() for path in built.artifacts}


def test_the_same_question_gets_the_same_bytes(release: MakeRelease, check: Check) -> None:
    """Nothing of the machine or the moment is in the document."""
    built = release(FLIT)
    assert check(built, "--format", "json").stdout == check(built, "--format", "json").stdout
