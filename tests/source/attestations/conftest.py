"""What tests of attested releases stand on: a Sigstore instance of the test's own, and its attestations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.example import OWNER, Release
from corpus.sigstore_instance import Build, SigstoreInstance

Attest = Callable[..., dict[str, bytes]]


@pytest.fixture
def instance() -> SigstoreInstance:
    """A Sigstore instance of the test's own."""
    return SigstoreInstance()


@pytest.fixture
def trust(instance: SigstoreInstance, tmp_path: Path) -> tuple[str, str]:
    """The option that makes a check trust that instance."""
    path = tmp_path / "trusted_root.json"
    path.write_bytes(instance.trusted_root)
    return "--trusted-root", str(path)


@pytest.fixture
def attest(instance: SigstoreInstance) -> Attest:
    """The provenance of a release's artifacts, by file name, as made by `repository` (OWNER/NAME) at `commit`."""

    def attest(release: Release, commit: str = "", repository: str = "") -> dict[str, bytes]:
        name = repository or f"{OWNER}/{release.project.name}"
        build = Build(name, commit or release.commit)
        return {
            path.name: instance.provenance(path.name, path.read_bytes(), build) for path in release.artifacts
        }

    return attest


def found_in(document: dict[str, Any]) -> dict[str, Any]:
    """The only release of a document."""
    (found,) = document["releases"]
    assert isinstance(found, dict)
    return found


def notices(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Code -> severity and message."""
    return {notice["code"]: (notice["severity"], notice["message"]) for notice in found["notices"]}


def about_attestations(found: dict[str, Any]) -> list[str]:
    """Codes of the notices that speak of attestations."""
    return [notice["code"] for notice in found["notices"] if "attest" in notice["code"]]
