"""What these tests stand on: in, reports written by hand; out, signed files, a log, the site over them, its server."""

from __future__ import annotations

import functools
import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from securesystemslib.signer import CryptoSigner

from corpus.stated import REPORT, RULES
from provenance.log import (
    NOTE,
    SUFFIX,
    Entry,
    LogFiles,
    LoggedArtifact,
    Tree,
    Verifier,
    Witness,
    answer_entry,
    append,
    create,
    prove,
    write_answer,
)
from provenance.model import ArtifactReport, Evidence, Finding, ReleaseReport, Severity, Source, Verdict
from provenance.publish import Publisher, publish
from provenance.report.statement import payload_of, predicate_digest
from provenance.report.stating import state
from provenance.report.summary import summarize
from provenance.signing import KeyStore, load_signer, seal
from provenance.source.hosts import permalink

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ORIGIN = "logs.example/record"
MAINTAINER = "code.example/ada"
MOMENT = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'{{7*7}}${alert(3)}\x1b[31m"
WHEEL = b"the bytes of a wheel"


@dataclass(frozen=True)
class Key:
    """A key of the tests as reports and logs need it."""

    signer: CryptoSigner

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return bytes.fromhex(self.signer.public_key.keyval["public"])

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes."""
        return bytes.fromhex(self.signer.sign(message).signature)

    @property
    def verifier(self) -> Verifier:
        """The key of the log that this key signs."""
        return Verifier(ORIGIN, self.public_key)


@dataclass
class Shelf:
    """A folder of signed reports with their log, and the site over them; `refused` is what the last run left out."""

    folder: Path
    key: Key
    refused: list[str] = field(default_factory=list)

    @property
    def reports(self) -> Path:
        """The store."""
        return self.folder / "reports"

    @property
    def log(self) -> Path:
        """The log's folder."""
        return self.folder / "log"

    @property
    def site(self) -> Path:
        """The site's folder."""
        return self.folder / "public"

    def put(
        self, report: ReleaseReport, folder: str, key: Key | None = None, moment: datetime = MOMENT
    ) -> None:
        """Sign and store the reports of a release in a folder of the store, and log them."""
        signers = [(key or self.key).signer]
        place = self.reports / folder
        place.mkdir(parents=True, exist_ok=True)
        for artifact in report.artifacts:
            payload = payload_of(state(report, artifact, RULES))
            envelope = seal(payload, signers)
            file = place / f"{artifact.filename}.intoto.json"
            file.write_bytes(envelope)
            summary = seal(payload_of(summarize(payload, "1", moment)), signers)
            (place / f"{artifact.filename}.vsa.intoto.json").write_bytes(summary)
            self._log(report, artifact, payload, file)

    def _log(self, report: ReleaseReport, artifact: ArtifactReport, payload: bytes, file: Path) -> None:
        entry = bytes(
            Entry(
                purl=state(report, artifact, RULES).predicate.purl,
                artifact=LoggedArtifact(filename=artifact.filename, sha256=artifact.sha256),
                verdict=artifact.verdict,
                predicate=predicate_digest(payload),
                envelope=hashlib.sha256(file.read_bytes()).hexdigest(),
            )
        )
        self._prove(entry, file)

    def _prove(self, entry: bytes, file: Path) -> None:
        appended = append(self.log, [entry], self.key)
        tree = Tree(LogFiles(self.log).read, appended.checkpoint.size)
        proof = prove(tree, appended.indexes[0], entry, appended.checkpoint)
        file.with_name(file.name + SUFFIX).write_bytes(proof)

    def answer(self, folder: str, text: str, key: Key, name: str = MAINTAINER) -> None:
        """Put a maintainer's note about a release beside its reports, and log it."""
        purl = "pkg:pypi/{}@{}".format(*folder.split("/"))
        content = write_answer(purl, text, name, key)
        file = self.reports / folder / f"{hashlib.sha256(content).hexdigest()[:8]}{NOTE}"
        file.write_bytes(content)
        self._prove(bytes(answer_entry(content)), file)

    def publish(self, maintainers: Sequence[Verifier] = (), witnesses: Sequence[Witness] = ()) -> list[str]:
        """Bring the site up to date and return the paths of the files that were written."""
        before = {path: path.stat().st_mtime_ns for path in self.files()}
        publisher = Publisher(
            (self.key.signer.public_key,),
            self.log,
            self.key.verifier,
            "https://site.example/",
            tuple(witnesses),
            tuple(maintainers),
        )
        self.refused = publish(self.reports, self.site, publisher, permalink).refused
        return [
            path.relative_to(self.site).as_posix()
            for path in self.files()
            if before.get(path) != path.stat().st_mtime_ns
        ]

    def files(self) -> list[Path]:
        """The files of the site."""
        found = sorted(path for path in self.site.rglob("*") if path.is_file())
        return [path for path in found if ".local" not in path.parts]

    def copy(self, folder: Path) -> Shelf:
        """A copy that a test may change."""
        shutil.copytree(self.folder, folder)
        return Shelf(folder, self.key)


