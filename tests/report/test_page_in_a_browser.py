"""The HTML page in headless Chromium: a page of hostile and of ordinary reports in, what a reader gets out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from corpus.stated import REPORT
from provenance.report import FORMATS
from tests.report.test_formats import CYRILLIC, hostile

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    assert CHROMIUM, "these tests need Chromium: on Debian, apt-get install chromium"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def said() -> list[str]:
    """What the page complains of: errors, and everything that its policy refused."""
    return []


@pytest.fixture
def page(browser: Browser, tmp_path: Path, said: list[str]) -> Iterator[Page]:
    """A page on which an attacker chose the texts, beside an ordinary one, on a phone."""
    (tmp_path / "report.html").write_text(FORMATS["html"]([hostile(), REPORT], True, 0), encoding="utf-8")
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto((tmp_path / "report.html").as_uri())
    yield page
    context.close()


def test_nothing_runs_and_nothing_is_refused(page: Page, said: list[str]) -> None:
    """The page holds no script, and its own policy finds nothing to refuse."""
    assert page.locator("script").count() == 0
    assert said == []


def test_no_letter_passes_for_another(page: Page) -> None:
    """What looks like an e and is none is shown as its number, in names, in files and in differences."""
    shown = page.locator("body").inner_text()
    assert CYRILLIC not in shown
    assert "requ\\u0435sts" in shown


def test_a_phone_does_not_scroll_sideways(page: Page) -> None:
    """Only a difference scrolls in its own frame."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_answer_is_the_first_thing_read(page: Page) -> None:
    """One heading each, which is the sentence."""
    assert page.locator("article h2").all_inner_texts()[0].startswith("NO.")


def test_a_difference_opens_without_a_script(page: Page) -> None:
    """The two sides stand beside each other, marked by more than colour."""
    page.locator("summary").first.scroll_into_view_if_needed()
    assert page.locator("details").first.get_attribute("open") is not None
    assert page.locator("td del").count() + page.locator("td ins").count() > 0


def test_the_bar_says_its_numbers(page: Page) -> None:
    """Whoever does not see the bar hears what it shows."""
    labels = page.eval_on_selector_all("svg.bar", "bars => bars.map(bar => bar.getAttribute('aria-label'))")
    assert "1 changed" in labels
    assert "1 identical to the source, 1 generated, and checked, 1 changed" in labels
