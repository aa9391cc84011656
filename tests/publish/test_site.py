"""The files of the site: in, signed reports of every kind; out, pages that link, parse, and stay."""

from __future__ import annotations

import hashlib
import json
import shutil
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from jsonschema import Draft202012Validator

from provenance.errors import ReportError, RollbackError
from provenance.log import create
from provenance.publish.address import OURS, part
from provenance.publish.catalogue import project_shard
from tests.publish.conftest import HOSTILE, ORIGIN, WHEEL, Key, Shelf, good

LARGEST_FILE = 1_000_000
LARGEST_PAGE = 100_000


class Links(HTMLParser):
    """All that a page points to, and what can be pointed to in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses and ids."""
        for name, value in attrs:
            if name in ("href", "src", "data-report"):
                self.links.append(value or "")
            elif name == "id":
                self.anchors.add(value or "")


def document(shelf: Shelf, path: str) -> dict:
    """A JSON file of the site."""
    return json.loads((shelf.site / path).read_bytes())


def test_every_link_leads_to_a_file_of_the_site_or_to_https(built: Shelf) -> None:
    """Pages, feeds and badges: nothing is missing, and no other scheme is linked."""
    pages = [path for path in built.files() if path.name == "index.html"]
    assert len(pages) == 8
    for page in pages:
        found = Links(page)
        for link in found.links:
            parts = urlsplit(urljoin("/" + quote(page.relative_to(built.site).as_posix()), link))
            if link.startswith("#"):
                assert parts.fragment in found.anchors, (page, link)
            elif parts.netloc:
                assert parts.scheme == "https", (page, link)
            else:
                assert (built.site / unquote(parts.path).lstrip("/")).is_file(), (page, link)


def test_every_page_is_html_without_a_parse_error(built: Shelf) -> None:
    """By the HTML standard's own parsing rules."""
    for page in built.files():
        if page.suffix == ".html":
            html5lib.HTMLParser(strict=True).parse(page.read_bytes())


def test_feeds_and_badges_are_xml(built: Shelf) -> None:
    """An Atom entry for each release of a project, and for each mismatch."""
    for path in built.files():
        if path.suffix in (".svg", ".atom"):
            ElementTree.parse(path)
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.parse(built.site / "pypi/plume/feed.atom")
    assert [each.findtext(f"{atom}title") for each in feed.iter(f"{atom}entry")] == [
        "plume 1.1.0: yes",
        "plume 1.0.0: no",
    ]
    mismatches = ElementTree.parse(built.site / "mismatches.atom")
    assert len(list(mismatches.iter(f"{atom}entry"))) == 2


def test_pages_and_files_are_small(built: Shelf) -> None:
    """Pages under 100 kB, everything under 1 MB."""
    for path in built.files():
        assert path.stat().st_size < (LARGEST_PAGE if path.suffix == ".html" else LARGEST_FILE)


def test_a_second_run_writes_nothing(shelf: Shelf) -> None:
    """Not even where the site was copied elsewhere."""
    assert shelf.publish() == []


def test_a_new_release_touches_its_own_pages_and_those_that_count_it(shelf: Shelf) -> None:
    """The other project stays, byte for byte and with its time."""
    shelf.put(good("1.2.0"), "plume/1.2.0")
    written = shelf.publish()
    project = project_shard("plume")
    digest = hashlib.sha256(b"plume 1.2.0").hexdigest()[:3]
    assert {path for path in written if not path.startswith(("pypi/plume/1.2.0/", "log/"))} == {
        "index.html",
        "index.json",
        "pypi/plume/feed.atom",
        "pypi/plume/index.html",
        "pypi/plume/index.json",
        f"by/project/{project}.json",
        f"by/sha256/{digest}.json",
    }
    assert "log/checkpoint" in written


def test_what_was_published_stays_when_the_store_forgets_it(shelf: Shelf) -> None:
    """A record is not taken back."""
    for file in (shelf.reports / "quill/2.0").iterdir():
        file.unlink()
    shelf.publish()
    assert (shelf.site / "pypi/quill/2.0/index.html").is_file()
    assert "quill" in (shelf.site / "index.html").read_text()


def test_a_later_report_supersedes_and_never_erases(shelf: Shelf) -> None:
    """The earlier one, its proof and its summary stay, linked from the page, also after the next run."""
    place = "pypi/plume/1.1.0/"
    file = f"{place}plume-1.1.0-py3-none-any.whl.intoto.json"
    before = {path.name: path.read_bytes() for path in (shelf.site / place).glob("*.intoto.json*")}
    corrected = good("1.1.0").artifacts[0].model_copy(update={"verdict": "mismatch"})
    shelf.put(
        good("1.1.0").model_copy(update={"artifacts": (corrected,), "verdict": "mismatch"}), "plume/1.1.0"
    )
    shelf.publish()
    assert (shelf.site / file).read_bytes() != before["plume-1.1.0-py3-none-any.whl.intoto.json"]
    (earlier,) = document(shelf, f"{place}index.json")["superseded"]
    kept = (shelf.site / place / earlier).parent
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    assert earlier in Links(shelf.site / place / "index.html").links
    assert shelf.publish() == []


def test_a_stranger_s_report_is_left_out_and_named(shelf: Shelf, other_key: Key) -> None:
    """Only what the published key signed is on the site."""
    shelf.put(good("3.0"), "plume/3.0", key=other_key)
    shelf.publish()
    assert not (shelf.site / "pypi/plume/3.0").exists()
    assert len(shelf.refused) == 1
    assert "plume-3.0-py3-none-any.whl.intoto.json is not signed by a key" in shelf.refused[0]


