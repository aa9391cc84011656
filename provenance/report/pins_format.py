"""ReleaseReports in, a file out that installs exactly the artifacts that were checked: requirements or pylock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provenance.model import Artifact, ArtifactReport, Release, ReleaseReport, Verdict
from provenance.report.sentence import place
from provenance.report.text_format import shown_text

MADE_BY = "Made by `provenance pin`. It installs only the files that were checked, and nothing else under their names."


def pinned_artifacts(report: ReleaseReport) -> list[ArtifactReport]:
    """Return the artifacts of a release that could be read, so that their digests stand for what was looked at."""
    return [
        artifact
        for artifact in report.artifacts
        if artifact.sha256
        and not any(finding.rule in ("archive", "archive-ambiguous") for finding in artifact.findings)
    ]


def render_pinned_requirements(reports: Sequence[ReleaseReport]) -> str:
    """Return a requirements file (pip's format) for `pip install --require-hashes -r FILE`."""
    lines = [f"# {MADE_BY}", "# Install it with: pip install --require-hashes -r FILE"]
    for report in reports:
        digests = sorted({artifact.sha256 for artifact in pinned_artifacts(report)})
        entry = [f"{report.name}=={report.version}", *(f"    --hash=sha256:{digest}" for digest in digests)]
        lines += ["", f"# {comment(report)}", " \\\n".join(entry)]
    return "\n".join(lines) + "\n"


def render_pylock(reports: Sequence[ReleaseReport], releases: Mapping[str, Release]) -> str:
    """Return a pylock.toml (PEP 751); `releases`, by name, say where the index has the artifacts."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment(MADE_BY))
    document.add("lock-version", "1.0")
    document.add("created-by", "pypi-provenance")
    packages = tomlkit.aot()
    for report in reports:
        table = tomlkit.table()
        table.add(tomlkit.comment(comment(report)))
        for key, value in _package(report, releases[report.name]).items():
            table.add(key, value)
        packages.append(table)
    document.add("packages", packages)
    return tomlkit.dumps(document)


def _package(report: ReleaseReport, release: Release) -> dict[str, Any]:
    import tomlkit

    announced = {artifact.filename: artifact for artifact in release.artifacts}
    package: dict[str, Any] = {"name": report.name, "version": report.version}
    wheels = tomlkit.array().multiline(True)
    for artifact in pinned_artifacts(report):
        file = tomlkit.inline_table()
        file.update(_file(artifact, announced[artifact.filename]))
        if artifact.kind == "sdist":
            package["sdist"] = file
        else:
            wheels.append(file)
    return package | ({"wheels": wheels} if wheels else {})


def _file(artifact: ArtifactReport, announced: Artifact) -> dict[str, Any]:
    size = {"size": announced.size} if announced.size is not None else {}
    hashes = {"hashes": {"sha256": artifact.sha256}}
    return {"name": artifact.filename, "url": announced.url, **size, **hashes}


def comment(report: ReleaseReport) -> str:
    """Return in one line what was verified of a release that is pinned."""
    count = len(pinned_artifacts(report))
    files = f"{count} artifact{'s' if count != 1 else ''}"
    verdict = report.verdict.value
    if report.source is None:
        return f"{verdict}: cannot tell, nothing could be compared with any source; {files}"
    where = shown_text(place(report.source))
    doubt = "cannot tell, not all of it is proven; " if report.verdict is Verdict.UNPROVEN else ""
    return f"{verdict}: {doubt}{where}, checked {files}"
