"""Releases with attestations: in, an index that serves them; out, the attested commit as the source, or no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.example import FLIT, OWNER, UNLINKED, UNTAGGED, Release, git
from tests.conftest import Check, MakeRelease
from tests.source.attestations.conftest import Attest, about_attestations, found_in, notices

JSON = ("--format", "json")


@pytest.fixture
def tip(release: MakeRelease, workshop: Path) -> str:
    """The commit after FLIT's release, which changes its CHANGES.md."""
    release(FLIT)
    return git(workshop / "git" / OWNER / f"{FLIT.name}.git", "rev-parse", "main")


def test_the_attested_commit_is_the_source(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str]
) -> None:
    """Where it is the tag's commit too, nothing else is said, and the report has what the certificate says."""
    built = release(FLIT)
    outcome = check(built, *JSON, *trust, provenance=attest(built))
    found = found_in(outcome.document)
    assert outcome.code == 0
    assert not about_attestations(found)
    assert (found["source"]["commit"], found["source"]["ref"]) == (built.commit, "v1.0.0")
    assert found["source"]["named_by"] == f"attestation of {built.sdist.name}"
    for artifact in found["artifacts"]:
        (attested,) = artifact["attestations"]
        assert attested["commit"] == built.commit
        assert attested["repository"] == f"https://github.com/{OWNER}/{FLIT.name}"


def test_an_html_index_names_attestations_too(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str]
) -> None:
    """PEP 740's attribute of the page's links."""
    built = release(FLIT)
    outcome = check(built, *JSON, *trust, provenance=attest(built), html_only=True)
    assert found_in(outcome.document)["source"]["named_by"] == f"attestation of {built.sdist.name}"


@pytest.mark.parametrize("project", [UNTAGGED, UNLINKED], ids=lambda project: project.name)
def test_an_attestation_stands_in_for_a_missing_tag_or_link(
    project: Any, release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str]
) -> None:
    """What nothing else says, the certificate does."""
    built = release(project)
    outcome = check(built, *JSON, *trust, provenance=attest(built))
    assert outcome.code == 0, outcome.stdout
    assert found_in(outcome.document)["source"]["commit"] == built.commit


def test_a_tag_on_another_commit_is_said(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], tip: str
) -> None:
    """The attested commit is compared; the notice says in which files the tag differs from it."""
    built = release(FLIT)
    found = found_in(check(built, *JSON, *trust, provenance=attest(built, tip)).document)
    severity, message = notices(found)["attested-commit"]
    assert (found["source"]["commit"], found["source"]["ref"]) == (tip, tip)
    assert severity == "medium"
    assert f"v1.0.0 is the commit {built.commit[:8]}" in message
    assert "1 file: CHANGES.md" in message


def test_an_attested_commit_that_is_gone_is_said(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str]
) -> None:
    """The tag is compared instead, and the notice is severe."""
    built = release(FLIT)
    found = found_in(check(built, *JSON, *trust, provenance=attest(built, "0" * 39 + "1")).document)
    assert found["source"]["commit"] == built.commit
    assert notices(found)["attested-commit-lost"][0] == "high"


def test_siblings_attested_from_different_commits_are_said(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], tip: str
) -> None:
    """The sdist's commit is the one that everything is compared with."""
    built = release(FLIT)
    mixed = attest(built) | {built.wheel.name: attest(built, tip)[built.wheel.name]}
    found = found_in(check(built, *JSON, *trust, provenance=mixed).document)
    severity, message = notices(found)["attested-commits-differ"]
    assert severity == "high"
    assert built.commit[:8] in message
    assert tip[:8] in message
    assert found["source"]["commit"] == built.commit


def test_another_repository_than_the_metadata_names_is_severe(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], workshop: Path
) -> None:
    """A fork attests the release, and nothing connects it with the named repository: which is the source?"""
    built = release(FLIT)
    commit = fork(workshop, built, "another-owner", "The fork's own work")
    found = found_in(
        check(built, *JSON, *trust, provenance=attest(built, commit, f"another-owner/{FLIT.name}")).document
    )
    severity, message = notices(found)["attested-repository"]
    assert severity == "high"
    assert f"another-owner/{FLIT.name}" in message
    assert f"{OWNER}/{FLIT.name}" in message
    assert found["verdict"] == "no-source"


