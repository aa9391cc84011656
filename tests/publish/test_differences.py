"""Differences on a release's page: in, a check of a tampered release with its bundle; out, what a reader can expand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import html5lib
import pytest
from playwright.sync_api import Browser, expect

from corpus.example import FLIT
from corpus.tamper import append, rewrite_wheel
from tests.conftest import Check, MakeRelease, Run

Host = Callable[[Path], str]
PAYLOAD = b"import os\nos.system('<script>alert(1)</script><img src=x onerror=alert(2)>')\n"
PAGE = "pypi/plume/1.0.0/index.html"


@pytest.fixture
def reports(release: MakeRelease, check: Check, tmp_path: Path) -> Path:
    """The reports of a release whose wheel was changed in two files, with the evidence bundle beside them."""
    built = release(FLIT)
    edits = {"plume/__init__.py": append(PAYLOAD), "plume/greeting.py": append(b"x = 1  # y\n" * 5_000)}
    tampered = rewrite_wheel(built.wheel, tmp_path, edits)
    folder = tmp_path / "reports"
    outcome = check(built, "--bundle", "--output", str(folder), artifacts=[built.sdist, tampered])
    assert outcome.code == 1
    return folder


@pytest.fixture
def published(reports: Path, run: Run, tmp_path: Path) -> Path:
    """The site over them."""
    assert run("publish", str(reports), "--to", str(tmp_path / "site")).code == 0
    return tmp_path / "site"


def test_a_reader_searches_opens_expands_and_checks(published: Path, host: Host, browser: Browser) -> None:
    """The changed line stands beside the source, its words marked; nothing in it runs, and the report holds."""
    said: list[str] = []
    page = browser.new_context().new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto(host(published))
    page.get_by_role("searchbox").fill("plume")
    page.keyboard.press("Enter")
    page.locator("#answer").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("NO. plume 1.0.0 contains something")
    first, second = page.locator("details").all()
    expect(first.locator("td.ins", has_text="os.system('<script>alert(1)</script>")).to_be_visible()
    expect(first).to_contain_text("can start other programs: os.system")
    expect(second.locator("table")).not_to_be_visible()
    second.locator("summary").click()
    expect(second.locator("td.ins", has_text="x = 1  # y").first).to_be_visible()
    expect(second).to_contain_text("more lines: provenance diff shows them")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#results li").last).to_have_text("Everything holds.")
    assert said == []
    page.context.close()


def test_a_page_with_differences_is_small_and_parses(published: Path) -> None:
    """Below 100 kB, however much differs, and without an error by the HTML standard's rules."""
    page = (published / PAGE).read_bytes()
    assert len(page) < 100_000
    html5lib.HTMLParser(strict=True).parse(page)


@pytest.mark.parametrize("missing", ["cache", "bundle"])
def test_without_artifacts_or_bundle_the_page_has_no_differences(
    reports: Path, run: Run, tmp_path: Path, missing: str
) -> None:
    """The findings stand there all the same."""
    options = ("--cache", str(tmp_path / "empty")) if missing == "cache" else ()
    if missing == "bundle":
        next(reports.rglob("*.pack")).unlink()
    assert run("publish", str(reports), "--to", str(tmp_path / "site"), *options).code == 0
    page = (tmp_path / "site" / PAGE).read_text()
    assert "What differs" not in page
    assert "plume/greeting.py" in page


def test_a_damaged_bundle_is_told(reports: Path, run: Run, tmp_path: Path) -> None:
    """The release is left out until it is mended or removed."""
    bundle = next(reports.rglob("*.pack"))
    bundle.write_bytes(bundle.read_bytes()[:-1])
    outcome = run("publish", str(reports), "--to", str(tmp_path / "site"))
    assert outcome.code == 4
    assert f"left out: {bundle}: The bundle" in outcome.stderr
