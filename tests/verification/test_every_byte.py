"""One byte changed, anywhere in what a check left behind: in, real files; out, a sentence on what does not hold.

With PROVENANCE_EVERY_BYTE=1 every byte is changed instead of a sample.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from provenance.cache import Cache
from provenance.cli.log import entry_of
from provenance.cli.log_key import verifier_of
from provenance.errors import ReportError
from provenance.log import LogFiles, SeenCheckpoints
from provenance.model import Limits
from provenance.source import read_bundle
from provenance.verification import (
    Check,
    Places,
    Standing,
    check_artifact,
    check_log,
    check_signature,
    read_stored,
)
from tests.conftest import ORIGIN, CheckedRelease

STEP = 1 if os.environ.get("PROVENANCE_EVERY_BYTE") else 37
TODAY = date(2026, 1, 1)


def changed(content: bytes) -> Iterator[bytes]:
    """The content with one byte changed, at many places or at every one."""
    for place in range(0, len(content), STEP):
        yield content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def signature(made: CheckedRelease, envelope: bytes) -> tuple[Standing, str]:
    """How the check of the signature on an envelope came out; bytes that are none do not hold either."""
    try:
        found, _ = check_signature(read_stored(envelope), made.trusted, TODAY, is_named=False)
    except ReportError as error:
        return Standing.FAILS, str(error)
    return found.standing, found.sentence


def test_of_a_report(made: CheckedRelease) -> None:
    """It is no report any more, or nobody trusted signed it."""
    content = made.report.read_bytes()
    assert signature(made, content)[0] is Standing.HOLDS
    for other in changed(content):
        standing, sentence = signature(made, other)
        assert standing is not Standing.HOLDS
        assert sentence


def test_of_a_bundle(made: CheckedRelease) -> None:
    """It is no bundle any more."""
    content = made.bundle.read_bytes()
    assert read_bundle(content, Limits().git_bytes).objects
    for other in changed(content):
        with pytest.raises(ReportError, match=r"The bundle (is not a git pack|was changed or damaged)"):
            read_bundle(other, Limits().git_bytes)


def test_of_an_artifact(made: CheckedRelease, tmp_path: Path) -> None:
    """It is another artifact than that of the report."""
    report = read_stored(made.report.read_bytes())
    content = made.release.sdist.read_bytes()
    file = tmp_path / report.filename
    places = Places([file], Cache(tmp_path / "cache"))
    file.write_bytes(content)
    assert check_artifact(report, places).standing is Standing.HOLDS
    for other in changed(content):
        file.write_bytes(other)
        found = check_artifact(report, places)
        assert (found.standing, found.what) == (Standing.FAILS, "artifact")
        assert "and the report is about" in found.sentence


def logged(made: CheckedRelease, seen: Path, proof: bytes, checkpoint: bytes = b"") -> Check:
    """The check of the sdist's report against the log, with this proof and checkpoint in the place of its own."""
    trusted = verifier_of(ORIGIN, str(made.home / "data/keys/default.pem"))
    entry = bytes(entry_of(made.report.read_bytes()))

    def read(path: str) -> bytes | None:
        return checkpoint if checkpoint and path == "checkpoint" else LogFiles(made.log).read(path)

    return check_log(entry, proof, lambda _: [trusted], SeenCheckpoints(seen), read)


def test_of_a_proof(made: CheckedRelease, tmp_path: Path) -> None:
    """The log is not trusted, or its checkpoint or the inclusion does not hold."""
    content = made.proof.read_bytes()
    assert logged(made, tmp_path / "seen", content).standing is Standing.HOLDS
    for other in changed(content):
        found = logged(made, tmp_path / "seen", other)
        assert found.standing is not Standing.HOLDS
        assert found.sentence


def test_of_a_checkpoint(made: CheckedRelease, tmp_path: Path) -> None:
    """The log's files do not hold what it states."""
    proof, content = made.proof.read_bytes(), (made.log / "checkpoint").read_bytes()
    for other in changed(content):
        found = logged(made, tmp_path / "seen", proof, other)
        assert found.standing is Standing.FAILS
        assert found.sentence
