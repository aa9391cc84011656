"""What an index says of a release beside its files: in, upload times and attestations; out, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from corpus.package_index import PackageIndex
from provenance.index import find_release
from provenance.model import Limits, Reference, Release, Severity
from provenance.net import Http
from tests.conftest import Serve

SDIST, WHEEL, LINUX_WHEEL = (
    "plume-1.0.0.tar.gz",
    "plume-1.0.0-py3-none-any.whl",
    "plume-1.0.0-cp311-cp311-linux_x86_64.whl",
)
Ask = Callable[..., Release]


@pytest.fixture
def ask(serve: Serve, tmp_path: Path) -> Iterator[Ask]:
    """Ask an index that has files of these names for plume 1.0.0."""
    with Http("tests") as http:

        def ask(filenames: Sequence[str], **options: object) -> Release:
            files = [tmp_path / filename for filename in filenames]
            for file in files:
                file.write_bytes(b"")
            index: PackageIndex = serve(files, **options)
            return find_release(Reference(name="plume", version="1.0.0"), index.simple, http, Limits())

        yield ask


def severities(release: Release) -> dict[str, Severity]:
    return {notice.code: notice.severity for notice in release.notices}


def test_a_release_that_was_uploaded_at_once_has_no_notices(ask: Ask) -> None:
    assert ask([SDIST, WHEEL]).notices == ()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-03-03T11:00:00Z", {}),
        ("2025-03-04T12:00:00Z", {"late-artifact": Severity.LOW}),
        ("2025-06-02T12:00:00Z", {"late-artifact": Severity.MEDIUM}),
    ],
)
def test_the_later_an_artifact_joins_its_release_the_more_it_is_said(
    ask: Ask, moment: str, expected: dict[str, Severity]
) -> None:
    assert severities(ask([SDIST, WHEEL], uploaded={WHEEL: moment})) == expected


def test_the_last_of_several_late_artifacts_is_named(ask: Ask) -> None:
    uploaded = {WHEEL: "2025-03-04T12:00:00Z", LINUX_WHEEL: "2025-03-12T12:00:00Z"}
    (notice,) = ask([SDIST, WHEEL, LINUX_WHEEL], uploaded=uploaded).notices
    assert notice.message.startswith(f"{LINUX_WHEEL} was uploaded 10 days after the first file")
    assert "1 more came late" in notice.message


def test_what_an_index_says_today_is_not_lasting(ask: Ask) -> None:
    release = ask(
        [SDIST, WHEEL], uploaded={WHEEL: "2025-06-02T12:00:00Z"}, yanked={SDIST: "broken"}, hashes=False
    )
    assert set(severities(release)) == {"late-artifact", "yanked", "index-without-hashes"}
    assert not any(notice.is_lasting for notice in release.notices)


def test_earlier_releases_are_the_final_ones_that_were_uploaded_before(ask: Ask) -> None:
    uploads = {
        "plume-0.8.0.tar.gz": "2024-01-01T00:00:00Z",
        "plume-0.9.0rc1.tar.gz": "2024-05-01T00:00:00Z",
        "plume-0.9.0.tar.gz": "2024-06-01T00:00:00Z",
        "plume-0.8.1.tar.gz": "2024-07-01T00:00:00Z",
        "plume-0.9.1.tar.gz": "2024-08-01T00:00:00Z",
        "plume-0.8.2.tar.gz": "2025-09-01T00:00:00Z",
    }
    release = ask([SDIST, *uploads], uploaded=uploads, yanked={"plume-0.9.1.tar.gz": "broken"})
    assert [earlier.version for earlier in release.earlier] == ["0.8.1", "0.9.0", "0.8.0"]


def test_without_dates_the_lower_versions_are_the_earlier_ones(ask: Ask) -> None:
    names = [f"plume-{version}.tar.gz" for version in ("0.9.0", "0.10.0", "1.1.0")]
    release = ask([SDIST, *names], html_only=True)
    assert [earlier.version for earlier in release.earlier] == ["0.10.0", "0.9.0"]


def test_a_release_without_attestations_after_attested_ones_is_told(ask: Ask) -> None:
    attested = ["plume-0.8.0.tar.gz", "plume-0.9.0.tar.gz"]
    release = ask([SDIST, *attested], provenance=dict.fromkeys(attested, b"{}"))
    assert severities(release) == {"no-longer-attested": Severity.MEDIUM}


def test_a_project_of_which_few_releases_are_attested_is_left_alone(ask: Ask) -> None:
    release = ask(
        [SDIST, "plume-0.8.0.tar.gz", "plume-0.9.0.tar.gz"], provenance={"plume-0.8.0.tar.gz": b"{}"}
    )
    assert severities(release) == {}
