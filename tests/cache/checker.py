"""A process of its own: in, releases and a cache that others use at the same time; out, the digest of each report."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from provenance.cache import Cache
from provenance.cache.answers import Answers
from provenance.index import parse_reference
from provenance.model import Limits
from provenance.net import Http
from provenance.pipeline import Options, check
from provenance.source import GitHosts


def check_some(references: Sequence[str], index: str, folder: Path, gitconfig: Path, output: Path) -> None:
    """Check releases one after the other, and add a line to `output` for each that was answered."""
    os.environ |= {"GIT_CONFIG_GLOBAL": str(gitconfig), "GIT_CONFIG_NOSYSTEM": "1"}
    cache = Cache(folder)
    with (
        Http("tests", answers=Answers(cache)) as http,
        GitHosts(os.environ, Limits(), cache=cache) as git,
        output.open("a") as lines,
    ):
        options = Options(index=index, cache=cache, http=http, git=git)
        for reference in references:
            report = check(parse_reference(reference), options).report
            digest = hashlib.sha256(report.model_dump_json().encode()).hexdigest()
            lines.write(f"{reference} {digest}\n")
            lines.flush()
