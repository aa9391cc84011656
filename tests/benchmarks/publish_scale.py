"""A count of reports in; out, what publishing each costs at every tenfold size, a rerun, and a hundred reports more.

    python tests/benchmarks/publish_scale.py [--reports 100000] [FOLDER]

Reports are made and signed first: one wheel with five findings each, twenty releases to a project, over 24 months. The
site grows from a hundredth to a tenth to the whole of them. `cpu` is what the process itself used.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from provenance.model import (
    ArtifactReport,
    Evidence,
    Finding,
    ReleaseReport,
    RuleSet,
    Severity,
    Source,
    Verdict,
)
from provenance.publish import Publisher, publish
from provenance.report.statement import payload_of
from provenance.report.stating import state
from provenance.report.summary import summarize
from provenance.signing import seal
from provenance.source.hosts import permalink

RELEASES = 20  # of a project
FINDINGS = 5
FEW = 100
RULES = RuleSet(version="1", sha256="ab" * 32)
VERDICTS = [*[Verdict.MATCH] * 7, Verdict.MATCH_EXTRAS, Verdict.UNPROVEN, Verdict.MISMATCH]


def main(reports: int, folder: Path) -> None:
    """Build the site in steps, and print what each took."""
    signer = CryptoSigner(Ed25519PrivateKey.generate())
    publisher = Publisher((signer.public_key,))
    store, site = folder / "reports", folder / "public"
    made = 0
    print(
        f"{'step':<24}{'published':>10}{'kept':>10}{'written':>10}{'seconds':>10}{'cpu s':>9}{'cpu ms each':>13}"
    )
    steps = [reports // 100, reports // 10, reports, reports, reports + FEW]
    for number, size in enumerate(steps):
        for each in range(made, size):
            store_report(store, each, signer)
        name = "nothing new" if size == made else f"{FEW} more" if size > reports else f"to {size:,}"
        made = size
        start, cpu = time.perf_counter(), time.process_time()
        done = publish(store, site, publisher, permalink)
        seconds, used = time.perf_counter() - start, time.process_time() - cpu
        each_ms = f"{used / done.fresh * 1e3:.2f}" if done.fresh else "-"
        print(
            f"{name:<24}{done.fresh:>10}{done.kept:>10}{done.written:>10}{seconds:>10.1f}{used:>9.1f}{each_ms:>13}",
            flush=True,
        )
        assert not done.refused, (number, done.refused[:1])
    sizes = sorted((size, path) for size, path in files(site))
    print(f"{len(sizes):,} files, {sum(size for size, _ in sizes) / 1e6:,.0f} MB; the largest:")
    for ending in (".html", ".json", ""):
        size, path = max(pair for pair in sizes if pair[1].endswith(ending))
        print(f"  {size:>9,} bytes  {path}")


def files(site: Path) -> Iterator[tuple[int, str]]:
    """The files of a site, with their sizes."""
    for path in site.rglob("*"):
        if path.is_file() and ".local" not in path.parts:
            yield path.stat().st_size, path.relative_to(site).as_posix()


def store_report(store: Path, number: int, signer: CryptoSigner) -> None:
    """Sign and store the report of one release, and its summary."""
    report = release(number)
    (artifact,) = report.artifacts
    payload = payload_of(state(report, artifact, RULES))
    moment = datetime(2024 + number % 24 // 12, number % 12 + 1, number % 28 + 1, tzinfo=UTC)
    place = store / report.name / report.version
    place.mkdir(parents=True)
    (place / f"{artifact.filename}.intoto.json").write_bytes(seal(payload, [signer]))
    summary = payload_of(summarize(payload, "1", moment))
    (place / f"{artifact.filename}.vsa.intoto.json").write_bytes(seal(summary, [signer]))


def release(number: int) -> ReleaseReport:
    """A release of a made-up project."""
    project, version = divmod(number, RELEASES)
    name, digest = f"project-{project}", hashlib.sha256(b"%d" % number).hexdigest()
    verdict = VERDICTS[number % len(VERDICTS)]
    artifact = ArtifactReport(
        filename=f"project_{project}-1.{version}-py3-none-any.whl",
        kind="wheel",
        sha256=digest,
        verdict=verdict,
        unlisted=number % 90,
        findings=tuple(finding(each, verdict, digest) for each in range(FINDINGS)),
    )
    source = Source(
        repository=f"https://github.com/someone/{name}", ref=f"v1.{version}", commit="c0" * 20, tree="7e" * 20
    )
    return ReleaseReport(
        name=name, version=f"1.{version}", verdict=verdict, source=source, artifacts=(artifact,)
    )


def finding(number: int, verdict: Verdict, digest: str) -> Finding:
    """One file that is not identical; proven but for the first ones of a mismatch."""
    is_bad = verdict is Verdict.MISMATCH and number < 3
    return Finding(
        path=f"package/module_{number:02}.py",
        evidence=Evidence.MODIFIED if is_bad else Evidence.NORMALIZED,
        rule="none" if is_bad else "line-endings",
        severity=Severity.HIGH if is_bad else Severity.INFO,
        source_path=f"package/module_{number:02}.py",
        reason="differs from the source file, and nothing proves why"
        if is_bad
        else "the same but for line endings",
        sha256=digest,
        blob=digest[:40],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("folder", nargs="?", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as made_folder:
        main(options.reports, Path(made_folder))
