"""The reports and pictures that documents show: in, the example packages; out, that they are still what is said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from corpus.command import ROOT
from corpus.examples import write_examples
from corpus.git_host import GitHost
from tests.conftest import MakeRelease

SHOWN = ("reports/examples/answer.txt", "reports/examples/answer.html", "reports/examples/answer.sarif")
PICTURES = ("docs/pictures/match.svg", "docs/pictures/mismatch.svg", "docs/pictures/many.svg")


@pytest.fixture(scope="module")
def made(release: MakeRelease, tmp_path_factory: pytest.TempPathFactory, workshop: Path) -> Path:
    """The folder in which they are made anew."""
    root = tmp_path_factory.mktemp("examples")
    with GitHost(workshop / "git") as host:
        write_examples(release, host, workshop, root)
    return root


@pytest.mark.parametrize("file", [*SHOWN, *PICTURES])
def test_what_is_shown_is_what_the_command_says(file: str, made: Path) -> None:
    """To mend it: `python -m corpus examples`."""
    assert lasting((made / file).read_text()) == lasting((ROOT / file).read_text())


def lasting(text: str) -> str:
    """A text without what backends, keys and the tool's version put into it."""
    text = re.sub(r"[0-9a-f]{64}|(signed( |&#160;)by( |&#160;))[0-9a-f]{12}", "DIGEST", text)
    return re.sub(r'(?<="version": ")[^"]+(?=",\n +"informationUri")', "VERSION", text)


def test_the_tampered_release_comes_first() -> None:
    """In the text, and in the page."""
    assert (ROOT / SHOWN[0]).read_text().startswith("NO. plume 1.0.0 ")
    assert re.findall(r"<h2>(NO|Yes|Cannot tell)", (ROOT / SHOWN[1]).read_text())[0] == "NO"


def test_a_scanning_service_gets_the_changed_files() -> None:
    """Each with its place in the artifact."""
    (run,) = json.loads((ROOT / SHOWN[2]).read_text())["runs"]
    places = [
        result["locations"][0].get("physicalLocation", {}).get("artifactLocation", {}).get("uri")
        for result in run["results"]
    ]
    wheel = "plume-1.0.0-py3-none-any.whl"
    assert [place for place in places if place] == [f"{wheel}/plume_hook.pth", f"{wheel}/plume/greeting.py"]


@pytest.mark.parametrize("file", [*SHOWN, *PICTURES])
def test_nothing_of_this_machine_is_in_them(file: str) -> None:
    """No path, no address."""
    assert not re.search(r"127\.0\.0\.1|/tmp/|/home/|/root/", (ROOT / file).read_text())
