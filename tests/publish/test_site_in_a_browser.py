"""The site in headless Chromium, from a plain static file server: in, what a reader does; out, what pages say."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from provenance.log import CHECKPOINT, append, create
from provenance.publish.keys import WELL_KNOWN
from tests.publish.conftest import HOSTILE, ORIGIN, WHEEL, Key, Shelf

GOOD = "pypi/plume/1.1.0/index.html"
REPORT_FILE = "pypi/plume/1.1.0/plume-1.1.0-py3-none-any.whl.intoto.json"
Host = Callable[[Path], str]


@pytest.fixture
def said() -> list[str]:
    """What pages complain of: errors, dialogs, everything that their policy refused, requests to other hosts."""
    return []


@pytest.fixture
def page(browser: Browser, said: list[str]) -> Iterator[Page]:
    """A page on a phone, in a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: "//127.0.0.1:" in request.url or said.append(request.url))
    yield page
    context.close()


def self_check(page: Page, address: str) -> list[str]:
    """What "Check it yourself" says, line by line; the last line is the outcome."""
    page.goto(address)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#results[aria-busy=false]")).to_be_visible()
    return page.locator("#results li").all_inner_texts()


def test_a_reader_searches_a_project_and_opens_the_release(
    built: Shelf, host: Host, page: Page, said: list[str]
) -> None:
    """The answer is the sentence, with who signed and when; the name may be spelt in any way."""
    page.goto(host(built.site))
    page.get_by_role("searchbox").fill("Plume")
    page.keyboard.press("Enter")
    answer = page.locator("#answer article")
    expect(answer.get_by_role("heading")).to_contain_text(
        "Yes. plume 1.1.0 is the source at github.com/ada/plume"
    )
    expect(answer).to_contain_text("1 identical")
    expect(answer).to_contain_text("Checked 2026-03-14, signed by")
    answer.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Yes. plume 1.1.0 is the source")
    assert said == []


@pytest.mark.parametrize("asked", ["plume==1.0.0", "pkg:pypi/plume@1.0.0", "5d" * 32, "sha256:" + "5D" * 32])
def test_a_version_or_a_digest_is_found(built: Shelf, host: Host, page: Page, asked: str) -> None:
    """As a requirement, as a package URL, as the sha256 of its file."""
    page.goto(host(built.site))
    page.get_by_role("searchbox").fill(asked)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#answer h2")).to_contain_text("NO. plume 1.0.0")


@pytest.mark.parametrize("asked", ["nothing-of-this-name", "plume==9", "0" * 64, "__proto__"])
def test_what_is_not_there_is_said(built: Shelf, host: Host, page: Page, asked: str) -> None:
    """In a sentence, for names, versions and digests."""
    page.goto(host(built.site))
    page.get_by_role("searchbox").fill(asked)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#answer")).to_have_text(f"There is no report about {asked} here.")


def test_a_file_is_matched_on_the_reader_s_machine(built: Shelf, host: Host, page: Page) -> None:
    """By its sha256, on the release's page and on the overview; another file is not."""
    address = host(built.site)
    page.goto(address + GOOD)
    wheel = {"name": "mine.whl", "mimeType": "application/zip", "buffer": WHEEL}
    page.get_by_label("Is your file one of these?").set_input_files(wheel)
    expect(page.locator("#file-answer")).to_contain_text(
        "mine.whl is plume-1.1.0-py3-none-any.whl, byte for byte"
    )
    page.get_by_label("Is your file one of these?").set_input_files({**wheel, "buffer": WHEEL + b"!"})
    expect(page.locator("#file-answer")).to_contain_text("mine.whl is none of the files on this page")
    page.goto(address)
    page.get_by_label("Or find a wheel").set_input_files(wheel)
    expect(page.locator("#file-answer")).to_contain_text("Yes. plume 1.1.0")


