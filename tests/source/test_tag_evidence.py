"""Evidence about a tag: in, what a repository's owner, or a thief, does to it; out, what a check says of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.command import Outcome
from corpus.example import FLIT, OWNER, Release, git
from corpus.git_host import GitHost
from corpus.git_objects import put_commit, put_ref, put_tag, remove_ref
from corpus.signing import OpenPgpKey, SshKey, has_programs
from tests.conftest import MakeRelease, Run, Serve

TAG = "refs/tags/v1.0.0"
Ask = Callable[..., Outcome]


@pytest.fixture
def built(release: MakeRelease) -> Release:
    return release(FLIT)


@pytest.fixture(scope="module")
def openpgp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenPgpKey]:
    with closing(OpenPgpKey(tmp_path_factory.mktemp("gpg"), "Ada Example <ada@project.example>")) as key:
        yield key


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> SshKey:
    return SshKey(tmp_path_factory.mktemp("ssh"), "ada@project.example")


@pytest.fixture
def repository(built: Release, workshop: Path, tmp_path: Path) -> Path:
    """A copy of the release's repository, which the test may change."""
    name = f"{OWNER}/{FLIT.name}.git"
    return Path(shutil.copytree(workshop / "git" / name, tmp_path / "git" / name))


@pytest.fixture
def host(repository: Path) -> Iterator[GitHost]:
    with GitHost(repository.parents[1]) as host:
        yield host


@pytest.fixture
def ask(built: Release, host: GitHost, serve: Serve, run: Run) -> Ask:
    """Check the release against the test's own repository, always as the same user."""
    index = serve(built.artifacts)

    def ask(*options: str, reference: str = built.reference) -> Outcome:
        return run(
            "check", reference, "--index", index.simple, "--no-sign", "--format", "json", *options, host=host
        )

    return ask


