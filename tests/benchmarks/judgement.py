"""Releases in, a table of ratios out: judging a release against hashing its files once, side by side in one run.

    python tests/benchmarks/judgement.py requests==2.32.5 numpy==2.3.5

Needs the package index and the git hosts of these releases. `hash` is git blob id and sha256 of every file
from memory; `read` is the pass that every check makes: decompress and hash every file of the archives. Times
are the best of several runs; compare ratios, not seconds.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from platformdirs import user_cache_path

from provenance import artifacts
from provenance.cache import Cache
from provenance.cli.options import default_index
from provenance.compare import Context, Subject, inert_paths, judge
from provenance.index import parse_reference
from provenance.model import Limits
from provenance.net import Http
from provenance.pipeline import Options, check
from provenance.source import GitHosts
from provenance.tree import Tree, blob_id
from provenance.verdict import artifact_verdict

RUNS = 5


def main(references: list[str]) -> None:
    """Print one row for each release."""
    print(f"{'release':<28}{'files':>7}{'hash s':>10}{'read s':>10}{'judge s':>10}{'(hash+judge)/hash':>19}"
          f"{'(read+judge)/read':>19}")  # fmt: skip
    cache = Cache(user_cache_path("provenance"))
    with Http("pypi-provenance-benchmark") as http, GitHosts(os.environ, Limits()) as git:
        for reference in references:
            options = Options(index=default_index(), cache=cache, http=http, git=git)
            checked = check(parse_reference(reference), options)
            paths = [(cache.find(artifact.sha256), artifact.kind) for artifact in checked.report.artifacts]
            hashing = best(lambda contexts=checked.contexts: hash_all(contexts))
            reading = best(
                lambda paths=paths: [artifacts.unpack(Path(path), kind, Limits()) for path, kind in paths]
            )
            judging = best(lambda contexts=checked.contexts: judge_all(contexts))
            files = sum(len(context.tree) for context in checked.contexts)
            ratios = (hashing + judging) / hashing, (reading + judging) / reading
            print(f"{reference:<28}{files:>7,}{hashing:>10.4f}{reading:>10.4f}{judging:>10.4f}"
                  f"{ratios[0]:>19.2f}{ratios[1]:>19.2f}")  # fmt: skip


def hash_all(contexts: tuple[Context, ...]) -> None:
    """Compute both digests of every file, as the lower bound of any check."""
    for context in contexts:
        for entry in context.tree:
            content = context.tree.load(entry.blob) or b""
            blob_id(content)
            hashlib.sha256(content).hexdigest()


def judge_all(contexts: tuple[Context, ...]) -> None:
    """Judge every artifact anew: nothing that an earlier run remembered is used."""
    for context in contexts:
        fresh = replace(
            context,
            subject=_fresh(context.subject),
            siblings=tuple(_fresh(sibling) for sibling in context.siblings),
            source_tree=Tree(context.source_tree.entries, context.source_tree.load),
        )
        findings = judge(fresh)
        artifact_verdict(findings, inert_paths(fresh, findings))


def _fresh(subject: Subject) -> Subject:
    return replace(subject, tree=Tree(subject.tree.entries, subject.tree.load))


def best(work: Callable[[], object]) -> float:
    """Return the shortest of several runs, in seconds."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main(sys.argv[1:] or ["requests==2.32.5"])
