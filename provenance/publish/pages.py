"""Records and sums in, the bytes of the site's pages, feeds and badges out; every text in them is escaped."""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Callable, Sequence
from importlib import resources
from importlib.metadata import version
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from provenance.log import Cosigned
from provenance.model import Evidence, Finding, Source, Verdict
from provenance.publish.address import href, part
from provenance.publish.answered import Answered
from provenance.publish.catalogue import Catalogue, Line
from provenance.publish.keys import WELL_KNOWN, Publisher
from provenance.publish.order import changes
from provenance.publish.plots import VERDICTS, columns, evidence_segments, verdict_segments
from provenance.publish.record import Record, Stated
from provenance.report.html_format import differences_of, evidence_bar
from provenance.report.sentence import advice, place, unproven
from provenance.report.side_by_side import side_by_side
from provenance.report.text_format import shown_text
from provenance.store import REPORT

Permalink = Callable[[str, str, str], str | None]

LONGEST_LIST = 300  # releases on a project's page; its JSON has them all
IN_PAGES = (".html", ".js", ".atom", ".svg")  # what pages are made of; they only point to the rest
TILES = {"yes": "it is the source", "no": "it is not", "cannot tell": "nothing proves all of it"}
MOST_FINDINGS = 100  # on a release's page; its reports have them all


class Pages:
    """The templates, for one publisher. `edition` differs wherever the same reports would give other pages."""

    def __init__(self, publisher: Publisher, permalink: Permalink) -> None:
        self._publisher = publisher
        self._permalink = permalink
        self._environment = _environment()
        self.style = _source("report.css", "provenance.report") + _source("site.css")
        self.icon = _source("icon.svg")
        self.schema = _source("schema.json")
        self._scripts = {name: _script("common.js", f"{name}.js") for name in ("search", "selfcheck")}
        files = (file for file in _folder("provenance.publish").iterdir() if file.name.endswith(IN_PAGES))
        sources = sorted(files, key=lambda file: file.name)
        shown = f"{publisher.document} {publisher.address} {version('pypi-provenance')}".encode()
        borrowed = _source("difference.html", "provenance.report")
        told = (*(file.read_bytes() for file in sources), borrowed, shown)
        self.edition = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in told)).digest()

    def overview(
        self,
        catalogue: Catalogue,
        latest: Sequence[Line],
        mismatches: Sequence[Line],
        cosigned: Sequence[Cosigned],
    ) -> bytes:
        """Return the page about the whole record."""
        verdicts = catalogue.verdicts()
        return self._page(
            "overview.html",
            script="search",
            path="",
            latest=latest,
            cosigned=cosigned,
            mismatches=mismatches,
            projects=catalogue.project_count(),
            releases=sum(verdicts.values()),
            answers=_answers(verdicts),
            tiles=TILES,
            verdicts=verdict_segments(verdicts),
            evidence=evidence_segments(catalogue.evidence()),
            months=columns(catalogue.months()),
            legend=VERDICTS,
        )

    def project(self, lines: Sequence[Line]) -> bytes:
        """Return a project's page; `lines` are its releases, the newest first."""
        earlier = (*lines[1:], None)
        rows = [(line, changes(line, before)) for line, before in zip(lines, earlier, strict=True)]
        return self._page(
            "project.html",
            path=f"pypi/{part(lines[0].project)}/",
            project=lines[0].project,
            rows=rows[:LONGEST_LIST],
            total=len(rows),
            legend=VERDICTS,
        )

    def release(
        self, record: Record, line: Line, earlier: Sequence[Stated], answers: Sequence[Answered]
    ) -> bytes:
        """Return a release's page; `earlier` are reports that those of the record superseded."""
        return self._page(
            "release.html",
            script="selfcheck",
            path=line.address,
            record=record,
            line=line,
            earlier=earlier,
            answers=answers,
            stated={each.filename: each for each in record.stated},
            each_lists=max(3, MOST_FINDINGS // max(1, len(record.stated))),
            reproduce=_reproduce(record),
            severities={name: count for name, count in record.worst.severities.items() if count},
        )

    def feed(self, lines: Sequence[Line], project: str = "") -> bytes:
        """Return the Atom feed of releases: of one project, or of all mismatches."""
        path = f"pypi/{part(project)}/" if project else ""
        return self._rendered("feed.atom", path=path, lines=lines, project=project)

    def badge(self, verdict: Verdict) -> bytes:
        """Return the badge that shows an answer."""
        return self._rendered("badge.svg", path="", verdict=verdict, words=str(verdict.answer))

    def _page(self, template: str, path: str, script: str = "", **values: Any) -> bytes:
        code = self._scripts[script] if script else ""
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        policy = f"'sha256-{digest}'" if code else "'none'"
        return self._rendered(
            template, path=path, script=Markup(code), script_policy=policy, **values  # noqa: S704 # our own file
        )  # fmt: skip

    def _rendered(self, template: str, path: str, **values: Any) -> bytes:
        text = self._environment.get_template(template).render(
            path=path,
            root="../" * path.count("/"),
            publisher=self._publisher,
            well_known=WELL_KNOWN,
            file_page=self._file_page,
            **values,
        )
        return text.encode(errors="backslashreplace")

    def _file_page(self, source: Source, finding: Finding) -> str | None:
        """Where the source file behind a finding is shown; only addresses that a browser loads over https."""
        if finding.source_path is None or not source.repository.startswith("https://"):
            return None
        return self._permalink(source.repository, source.commit, finding.source_path)


def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("provenance.publish"), PackageLoader("provenance.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "advice": advice,
        "differences": differences_of,
        "evidence_bar": evidence_bar,
        "place": place,
        "unproven": unproven,
        "side_by_side": side_by_side,
        "report_file": lambda filename: href(part(f"{filename}{REPORT}")),
        "link": href,
        "part": part,
        "proven": [level for level in Evidence if level.is_proof],
    }
    environment.filters["shown"] = shown_text
    environment.filters["word"] = lambda answer: str(answer).replace(" ", "-")
    return environment


def _answers(verdicts: dict[Verdict, int]) -> dict[str, int]:
    counts = dict.fromkeys(("yes", "no", "cannot tell"), 0)
    for verdict, count in verdicts.items():
        counts[verdict.answer] += count
    return counts


def _reproduce(record: Record) -> list[str]:
    """The commands that make the reports again, and hold the first of them against the published one."""
    first = part(f"{record.stated[0].filename}{REPORT}")
    mine = f"mine/{record.name}/{record.version}/{record.stated[0].filename}{REPORT}"
    return [
        f"provenance check {shlex.quote(f'{record.name}=={record.version}')} --output mine",
        f"provenance compare {shlex.quote(mine)} {shlex.quote(first)}",
    ]


def _folder(package: str) -> Any:
    return resources.files(package) / "templates"


def _source(name: str, package: str = "provenance.publish") -> bytes:
    return bytes((_folder(package) / name).read_bytes())


def _script(*names: str) -> str:
    """The page's own script: our files, one after the other."""
    return "\n" + "".join(_source(name).decode() for name in names)