def test_a_changed_report_is_left_out(shelf: Shelf) -> None:
    """The page that was published before stays."""
    file = next((shelf.reports / "plume/1.1.0").glob("*.whl.intoto.json"))
    file.write_bytes(file.read_bytes().replace(b'"sig":"', b'"sig":"0'))
    shelf.publish()
    assert len(shelf.refused) == 1
    assert (shelf.site / "pypi/plume/1.1.0/index.html").is_file()


def test_a_log_that_was_put_back_is_not_published(shelf: Shelf) -> None:
    """What readers saw stays, and the error says what is wrong."""
    before = (shelf.site / "log/checkpoint").read_bytes()
    shutil.rmtree(shelf.log)
    create(shelf.log, ORIGIN, shelf.key)
    with pytest.raises(RollbackError, match="it shows 0 of the 305 entries"):
        shelf.publish()
    assert (shelf.site / "log/checkpoint").read_bytes() == before


def test_a_release_in_two_folders_is_published_once(shelf: Shelf) -> None:
    """The second folder is named."""
    shelf.put(good("1.1.0"), "z/1.1.0")
    shelf.publish()
    assert "z/1.1.0 holds reports of a release of which there are some in plume/1.1.0" in shelf.refused


def test_machines_find_a_release_by_name_and_by_digest(built: Shelf) -> None:
    """In a shard that the name or the digest gives, and then as JSON beside the page."""
    digest = hashlib.sha256(WHEEL).hexdigest()
    shard = document(built, f"by/sha256/{digest[:3]}.json")
    assert shard[digest] == ["pypi/plume/1.1.0/", "plume-1.1.0-py3-none-any.whl", "match"]
    assert document(built, f"by/project/{project_shard('plume')}.json")["plume"] == {
        "pypi/plume/1.0.0/": "mismatch",
        "pypi/plume/1.1.0/": "match",
    }
    release = document(built, "pypi/plume/1.1.0/index.json")
    assert (release["purl"], release["answer"]) == ("pkg:pypi/plume@1.1.0", "yes")
    assert release["checked"] == "2026-03-14T15:09:26Z"
    report = built.site / "pypi/plume/1.1.0" / release["artifacts"][0]["report"]
    assert report.read_bytes() == (built.reports / "plume/1.1.0" / report.name).read_bytes()


def test_every_document_is_what_its_schema_says(built: Shelf) -> None:
    """Each names the schema's place; and so is what signed reports state."""
    schema, predicate = document(built, "schema.json"), document(built, "predicate.schema.json")
    paths = [path for path in built.files() if path.name == "index.json"]
    assert len(paths) == 8
    for path in paths:
        written = json.loads(path.read_bytes())
        place, _, kind = written["$schema"].partition("#/$defs/")
        assert (path.parent / place).resolve() == (built.site / "schema.json").resolve()
        Draft202012Validator({**schema, "$ref": f"#/$defs/{kind}"}).validate(written)
        for artifact in written.get("artifacts", ()):
            envelope = json.loads((path.parent / unquote(artifact["report"])).read_bytes())
            Draft202012Validator(predicate).validate(json.loads(b64decode(envelope["payload"]))["predicate"])


def test_the_sums_are_over_all_releases(built: Shelf) -> None:
    """By verdict, by month, by evidence and kind of artifact."""
    sums = document(built, "index.json")
    assert sums["projects"] == 3
    assert sums["releases"] == {"match": 2, "match-extras": 0, "unproven": 0, "no-source": 0, "mismatch": 2}
    assert sums["months"]["2026-01"] == {"mismatch": 1}
    assert sums["files"]["wheel"] == {"identical": 2}


def test_a_finding_links_to_its_file_at_the_commit(shelf: Shelf) -> None:
    """On a host whose pages are known."""
    changed = good("4.0")
    finding = changed.artifacts[0].findings[0].model_copy(update={"evidence": "modified", "severity": "high"})
    artifact = changed.artifacts[0].model_copy(update={"findings": (finding,), "verdict": "mismatch"})
    shelf.put(changed.model_copy(update={"artifacts": (artifact,), "verdict": "mismatch"}), "plume/4.0")
    shelf.publish()
    links = Links(shelf.site / "pypi/plume/4.0/index.html").links
    assert f"https://github.com/ada/plume/blob/{'c1' * 20}/plume/__init__.py" in links


def test_a_hostile_name_stays_one_folder(built: Shelf) -> None:
    """What an attacker writes is quoted, in paths and in links."""
    assert len(list((built.site / "pypi").iterdir())) == 3
    page = next((built.site / "pypi").glob("*onerror*/*/index.html"))
    assert "<img" not in page.read_text()
    assert not [link for link in Links(page).links if link.startswith("javascript")]


@pytest.mark.parametrize("text", [".", "..", ".well-known", *sorted(OURS)])
def test_a_name_cannot_take_the_place_of_a_file_of_the_site(text: str) -> None:
    """Such a version gets a folder of its own."""
    assert part(text) != text
    assert unquote(part(text)) == text


@pytest.mark.parametrize("text", ["", "x" * 201, HOSTILE * 3])
def test_a_name_that_no_file_can_have_is_refused(text: str) -> None:
    """With a sentence."""
    with pytest.raises(ReportError):
        part(text)