def notices(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {notice["code"]: notice for notice in outcome.document["releases"][0]["notices"]}


def severities(outcome: Outcome) -> dict[str, str]:
    return {code: notice["severity"] for code, notice in notices(outcome).items()}


def test_an_annotated_tag_is_named_in_the_document_alone(ask: Ask) -> None:
    assert severities(ask()) == {"annotated-tag": "info"}
    assert "object of its own" not in ask("--format", "text").stdout


def test_a_lightweight_tag_says_less(ask: Ask, built: Release, repository: Path) -> None:
    put_ref(repository, TAG, built.commit)
    assert severities(ask()) == {"lightweight-tag": "info"}


def test_an_older_tag_under_this_ones_name_is_told(ask: Ask, built: Release, repository: Path) -> None:
    put_ref(repository, TAG, put_tag(repository, "v0.9.0", built.commit))
    assert severities(ask())["renamed-tag"] == "medium"


def test_what_is_said_of_a_tag_is_not_lasting(ask: Ask) -> None:
    assert [notice["is_lasting"] for notice in notices(ask()).values()] == [False]


class TestDates:
    def test_a_tag_made_after_the_upload_is_told(self, ask: Ask, built: Release, repository: Path) -> None:
        put_tag(repository, "v1.0.0", built.commit, days=40)
        outcome = ask()
        assert outcome.code == 0
        assert severities(outcome)["tag-after-upload"] == "medium"
        assert "39 days after the upload" in notices(outcome)["tag-after-upload"]["message"]

    def test_a_commit_made_after_the_upload_is_told(self, ask: Ask, built: Release, repository: Path) -> None:
        tree = git(repository, "rev-parse", f"{built.commit}^{{tree}}")
        commit = put_commit(repository, tree, days=40, parents=[built.commit])
        put_ref(repository, "refs/heads/main", commit)
        put_ref(repository, TAG, commit)
        assert severities(ask())["commit-after-upload"] == "medium"

    def test_a_tag_made_within_a_day_of_the_upload_is_as_expected(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        put_tag(repository, "v1.0.0", built.commit, days=1)
        assert severities(ask()) == {"annotated-tag": "info"}


class TestMovedTags:
    def test_a_tag_that_names_another_commit_than_before_is_told_each_time(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        ask()
        other = put_commit(
            repository, git(repository, "rev-parse", f"{built.commit}^{{tree}}"), parents=[built.commit]
        )
        put_ref(repository, TAG, other)
        for _ in range(2):
            moved = notices(ask("--refresh"))["tag-moved"]
            assert moved["severity"] == "high"
            assert built.commit in moved["message"]
            assert other in moved["message"]

    def test_a_moved_tag_has_its_branch_looked_up(self, ask: Ask, built: Release, repository: Path) -> None:
        ask()
        stray = put_commit(repository, git(repository, "rev-parse", f"{built.commit}^{{tree}}"), days=-1)
        put_ref(repository, TAG, stray)
        found = severities(ask("--refresh"))
        assert found == {"lightweight-tag": "info", "tag-moved": "high", "on-no-branch": "medium"}

    def test_a_tag_that_stays_is_silent(self, ask: Ask) -> None:
        ask()
        assert severities(ask()) == {"annotated-tag": "info"}

    def test_a_tag_that_was_removed_is_told_with_the_commit_to_compare_with(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        ask()
        remove_ref(repository, TAG)
        outcome = ask("--refresh")
        assert outcome.code == 3
        assert severities(outcome)["tag-removed"] == "high"
        source = f"{FLIT.repository}@{built.commit}"
        assert f"--source {source}" in notices(outcome)["tag-removed"]["message"]
        assert ask("--source", source).code == 0

    def test_a_ledger_that_cannot_be_used_does_not_stop_a_check(self, ask: Ask, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "tags.sqlite").write_text("no database " * 99)
        outcome = ask()
        assert outcome.code == 0
        assert severities(outcome)["no-ledger"] == "low"


class TestBranches:
    def test_a_commit_named_by_its_id_is_said_to_be_on_its_branch(self, ask: Ask, built: Release) -> None:
        outcome = ask("--source", f"{FLIT.repository}@{built.commit}")
        assert severities(outcome) == {"on-branch": "info"}
        assert "main" in notices(outcome)["on-branch"]["message"]

    def test_a_commit_of_a_fork_named_by_its_id_is_on_no_branch(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        tree = git(repository, "rev-parse", f"{built.commit}^{{tree}}")
        fork = put_commit(repository, tree, parents=[built.commit])
        put_ref(repository, "refs/pull/1/head", fork)
        outcome = ask("--source", f"{FLIT.repository}@{fork}")
        assert outcome.code == 0
        assert severities(outcome) == {"on-no-branch": "medium"}
        assert "may be a fork's" in notices(outcome)["on-no-branch"]["message"]

    def test_a_tag_on_no_branch_is_found_by_a_search(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        tree = git(repository, "rev-parse", f"{built.commit}^{{tree}}")
        put_ref(repository, TAG, put_commit(repository, tree, days=-1))
        assert severities(ask()) == {"lightweight-tag": "info"}
        outcome = ask("--search")
        assert severities(outcome) == {"lightweight-tag": "info", "on-no-branch": "medium"}
        assert "only the tag v1.0.0 leads to it" in notices(outcome)["on-no-branch"]["message"]

    def test_a_commit_on_a_branch_with_an_older_date_is_found(
        self, ask: Ask, built: Release, repository: Path
    ) -> None:
        tree = git(repository, "rev-parse", f"{built.commit}^{{tree}}")
        wrong_clock = put_commit(repository, tree, days=900, parents=[built.commit])
        put_ref(repository, "refs/heads/main", put_commit(repository, tree, days=3, parents=[wrong_clock]))
        assert severities(ask("--source", f"{FLIT.repository}@{wrong_clock}"))["on-branch"] == "info"


@pytest.mark.skipif(
    not has_programs("gpg", "gpgv"),
    reason="NOT TESTED: OpenPGP signatures, for gpg and gpgv are not installed",
)
class TestOpenPgp:
    def test_a_tag_signed_with_a_trusted_key(
        self, ask: Ask, built: Release, repository: Path, openpgp: OpenPgpKey
    ) -> None:
        put_tag(repository, "v1.0.0", built.commit, sign=openpgp.sign)
        outcome = ask("--trusted-keys", str(openpgp.armored))
        assert severities(outcome) == {"annotated-tag": "info", "signed": "info"}
        assert "Ada Example <ada@project.example>" in notices(outcome)["signed"]["message"]

    def test_a_signature_alone_is_no_reason_to_trust(
        self, ask: Ask, built: Release, repository: Path, openpgp: OpenPgpKey
    ) -> None:
        put_tag(repository, "v1.0.0", built.commit, sign=openpgp.sign)
        assert severities(ask()) == {"annotated-tag": "info", "signed-unknown": "info"}

    def test_a_signature_of_other_content_is_told_and_changes_no_answer(
        self, ask: Ask, built: Release, repository: Path, openpgp: OpenPgpKey
    ) -> None:
        put_tag(repository, "v1.0.0", built.commit, sign=lambda content: openpgp.sign(content + b"\n"))
        outcome = ask("--trusted-keys", str(openpgp.armored))
        assert outcome.code == 0
        assert severities(outcome)["signature-bad"] == "high"


@pytest.mark.skipif(
    not has_programs("ssh-keygen"), reason="NOT TESTED: SSH signatures, for ssh-keygen is not installed"
)
class TestSsh:
    def test_a_tag_signed_by_an_allowed_signer(
        self, ask: Ask, built: Release, repository: Path, ssh: SshKey
    ) -> None:
        put_tag(repository, "v1.0.0", built.commit, sign=ssh.sign)
        outcome = ask("--trusted-keys", str(ssh.allowed_signers))
        assert severities(outcome) == {"annotated-tag": "info", "signed": "info"}
        assert "ada@project.example" in notices(outcome)["signed"]["message"]

    def test_a_signature_of_other_content_is_told_without_any_keys(
        self, ask: Ask, built: Release, repository: Path, ssh: SshKey
    ) -> None:
        put_tag(repository, "v1.0.0", built.commit, sign=lambda content: ssh.sign(content + b"\n"))
        outcome = ask()
        assert outcome.code == 0
        assert severities(outcome)["signature-bad"] == "high"


def test_a_file_of_keys_without_keys_is_a_usage_error(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("nothing\n")
    outcome = ask("--trusted-keys", str(file))
    assert outcome.code == 2
    assert "holds no keys" in outcome.stderr
