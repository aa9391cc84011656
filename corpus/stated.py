"""A small report, written by hand: in, nothing; out, values that stay the same whatever rules and backends become."""

from __future__ import annotations

from provenance.model import (
    ArtifactReport,
    Evidence,
    Finding,
    Notice,
    ReleaseReport,
    RuleSet,
    Severity,
    Source,
    Submodule,
    Verdict,
)

RULES = RuleSet(version="1", sha256="ab" * 32)
SOURCE = Source(
    repository="https://git.example/ada/plume",
    ref="v1.0.0",
    commit="c0" * 20,
    tree="7e" * 20,
    tag="7a" * 20,
    subdirectory="python",
    named_by="project URL Source",
    submodules=(
        Submodule(path="python/vendor", repository="https://git.example/ada/vendor", commit="5b" * 20),
    ),
)
SDIST = ArtifactReport(
    filename="plume-1.0.0.tar.gz",
    kind="sdist",
    sha256="5d" * 32,
    verdict=Verdict.MISMATCH,
    findings=(
        Finding(
            path="PKG-INFO",
            evidence=Evidence.CONSISTENT,
            rule="distribution-metadata",
            severity=Severity.INFO,
            source_path=None,
            reason="name and version hold",
            sha256="01" * 32,
            blob="02" * 20,
        ),
        Finding(
            path="plume/__init__.py",
            evidence=Evidence.IDENTICAL,
            rule="identity",
            severity=Severity.INFO,
            source_path="python/plume/__init__.py",
            reason="the same bytes as in the source",
            sha256="03" * 32,
            blob="04" * 20,
        ),
        Finding(
            path="plume/caf\udce9.py",
            evidence=Evidence.MODIFIED,
            rule="none",
            severity=Severity.HIGH,
            source_path="python/plume/caf\udce9.py",
            reason="differs from the source file, and nothing proves why",
            sha256="05" * 32,
            blob="06" * 20,
            contradicts=True,
        ),
    ),
)
WHEEL = ArtifactReport(
    filename="plume-1.0.0-py3-none-any.whl", kind="wheel", sha256="3e" * 32, verdict=Verdict.MATCH
)
REPORT = ReleaseReport(
    name="plume",
    version="1.0.0",
    verdict=Verdict.MISMATCH,
    source=SOURCE,
    artifacts=(SDIST, WHEEL),
    notices=(
        Notice(code="executable-bit", severity=Severity.LOW, message="Marked as executable: x.sh."),
        Notice(code="yanked", severity=Severity.LOW, message="Yanked today.", is_lasting=False),
    ),
)
