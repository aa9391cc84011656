"""Maintainers' notes beside reports: in, signed ones of every kind; out, what a release's page shows of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import html5lib
import pytest
from playwright.sync_api import Browser, Page, expect

from provenance.errors import UsageError
from provenance.log import CHECKPOINT, LogFiles, Verifier, Witness, cosign, write_answer
from tests.publish.conftest import MAINTAINER, MOMENT, Key, Shelf

Host = Callable[[Path], str]
FOLDER = "plume/1.0.0"
PAGE = "pypi/plume/1.0.0/index.html"
WORDS = "We know. It is in 1.0.1:\n\n  <script>alert(1)</script> is no part of it — \u00dc, \u0434\u0430."
WITNESS = "witness.example/1"


@pytest.fixture
def ada(other_key: Key) -> Verifier:
    """The maintainer's key, as the site's publisher knows it."""
    return Verifier(MAINTAINER, other_key.public_key)


@pytest.fixture
def answered(shelf: Shelf, other_key: Key, ada: Verifier) -> Shelf:
    """A site on which a maintainer answered a report."""
    shelf.answer(FOLDER, WORDS, other_key)
    shelf.publish([ada])
    return shelf


def checked(page: Page, address: str) -> list[str]:
    """What the page says when it checks itself."""
    page.goto(address)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#results[aria-busy=false]")).to_be_visible()
    return page.locator("#results li").all_inner_texts()


def test_a_note_is_shown_as_text_with_its_signer(answered: Shelf, host: Host, browser: Browser) -> None:
    """Word for word, and the browser verifies it like a report."""
    page = browser.new_page()
    results = checked(page, host(answered.site) + PAGE)
    assert page.locator(".answer .words").evaluate("each => each.textContent") == WORDS
    expect(page.locator(".answer h3")).to_have_text(MAINTAINER)
    html5lib.HTMLParser(strict=True).parse((answered.site / PAGE).read_bytes())
    assert f"The note by {MAINTAINER}: signed, says what this page says, and is in the log." in results
    assert results[-1] == "Everything holds."
    page.close()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("We know", "We knew", "The signed note does not say what this page says."),
        ("data-logged", "data-x", "in no log"),
    ],
)
def test_a_page_that_says_other_than_the_note_is_refused(
    answered: Shelf, host: Host, browser: Browser, old: str, new: str, words: str
) -> None:
    """Other words; that it is in no log is said, and no failure."""
    file = answered.site / PAGE
    head, cut, rest = file.read_text().partition('class="answer"')
    file.write_text(head + cut + rest.replace(old, new, 1))
    page = browser.new_page()
    note = next(each for each in checked(page, host(answered.site) + PAGE) if each.startswith("The note by"))
    assert words in note
    page.close()


def test_a_changed_note_is_refused(answered: Shelf, host: Host, browser: Browser) -> None:
    """Its signature does not hold."""
    (file,) = answered.site.glob("pypi/plume/1.0.0/notes/*.note")
    file.write_bytes(file.read_bytes().replace(b"We know", b"We knew"))
    page = browser.new_page()
    assert checked(page, host(answered.site) + PAGE)[-1].startswith("Something does not hold")
    page.close()


def test_a_note_changes_no_verdict_and_stays(answered: Shelf, ada: Verifier) -> None:
    """Also when the store forgets it; machines find it in the release's document."""
    for file in (answered.reports / FOLDER).glob("*.note*"):
        file.unlink()
    answered.publish([ada])
    document = json.loads((answered.site / "pypi/plume/1.0.0/index.json").read_bytes())
    assert document["answer"] == "no"
    (note,) = document["notes"]
    assert (note["signer"], note["text"], note["logged"]) == (MAINTAINER, WORDS, True)
    assert (answered.site / "pypi/plume/1.0.0" / note["note"]).is_file()


def test_notes_by_strangers_and_about_other_releases_are_left_out(
    shelf: Shelf, key: Key, other_key: Key, ada: Verifier
) -> None:
    """Each is named; the release is published all the same."""
    shelf.answer(FOLDER, "I am Ada", key)
    shelf.answer("quill/2.0", "About quill", other_key)
    for file in (shelf.reports / "quill/2.0").glob("*.note"):
        file.rename(shelf.reports / FOLDER / file.name)
    shelf.publish([ada])
    assert sorted(each.partition(".note: ")[2] for each in shelf.refused) == [
        f"There is no signature by {MAINTAINER}+{ada.key_id.hex()}",
        "the note is about pkg:pypi/quill@2.0",
    ]
    assert "Answers by maintainers" not in (shelf.site / PAGE).read_text()


@pytest.mark.parametrize("text", ["", " \n ", "x" * 9_000])
def test_nothing_and_too_much_is_not_signed(other_key: Key, text: str) -> None:
    """With a sentence that says how long a note may be."""
    with pytest.raises(UsageError, match="between 1 and 8,000 characters"):
        write_answer("pkg:pypi/plume@1", text, MAINTAINER, other_key)


def test_who_cosigned_the_log_is_shown(shelf: Shelf, other_key: Key, host: Host, browser: Browser) -> None:
    """On the overview, for machines, and by the browser's own check."""
    files = LogFiles(shelf.log)
    with files.locked():
        files.write({CHECKPOINT: cosign(files.read(CHECKPOINT) or b"", WITNESS, other_key, MOMENT)})
    shelf.publish(
        witnesses=[Witness(WITNESS, other_key.public_key), Witness("idle.example", other_key.public_key)]
    )
    assert f"cosigned by {WITNESS} (2026-03-14)." in (shelf.site / "index.html").read_text()
    document = json.loads((shelf.site / "index.json").read_bytes())
    assert document["cosigned"] == [{"witness": WITNESS, "time": "2026-03-14T15:09:26Z"}]
    page = browser.new_page()
    log = checked(page, host(shelf.site) + PAGE)[1]
    assert log.endswith(f"; cosigned by {WITNESS} on 2026-03-14; not cosigned by idle.example.")
    page.close()