def test_a_good_report_holds_in_the_browser(built: Shelf, host: Host, page: Page, said: list[str]) -> None:
    """Signature, content, log; a second visit goes on from what was seen."""
    address = host(built.site)
    for _ in range(2):
        results = self_check(page, address + GOOD)
        assert results[1:] == [
            "The log: 305 entries, which go on from what this browser saw.",
            "plume-1.1.0-py3-none-any.whl: signed, says what this page says, and is in the log.",
            "Everything holds.",
        ]
    assert said == []


def test_a_log_that_grew_holds(shelf: Shelf, host: Host, page: Page) -> None:
    """Over several tiles, partial and full ones."""
    address = host(shelf.site)
    self_check(page, address + GOOD)
    for count in (1, 206, 500):
        append(shelf.log, [b"%d of %d" % (number, count) for number in range(count)], shelf.key)
        shelf.publish()
        assert self_check(page, address + GOOD)[-1] == "Everything holds."


def changed_payload(content: bytes) -> bytes:
    """A report that says yes where it said no, or the other way round, under the old signature."""
    envelope = json.loads(content)
    payload = base64.b64decode(envelope["payload"]).replace(b'"verdict":"match"', b'"verdict":"mismatch"')
    return json.dumps({**envelope, "payload": base64.b64encode(payload).decode()}).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed_payload, "It is not signed by the site's published key."),
        (lambda content: content.replace(b"{", b"{ ", 1), "The log does not have this report."),
        (lambda content: b"[]", ""),
    ],
    ids=["other words", "other bytes, same words", "no report"],
)
def test_a_changed_report_is_refused(
    shelf: Shelf, host: Host, page: Page, change: Callable[[bytes], bytes], words: str
) -> None:
    """Whatever was changed."""
    file = shelf.site / REPORT_FILE
    file.write_bytes(change(file.read_bytes()))
    results = self_check(page, host(shelf.site) + GOOD)
    assert words in results[2]
    assert results[-1] == "Something does not hold: do not rely on this page."


def test_a_page_that_says_other_than_its_report_is_refused(shelf: Shelf, host: Host, page: Page) -> None:
    """The signed report of another artifact does not help."""
    for file in (shelf.site / "pypi/quill/2.0").glob("*.intoto.json*"):
        shutil.copy(file, shelf.site / "pypi/plume/1.1.0" / file.name.replace("quill-2.0", "plume-1.1.0"))
    results = self_check(page, host(shelf.site) + GOOD)
    assert "The signed report does not say what this page says." in results[2]


def test_a_wrong_key_is_refused(shelf: Shelf, other_key: Key, host: Host, page: Page) -> None:
    """A stranger's key under the publisher's id, before and after this browser saw the right one."""
    document = json.loads((shelf.site / WELL_KNOWN).read_bytes())
    document["keys"][0]["raw"] = base64.b64encode(other_key.public_key).decode()
    address = host(shelf.site)
    self_check(page, address + GOOD)
    (shelf.site / WELL_KNOWN).write_text(json.dumps(document))
    results = self_check(page, address + GOOD)
    assert results[0] == "The site's key: It is not the one that this browser saw first."
    page.evaluate("localStorage.clear()")
    results = self_check(page, address + GOOD)
    assert "It is not signed by the site's published key." in results[2]
    assert results[-1].startswith("Something does not hold")


def other_history(shelf: Shelf, folder: Path, entries: int) -> None:
    """Put another log by the same key in the place of the site's."""
    create(folder, ORIGIN, shelf.key)
    append(folder, [b"another %d" % number for number in range(entries)], shelf.key)
    shutil.rmtree(shelf.site / "log")
    shutil.copytree(folder, shelf.site / "log", ignore=shutil.ignore_patterns(".local"))


@pytest.mark.parametrize("entries", [305, 306, 700])
def test_a_forked_log_is_refused(shelf: Shelf, host: Host, page: Page, tmp_path: Path, entries: int) -> None:
    """Two histories under the key's own signature."""
    address = host(shelf.site)
    self_check(page, address + GOOD)
    other_history(shelf, tmp_path / "other", entries)
    results = self_check(page, address + GOOD)
    assert results[1].startswith("The log: The log was forked")
    assert results[-1].startswith("Something does not hold")


