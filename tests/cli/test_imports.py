"""What the command loads: in, a verb; out, the libraries that Python imported for it, which cost time and memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from corpus import command
from corpus.command import hermetic
from corpus.example import FLIT
from corpus.git_host import GitHost
from tests.conftest import MakeRelease, Serve

Imported = Callable[..., set[str]]
IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\w+)", re.MULTILINE)
# What libraries import where it happens to be installed, and what installers and systems put in every process.
BY_CHANCE = {"provenance", "_distutils_hack", "tornado", "google", "certifi", "brotli", "zstandard"}
INDEX = {
    *("anyio", "h11", "h2", "hishel", "hpack", "httpcore", "httpx", "hyperframe", "idna"),
    *("msgpack", "packaging", "tenacity"),
}
SOURCE = {"dulwich", "urllib3"}
VALUES = {"annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"}
REPORT = {"packageurl", "rfc8785", "securesystemslib", "cryptography", "_cffi_backend"}


@pytest.fixture
def imported(tmp_path: Path, git_host: GitHost) -> Imported:
    """Run the command and return the top-level modules of installed libraries that Python then imported."""

    def imported(*arguments: str) -> set[str]:
        environment = hermetic(tmp_path, git_host.write_gitconfig(tmp_path / "gitconfig"))
        outcome = command.run(*arguments, environment={**environment, "PYTHONPROFILEIMPORTTIME": "1"})
        assert outcome.code == 0, outcome.stdout + outcome.stderr
        return (set(IMPORTED.findall(outcome.stderr)) & packages_distributions().keys()) - BY_CHANCE

    return imported


def test_help_imports_nothing_but_the_command_line(imported: Imported) -> None:
    assert imported("--help") == {"click"}


def test_a_check_of_a_cached_release_imports_only_what_it_uses(
    imported: Imported, release: MakeRelease, serve: Serve
) -> None:
    """No templates, HTML parsers, terminal library, cluster, Sigstore, or tools that build."""
    built = release(FLIT)
    arguments = ("check", built.reference, "--index", serve(built.artifacts).simple)
    imported(*arguments)
    assert imported(*arguments) == {"click", "platformdirs"} | INDEX | SOURCE | VALUES | REPORT
