"""Every output format: reports with ordinary and hostile texts in, what readers of the format get out."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from corpus.stated import REPORT
from provenance.model import (
    ArtifactReport,
    Evidence,
    FileDifference,
    Finding,
    Notice,
    ReleaseReport,
    Severity,
    Verdict,
)
from provenance.report import FORMATS

GOLDEN = Path(__file__).parent / "golden"
CYRILLIC = "\u0435"  # looks like an e
HOSTILE = f'<script>alert("x")</script> [a](b) | `c` @everyone \x1b[31m \u202egnp.exe requ{CYRILLIC}sts'
EXTENSIONS = {"markdown": "md", "sarif": "sarif", "html": "html", "cyclonedx": "cdx.json", "text": "txt"}


def hostile() -> ReleaseReport:
    """A report in which an attacker chose every text."""
    finding = Finding(
        path=f"{HOSTILE}.py",
        evidence=Evidence.MODIFIED,
        rule="none",
        severity=Severity.HIGH,
        source_path=None,
        reason=HOSTILE,
    )
    artifact = ArtifactReport(
        filename=f"{HOSTILE}.tar.gz", kind="sdist", sha256="", verdict=Verdict.MISMATCH, findings=(finding,)
    )
    difference = FileDifference(
        artifact=artifact.filename,
        path=finding.path,
        source_path="a.py",
        lines=("@@ line 1 @@", f"-{HOSTILE}", f"+{HOSTILE} + 1", f" {HOSTILE}"),
    )
    return ReleaseReport(
        name=HOSTILE,
        version=HOSTILE,
        verdict=Verdict.MISMATCH,
        source=None,
        artifacts=(artifact,),
        notices=(Notice(code="x", severity=Severity.HIGH, message=HOSTILE),),
        differences=(difference,),
    )


@pytest.mark.parametrize("name", EXTENSIONS)
def test_a_report_is_rendered_as_it_always_was(name: str) -> None:
    """The golden file; PROVENANCE_GOLDEN=write makes it anew after a change that is meant."""
    difference = FileDifference(
        artifact=REPORT.artifacts[0].filename,
        path=REPORT.artifacts[0].findings[2].path,
        source_path="python/plume/café.py",
        lines=(
            "@@ line 1 of the source, 1 of the package @@",
            " import os",
            "-x = 1",
            "+x = 2",
            "+import evil",
        ),
        reaches=("can start other programs: os.system (line 3)",),
    )
    rendered = FORMATS[name]([REPORT.model_copy(update={"differences": (difference,)})], False, 0)
    rendered = rendered.replace(importlib.metadata.version("pypi-provenance"), "VERSION")
    golden = GOLDEN / f"plume-1.0.0.{EXTENSIONS[name]}"
    if os.environ.get("PROVENANCE_GOLDEN") == "write":
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_a_hostile_text_cannot_act_on_a_terminal(name: str) -> None:
    """No control character gets through, whatever the format."""
    assert "\x1b" not in FORMATS[name]([hostile()], True, 80)


@pytest.mark.parametrize("name", FORMATS)
def test_a_hostile_text_cannot_pass_for_another(name: str) -> None:
    """A letter that looks like another one, and a mark that turns the text, are escapes in every format."""
    rendered = FORMATS[name]([hostile()], True, 80)
    assert CYRILLIC not in rendered
    assert "\u202e" not in rendered
    assert f"u{ord(CYRILLIC):04x}" in rendered


def test_markup_in_a_page_is_text() -> None:
    """What an attacker writes is shown, never a tag."""
    page = FORMATS["html"]([hostile()], True, 0)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_markdown_shows_markup_as_it_is() -> None:
    """No link, no mention and no tag comes out of a name; a cell of a table stays one."""
    text = FORMATS["markdown"]([hostile()], True, 0)
    outside = re.sub(r"(`+).+?\1", "", text)
    assert not re.search(r"(?<!\\)(?:<script|\[a\]|@everyone)", outside)
    rows = [line for line in text.splitlines() if line.startswith("| high")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [5]


def test_sarif_names_every_file_that_nothing_proves() -> None:
    """A code scanning service shows one alert each, at a stable place."""
    run = json.loads(FORMATS["sarif"]([REPORT], False, 0))["runs"][0]
    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
        if "physicalLocation" in result["locations"][0]
    ]
    assert places == ["plume-1.0.0.tar.gz/plume/caf%E9.py"]
    assert {result["level"] for result in run["results"]} == {"error", "note"}
    assert all(
        run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"]
    )


@pytest.mark.parametrize("report", [REPORT, hostile()], ids=["plain", "hostile"])
def test_a_bill_of_materials_is_valid(report: ReleaseReport) -> None:
    """CycloneDX's own strict schema has nothing to object to."""
    assert (
        JsonStrictValidator(SchemaVersion.V1_6).validate_str(FORMATS["cyclonedx"]([report], False, 0)) is None
    )