def good(version: str, name: str = "plume") -> ReleaseReport:
    """A release that is its source, with a wheel whose bytes are WHEEL where it is version 1.1.0 of plume."""
    found = Finding(
        path="plume/__init__.py",
        evidence=Evidence.IDENTICAL,
        rule="identity",
        severity=Severity.INFO,
        source_path="plume/__init__.py",
        reason="the same bytes as in the source",
        sha256="03" * 32,
        blob="04" * 20,
    )
    content = WHEEL if (name, version) == ("plume", "1.1.0") else f"{name} {version}".encode()
    wheel = ArtifactReport(
        filename=f"{name}-{version}-py3-none-any.whl",
        kind="wheel",
        sha256=hashlib.sha256(content).hexdigest(),
        verdict=Verdict.MATCH,
        findings=(found,),
    )
    source = Source(
        repository="https://github.com/ada/plume", ref=f"v{version}", commit="c1" * 20, tree="7e" * 20
    )
    return ReleaseReport(name=name, version=version, verdict=Verdict.MATCH, source=source, artifacts=(wheel,))


def hostile() -> ReleaseReport:
    """A release in which an attacker chose every text."""
    finding = Finding(
        path=HOSTILE,
        evidence=Evidence.MODIFIED,
        rule="none",
        severity=Severity.CRITICAL,
        source_path=HOSTILE,
        reason=HOSTILE,
        sha256="05" * 32,
        blob="06" * 20,
    )
    name = HOSTILE.replace("/", "")
    artifact = ArtifactReport(
        filename=f"{name}.tar.gz",
        kind="sdist",
        sha256="66" * 32,
        verdict=Verdict.MISMATCH,
        findings=(finding,),
    )
    source = Source(
        repository="javascript://github.com/%0aalert(4)", ref=HOSTILE, commit="c2" * 20, tree="7e" * 20
    )
    notice = REPORT.notices[0].model_copy(update={"message": HOSTILE})
    return ReleaseReport(
        name=name,
        version=HOSTILE,
        verdict=Verdict.MISMATCH,
        source=source,
        artifacts=(artifact,),
        notices=(notice,),
    )


@functools.cache
def make_key(folder: Path) -> Key:
    """A key that is kept in a folder."""
    return Key(load_signer(KeyStore(folder).new("default").path, lambda: b""))


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    """The publisher's key."""
    return make_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def other_key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    """A stranger's key."""
    return make_key(tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, key: Key) -> Shelf:
    """A site over ordinary and hostile releases, with a log of more than one tile; not to be changed."""
    shelf = Shelf(tmp_path_factory.mktemp("shelf") / "shelf", key)
    create(shelf.log, ORIGIN, key)
    append(shelf.log, [b"%d" % number for number in range(300)], key)
    shelf.put(REPORT, "plume/1.0.0", moment=datetime(2026, 1, 1, tzinfo=UTC))
    shelf.put(good("1.1.0"), "plume/1.1.0")
    shelf.put(good("2.0", "quill"), "quill/2.0")
    shelf.put(hostile(), "hostile/1")
    shelf.publish()
    return shelf


@pytest.fixture
def shelf(built: Shelf, tmp_path: Path) -> Shelf:
    """A site of the test's own."""
    return built.copy(tmp_path / "own")


class Quiet(SimpleHTTPRequestHandler):
    """A plain static file server."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[Callable[[Path], str]]:
    """Serve a folder on the loopback interface until the test ends, and return its address."""
    with ExitStack() as stack:

        def host(folder: Path) -> str:
            handler = functools.partial(Quiet, directory=str(folder))
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{server.server_port}/"

        yield host


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    assert CHROMIUM, "these tests need Chromium: on Debian, apt-get install chromium"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
