"""A ReleaseReport in, the one sentence that answers the question out, and what a person can do next."""

from __future__ import annotations

from provenance.model import ArtifactReport, Evidence, Finding, ReleaseReport, Source, Verdict

COMPILED = (".so", ".pyd", ".dll", ".dylib", ".exe", ".a", ".lib")


def sentence(report: ReleaseReport) -> str:
    """Return the answer as a sentence that a person who is not a developer understands."""
    subject = f"{report.name} {report.version}"
    where = place(report.source) if report.source else ""
    match report.verdict:
        case Verdict.MATCH:
            return f"Yes. {subject} is the source at {where}."
        case Verdict.MATCH_EXTRAS:
            extras = sum(len(unproven(artifact)) for artifact in report.artifacts)
            files = (
                "1 extra file that is not code"
                if extras == 1
                else f"{extras:,} extra files that are not code"
            )
            return f"Yes. {subject} is the source at {where}, with {files}."
        case Verdict.MISMATCH if report.source is None:
            return f"NO. {subject}: {_refusal(report)}."
        case Verdict.MISMATCH if other := _other_files(report):
            return f"NO. {subject}: {' and '.join(other)} {'are' if len(other) > 1 else 'is'} not what was promised."
        case Verdict.MISMATCH:
            return f"NO. {subject} contains something that is not in the source at {where}."
        case Verdict.UNPROVEN if report.source is None:
            return f"Cannot tell. {subject}: {_refusal(report)}."
        case Verdict.UNPROVEN:
            return f"Cannot tell. {_unproven_sentence(report, where)}"
        case Verdict.NO_SOURCE:
            return f"Cannot tell. {subject} cannot be compared with any source."


def advice(report: ReleaseReport) -> str:
    """Return what a person can do next, "" where there is nothing to do."""
    match report.verdict:
        case Verdict.MISMATCH:
            return "Do not install it before someone who knows the project has explained these files."
        case Verdict.UNPROVEN if _sdist_holds(report):
            return (
                "The source archive (sdist) is proven. To build from it on your own machine: "
                f"pip install --no-binary {report.name} {report.name}=={report.version}"
            )
    return ""


def place(source: Source) -> str:
    """Where the source stands, for people: host and repository, ref, short commit id."""
    folder = f", folder {source.subdirectory}" if source.subdirectory else ""
    shown = f"{source.repository.removeprefix('https://')}{folder}"
    if source.ref == source.commit:
        return f"{shown}, commit {source.commit[:8]}"
    is_branch = source.ref.startswith("refs/heads/")
    ref = f"branch {source.ref.removeprefix('refs/heads/')}" if is_branch else f"tag {source.ref}"
    return f"{shown}, {ref} (commit {source.commit[:8]})"


def unproven(artifact: ArtifactReport) -> list[Finding]:
    """Findings that nothing proves, the worst first."""
    found = [finding for finding in artifact.findings if not finding.is_proven]
    return sorted(found, key=lambda finding: (finding.severity.rank, not finding.contradicts, finding.path))


def worst_difference(report: ReleaseReport) -> Finding | None:
    """Return the worst file that nothing proves and that the source has in another form, None without one."""
    found = [
        finding for artifact in report.artifacts for finding in unproven(artifact) if finding.source_path
    ]
    return min(found, key=lambda finding: finding.severity.rank, default=None)


def _unproven_sentence(report: ReleaseReport, where: str) -> str:
    still_open = [artifact for artifact in report.artifacts if artifact.verdict is Verdict.UNPROVEN]
    parts = ["the sdist is the source"] if _sdist_holds(report) else []
    parts += [_unproven_part(artifact) for artifact in still_open]
    return (
        f"Nothing in {report.name} {report.version} contradicts the source at {where}, but not all of it is "
        f"proven: {'; '.join(parts)}."
    )


def _unproven_part(artifact: ArtifactReport) -> str:
    files = unproven(artifact)
    plural = "s" if len(files) != 1 else ""
    if all(_is_compiled(finding.path) for finding in files):
        return (
            f"the {artifact.kind} has {len(files):,} file{plural} of machine code, which only building it again could "
            "prove; everything else in it is the source"
        )
    return f"the {artifact.kind} has {len(files):,} file{plural} without proof"


def in_short(report: ReleaseReport) -> str:
    """Return what is open about an unproven release in half a sentence, for a list of many."""
    parts = []
    for artifact in report.artifacts:
        files = unproven(artifact)
        if artifact.verdict is not Verdict.UNPROVEN or not files:
            continue
        kind = " of machine code" if all(_is_compiled(finding.path) for finding in files) else ""
        parts.append(f"{len(files):,} file{'s' if len(files) != 1 else ''}{kind} in the {artifact.kind}")
    return f"nothing contradicts the source, but not all is proven: {', '.join(parts)}"


def _sdist_holds(report: ReleaseReport) -> bool:
    return any(
        artifact.kind == "sdist" and artifact.verdict in (Verdict.MATCH, Verdict.MATCH_EXTRAS)
        for artifact in report.artifacts
    )


def _refusal(report: ReleaseReport) -> str:
    """Why an artifact was refused, the first sentence of it."""
    findings = [finding for artifact in report.artifacts for finding in artifact.findings]
    if not findings:
        return "it cannot be read"
    reason = min(findings, key=lambda finding: not finding.contradicts).reason
    return reason.partition(". ")[0].removesuffix(".")


def _other_files(report: ReleaseReport) -> list[str]:
    """The artifacts that are other files than announced or allowed, where nothing else leads to the answer."""
    bad = [artifact for artifact in report.artifacts if artifact.verdict is Verdict.MISMATCH]
    is_all = all(finding.rule == "digest" for artifact in bad for finding in unproven(artifact))
    return [artifact.filename for artifact in bad] if is_all else []


def _is_compiled(path: str) -> bool:
    return path.endswith(COMPILED) or ".so." in path


def counted(artifact: ArtifactReport) -> str:
    """Return the files per kind of evidence in a few words: `138 identical · 5 generated, checked`."""
    counts = artifact.counts
    words = [
        ("identical", counts[Evidence.IDENTICAL]),
        ("the same after a checked conversion", counts[Evidence.NORMALIZED]),
        (
            "generated, checked",
            counts[Evidence.REPRODUCED] + counts[Evidence.REBUILT] + counts[Evidence.CONSISTENT],
        ),
        ("of a known form, not proven", counts[Evidence.RECOGNIZED]),
        ("moved", counts[Evidence.RELOCATED]),
        ("changed", counts[Evidence.MODIFIED]),
        ("not in the source", counts[Evidence.ADDED]),
    ]
    return " · ".join(f"{count:,} {word}" for word, count in words if count)
