"""Signatures of tags and commits: in, real ones by gpg and ssh-keygen; out, whether they hold and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from dulwich.objects import Commit, Tag

from corpus.signing import OpenPgpKey, SshKey, has_programs
from provenance.errors import UsageError
from provenance.source.evidence.signatures import Signature, Standing, TrustedKeys, signature_of, trusted_keys

needs_gpg = pytest.mark.skipif(
    not has_programs("gpg", "gpgv"),
    reason="NOT TESTED: OpenPGP signatures, for gpg and gpgv are not installed",
)
needs_ssh = pytest.mark.skipif(
    not has_programs("ssh-keygen"), reason="NOT TESTED: SSH signatures, for ssh-keygen is not installed"
)
UNSIGNED = b"""\
object 1111111111111111111111111111111111111111
type commit
tag v1.0.0
tagger Ada Example <ada@project.example> 1740830400 +0000

Release
"""
COMMIT = b"""\
tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
author Ada Example <ada@project.example> 1740830400 +0000
committer Ada Example <ada@project.example> 1740830400 +0000

Release
"""


@pytest.fixture(scope="module")
def make_openpgp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], OpenPgpKey]]:
    with ExitStack() as stack:
        yield lambda user: stack.enter_context(closing(OpenPgpKey(tmp_path_factory.mktemp("gpg"), user)))


@pytest.fixture(scope="module")
def openpgp(make_openpgp: Callable[[str], OpenPgpKey]) -> OpenPgpKey:
    return make_openpgp("Ada Example <ada@project.example>")


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> SshKey:
    return SshKey(tmp_path_factory.mktemp("ssh"), "ada@project.example")


@pytest.fixture(autouse=True)
def no_configured_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def tag(content: bytes) -> Tag:
    found = Tag.from_string(content)
    assert isinstance(found, Tag)
    return found


def standing(signature: Signature | None) -> Standing | None:
    return signature.standing if signature else None


def test_an_unsigned_tag_has_no_signature() -> None:
    assert signature_of(tag(UNSIGNED), TrustedKeys()) is None


def test_a_signature_by_x509_is_named_and_not_checked() -> None:
    content = UNSIGNED + b"-----BEGIN SIGNED MESSAGE-----\nMIIB\n-----END SIGNED MESSAGE-----\n"
    signature = signature_of(tag(content), TrustedKeys())
    assert signature is not None
    assert (signature.kind, signature.standing) == ("X.509", Standing.UNCHECKED)


@needs_gpg
class TestOpenPgp:
    def test_a_key_that_was_named_is_trusted(self, openpgp: OpenPgpKey) -> None:
        keys = trusted_keys([openpgp.armored])
        signature = signature_of(tag(UNSIGNED + openpgp.sign(UNSIGNED)), keys)
        assert signature == Signature("OpenPGP", Standing.TRUSTED, "Ada Example <ada@project.example>")

    def test_a_binary_keyring_serves_as_well(self, openpgp: OpenPgpKey) -> None:
        keys = trusted_keys([openpgp.keyring])
        assert standing(signature_of(tag(UNSIGNED + openpgp.sign(UNSIGNED)), keys)) is Standing.TRUSTED

    def test_a_commit_is_checked_like_a_tag(self, openpgp: OpenPgpKey) -> None:
        header, _, message = COMMIT.partition(b"\n\n")
        lines = openpgp.sign(COMMIT).strip().replace(b"\n", b"\n ")
        commit = Commit.from_string(header + b"\ngpgsig " + lines + b"\n\n" + message)
        assert isinstance(commit, Commit)
        assert standing(signature_of(commit, trusted_keys([openpgp.armored]))) is Standing.TRUSTED

    def test_a_changed_tag_has_a_bad_signature(self, openpgp: OpenPgpKey) -> None:
        changed = UNSIGNED.replace(b"1111", b"2222", 1)
        signature = signature_of(tag(changed + openpgp.sign(UNSIGNED)), trusted_keys([openpgp.armored]))
        assert standing(signature) is Standing.BAD

    def test_without_keys_nothing_is_known_of_it(self, openpgp: OpenPgpKey) -> None:
        assert (
            standing(signature_of(tag(UNSIGNED + openpgp.sign(UNSIGNED)), TrustedKeys())) is Standing.UNKNOWN
        )

    def test_another_key_is_unknown_and_named(
        self, openpgp: OpenPgpKey, make_openpgp: Callable[[str], OpenPgpKey]
    ) -> None:
        other = make_openpgp("Eve Example <eve@project.example>")
        signature = signature_of(tag(UNSIGNED + other.sign(UNSIGNED)), trusted_keys([openpgp.armored]))
        assert standing(signature) is Standing.UNKNOWN
        assert signature is not None
        assert signature.signer in other.fingerprint

    def test_garbage_in_a_signature_is_said_to_be_unchecked(self, openpgp: OpenPgpKey) -> None:
        garbage = b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
        assert (
            standing(signature_of(tag(UNSIGNED + garbage), trusted_keys([openpgp.armored])))
            is Standing.UNCHECKED
        )


@needs_ssh
class TestSsh:
    def test_an_allowed_signer_is_trusted(self, ssh: SshKey) -> None:
        signature = signature_of(tag(UNSIGNED + ssh.sign(UNSIGNED)), trusted_keys([ssh.allowed_signers]))
        assert signature == Signature("SSH", Standing.TRUSTED, "ada@project.example")

    def test_gits_own_allowed_signers_count(
        self, ssh: SshKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        configuration = tmp_path / "configuration"
        configuration.write_text(f'[gpg "ssh"]\n\tallowedSignersFile = {ssh.allowed_signers}\n')
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
        assert (
            standing(signature_of(tag(UNSIGNED + ssh.sign(UNSIGNED)), trusted_keys([]))) is Standing.TRUSTED
        )

    def test_a_changed_tag_has_a_bad_signature_even_without_keys(self, ssh: SshKey) -> None:
        changed = UNSIGNED.replace(b"1111", b"2222", 1)
        assert standing(signature_of(tag(changed + ssh.sign(UNSIGNED)), TrustedKeys())) is Standing.BAD

    def test_another_key_is_unknown(self, ssh: SshKey, tmp_path: Path) -> None:
        other = SshKey(tmp_path, "eve@project.example")
        signature = signature_of(tag(UNSIGNED + other.sign(UNSIGNED)), trusted_keys([ssh.allowed_signers]))
        assert standing(signature) is Standing.UNKNOWN
        assert signature is not None
        assert signature.signer.startswith("SHA256:")

    def test_a_signature_for_another_purpose_does_not_count(self, ssh: SshKey) -> None:
        signed = ssh.sign(UNSIGNED, namespace="file")
        keys = trusted_keys([ssh.allowed_signers])
        assert standing(signature_of(tag(UNSIGNED + signed), keys)) in (Standing.BAD, Standing.UNCHECKED)


def test_a_program_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    content = UNSIGNED + b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"
    signature = signature_of(tag(content), TrustedKeys())
    assert signature == Signature("SSH", Standing.UNCHECKED, obstacle="ssh-keygen is not installed")


@pytest.mark.parametrize(
    "content", [b"", b"hello\n", b"-----BEGIN PGP MESSAGE-----\n", b"[section]\nkey = value\n"]
)
def test_a_file_without_keys_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "keys"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="holds no keys"):
        trusted_keys([file])


def test_a_broken_key_block_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys.asc"
    file.write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!\n-----END PGP PUBLIC KEY BLOCK-----\n")
    with pytest.raises(UsageError, match="cannot be read"):
        trusted_keys([file])