def test_a_repository_that_has_moved_is_not_severe(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], workshop: Path
) -> None:
    """The repository that the metadata names has the attested commit under the version's tag."""
    built = release(FLIT)
    fork(workshop, built, "new-owner")
    found = found_in(
        check(built, *JSON, *trust, provenance=attest(built, "", f"new-owner/{FLIT.name}")).document
    )
    assert notices(found)["attested-repository"][0] == "low"


def fork(workshop: Path, release: Release, owner: str, message: str = "") -> str:
    """Copy a release's repository to another owner, with one more commit under the tag where it has a message."""
    folder = workshop / "git" / owner / f"{release.project.name}.git"
    origin = workshop / "git" / OWNER / f"{release.project.name}.git"
    if not folder.exists():
        git(workshop, "clone", "--quiet", "--bare", str(origin), str(folder))
        if message:
            tree = git(folder, "rev-parse", "v1.0.0^{tree}")
            commit = git(folder, "commit-tree", "-m", message, "-p", release.commit, tree)
            git(folder, "tag", "--force", "v1.0.0", commit)
    return git(folder, "rev-parse", "v1.0.0^{commit}")


def test_an_attestation_of_another_file_is_no(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str]
) -> None:
    """The index serves the sdist's attestation for the wheel: critical, and the answer is no."""
    built = release(FLIT)
    own = attest(built)
    outcome = check(built, *JSON, *trust, provenance=own | {built.wheel.name: own[built.sdist.name]})
    wheel = next(a for a in found_in(outcome.document)["artifacts"] if a["kind"] == "wheel")
    (finding,) = wheel["findings"]
    assert outcome.code == 1
    assert (wheel["verdict"], finding["rule"], finding["severity"]) == ("mismatch", "attestation", "critical")
    assert built.sdist.name in finding["reason"]


def test_attestations_of_an_untrusted_instance_are_no(
    release: MakeRelease, check: Check, attest: Attest
) -> None:
    """Anybody can run an instance; without `--trusted-root` only the public one counts."""
    built = release(FLIT)
    outcome = check(built, provenance=attest(built))
    assert outcome.code == 1
    assert "--trusted-root" in outcome.stdout


def test_some_artifacts_without_attestation_are_said(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str]
) -> None:
    """No attestation at all is nothing; one file beside others that have them is worth a line."""
    built = release(FLIT)
    only = {built.sdist.name: attest(built)[built.sdist.name]}
    outcome = check(built, *JSON, *trust, provenance=only)
    severity, message = notices(found_in(outcome.document))["some-unattested"]
    assert (outcome.code, severity) == (0, "low")
    assert built.wheel.name in message


def test_an_attestation_that_the_index_does_not_give_is_said(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str]
) -> None:
    """The page names it, its address answers 404: the check goes on by the tag."""
    built = release(FLIT)
    gone = {f"/integrity/{path.name}": 404 for path in built.artifacts}
    outcome = check(built, *JSON, *trust, provenance=attest(built), statuses=gone)
    severity, message = notices(found_in(outcome.document))["attestation-missing"]
    assert (outcome.code, severity) == (0, "medium")
    assert "404" in message


def test_source_keeps_the_attested_commit_of_the_same_repository(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], tip: str
) -> None:
    """`--source URL` chooses the repository, and the attestation the commit."""
    built = release(FLIT)
    source = ("--source", f"https://github.com/{OWNER}/{FLIT.name}")
    found = found_in(check(built, *JSON, *trust, *source, provenance=attest(built, tip)).document)
    assert found["source"]["commit"] == tip


def test_source_overrules_an_attestation_of_another_repository(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], workshop: Path
) -> None:
    """What the user asks for is compared, and the report says that it is not what is attested."""
    built = release(FLIT)
    fork(workshop, built, "new-owner")
    source = ("--source", f"https://github.com/{OWNER}/{FLIT.name}")
    provenance = attest(built, "", f"new-owner/{FLIT.name}")
    found = found_in(check(built, *JSON, *trust, *source, provenance=provenance).document)
    assert found["source"]["repository"] == f"https://github.com/{OWNER}/{FLIT.name}"
    assert notices(found)["attested-elsewhere"][0] == "medium"
