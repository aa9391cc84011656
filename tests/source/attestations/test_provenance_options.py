"""Options about attestations: in, files and roots of trust of one's own; out, the same answers without the index."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from corpus.command import hermetic
from corpus.example import FLIT, OWNER, UNTAGGED
from corpus.git_host import GitHost
from corpus.sigstore_instance import Build, SigstoreInstance
from corpus.tamper import append, rewrite_wheel
from tests.conftest import Check, MakeRelease, Run, Serve
from tests.source.attestations.conftest import Attest, about_attestations, found_in, notices

JSON = ("--format", "json")
WITHOUT_EXTRA = (
    "import sys; sys.modules['pypi_attestations'] = None; from provenance.cli.main import main; main()"
)


def test_a_local_artifact_is_checked_with_files_of_ones_own(
    release: MakeRelease, run: Run, attest: Attest, trust: tuple[str, str], tmp_path: Path
) -> None:
    """`--provenance-file` needs no index."""
    built = release(UNTAGGED)
    path = tmp_path / "provenance"
    path.write_bytes(attest(built)[built.wheel.name])
    outcome = run("check", str(built.wheel), *JSON, *trust, "--provenance-file", str(path))
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    assert found_in(outcome.document)["source"]["commit"] == built.commit


def test_a_file_of_ones_own_stands_in_for_the_indexs(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], tmp_path: Path
) -> None:
    """The option can be given for each artifact; what the index serves is then not asked for."""
    built = release(FLIT)
    options = []
    for name, content in attest(built).items():
        (tmp_path / name).write_bytes(content)
        options += ["--provenance-file", str(tmp_path / name)]
    outcome = check(built, *trust, *options, provenance=dict.fromkeys(attest(built), b"garbage"))
    assert outcome.code == 0, outcome.stdout + outcome.stderr


def test_a_provenance_file_of_another_release_is_a_usage_error(
    release: MakeRelease, check: Check, attest: Attest, trust: tuple[str, str], tmp_path: Path
) -> None:
    """The sentence says what the file is about."""
    other = release(UNTAGGED)
    path = tmp_path / "provenance"
    path.write_bytes(attest(other)[other.sdist.name])
    outcome = check(release(FLIT), *trust, "--provenance-file", str(path))
    assert outcome.code == 2
    assert other.sdist.name in outcome.stderr


def test_an_attestation_does_not_stand_in_for_the_source(
    release: MakeRelease, check: Check, instance: SigstoreInstance, trust: tuple[str, str], tmp_path: Path
) -> None:
    """A build that was poisoned is attested as any other: the files are compared, and the answer is no."""
    built = release(FLIT)
    wheel = rewrite_wheel(built.wheel, tmp_path, {"plume/greeting.py": append(b"import os\n")})
    build = Build(f"{OWNER}/{FLIT.name}", built.commit)
    path = tmp_path / "provenance"
    path.write_bytes(instance.provenance(wheel.name, wheel.read_bytes(), build))
    options = (*trust, "--provenance-file", str(path))
    outcome = check(built, *options, artifacts=[built.sdist, wheel])
    assert outcome.code == 1
    assert "plume/greeting.py" in outcome.stdout
    assert f"--provenance-file {path}" in outcome.stdout  # in the command that shows the difference


def test_without_the_extra_one_notice_says_so(
    release: MakeRelease, serve: Serve, git_host: GitHost, attest: Attest, tmp_path: Path
) -> None:
    """An installation that cannot verify says how it could, once, in the JSON report alone."""
    built = release(FLIT)
    index = serve(built.artifacts, provenance=attest(built))
    command = [sys.executable, "-c", WITHOUT_EXTRA, "check", built.reference, "--index", index.simple]
    environment = hermetic(tmp_path, git_host.write_gitconfig(tmp_path / "gitconfig"))
    text, document = (
        subprocess.run(
            [*command, *options], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for options in ((), JSON)
    )
    found = found_in(json.loads(document))
    severity, message = notices(found)["attestations-unread"]
    assert about_attestations(found) == ["attestations-unread"]
    assert (severity, "pip install" in message) == ("info", True)
    assert "attestation" not in text