def test_a_log_that_was_put_back_is_refused(shelf: Shelf, host: Host, page: Page, tmp_path: Path) -> None:
    """Fewer entries than this browser saw."""
    address = host(shelf.site)
    self_check(page, address + GOOD)
    other_history(shelf, tmp_path / "other", 10)
    results = self_check(page, address + GOOD)
    assert results[1] == (
        "The log: The log was put back: it shows 10 of the 305 entries that this browser saw."
    )


def test_a_fork_is_seen_by_who_never_came_before(
    shelf: Shelf, host: Host, page: Page, tmp_path: Path
) -> None:
    """The report's own proof is of another history."""
    other_history(shelf, tmp_path / "other", 400)
    results = self_check(page, host(shelf.site) + GOOD)
    assert "The log does not go on from the checkpoint that has this report." in results[2]


def test_a_checkpoint_by_another_key_is_refused(
    shelf: Shelf, other_key: Key, host: Host, page: Page, tmp_path: Path
) -> None:
    """Under the log's name."""
    create(tmp_path / "other", ORIGIN, other_key)
    shutil.copy(tmp_path / "other" / CHECKPOINT, shelf.site / "log" / CHECKPOINT)
    results = self_check(page, host(shelf.site) + GOOD)
    assert results[1] == "The log: The checkpoint is not signed by the log's key."


LOADED = """() => {
  const [page] = performance.getEntriesByType("navigation"), others = performance.getEntriesByType("resource");
  return [others.length + 1, others.reduce((sum, each) => sum + each.transferSize, page.transferSize)];
}"""
SHIFTED = """() => new Promise(done => {
  let sum = 0;
  const count = list => { for (const each of list.getEntries()) sum += each.value; };
  new PerformanceObserver(count).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 200);
})"""


@pytest.mark.parametrize("path", ["", "pypi/plume/", GOOD])
def test_a_page_is_light_and_stands_still(built: Shelf, host: Host, page: Page, path: str) -> None:
    """Three requests, less than 100 kB in all, and nothing moves once it is there."""
    page.goto(host(built.site) + path, wait_until="networkidle")
    requests, size = page.evaluate(LOADED)
    assert requests <= 3
    assert size < 100_000
    assert page.evaluate(SHIFTED) == 0


def hostile_pages(shelf: Shelf) -> list[str]:
    """The address of a page of each type on which an attacker chose the texts."""
    found = [path for path in shelf.site.rglob("index.html") if "onerror" in str(path)]
    return ["index.html", *(path.relative_to(shelf.site).as_posix().replace("%", "%25") for path in found)]


def test_hostile_texts_do_nothing(built: Shelf, host: Host, page: Page, said: list[str]) -> None:
    """On every page type: nothing runs, the policy has nothing to refuse, nothing scrolls sideways."""
    address = host(built.site)
    pages = hostile_pages(built)
    assert len(pages) == 3
    for path in pages:
        page.goto(address + path)
        assert "onerror=alert(1)" in page.locator("main").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.locator("main img").count() == 0
    assert self_check(page, page.url)[-1] == "Everything holds."
    page.goto(address)
    page.get_by_role("searchbox").fill("66" * 32)
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("onerror=alert(1)")
    assert said == []
    page.get_by_role("searchbox").fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("There is no report about")
    assert all("404" in each for each in said)


def test_everything_but_searching_and_checking_works_without_javascript(
    built: Shelf, host: Host, browser: Browser
) -> None:
    """From the overview to the report, by links alone."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(host(built.site))
    page.get_by_role("link", name="plume 1.1.0").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Yes.")
    page.locator("nav").get_by_role("link", name="plume").click()
    assert page.get_by_role("row").count() == 3
    context.close()
