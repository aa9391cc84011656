"""Results of building pinned releases again in, docs/rebuilds.md as text out: totals, every release, every reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from corpus.catalogue import PinnedRelease
from provenance.model import Kind, Rebuilt, Verdict

YES = ("match", "match-extras")
SHOWN = 3
FOLDERS = re.compile(r"(?<![\w:/.])(?:/[\w.+-]+)+/(?=[\w.+-])")
NAMED = {
    "pycparser==2.23": "parser tables by PLY, and `c_ast.py`, which its generator writes",
    "pbr==6.1.0": "AUTHORS and ChangeLog from git's history",
    "pdm-backend==2.4.3": "a backend that builds itself",
    "msgpack==1.1.0": "Cython: the C file comes out of the Cython that its first line names",
    "poetry-core==1.0.0": "Poetry, and not the source's own backend",
    "ptyprocess==0.7.0": "flit's own command, which wrote a `setup.py`",
}
INTRODUCTION = """# Releases that were built again

Every release of [the corpus](../corpus/releases.json), built again from its commit in the cage and compared file by
file with what is published. `python -m corpus rebuild --results FILE` makes this page: FILE holds a line for each
release, and what is in it is not built again. It runs these projects' build code.
"""


class Result:
    """What came of one release: its record, and the outcomes in it by artifact."""

    def __init__(self, release: PinnedRelease, record: Mapping[str, Any]) -> None:
        self.release, self.record = release, record
        self.verdict = _verdict(release, record)
        rows = [Rebuilt.model_validate(_fields(row)) for row in record.get("rebuilt", ())]
        self.outcomes = [row for row in rows if row.way == "source"]
        self.of_sdist = {row.filename: row for row in rows if row.way == "sdist"}

    def of_kind(self, kind: Kind) -> list[Rebuilt]:
        """The outcomes of sdists, or of wheels without compiled code."""
        ending = "-any.whl"
        return [row for row in self.outcomes if row.filename.endswith(".whl") is (kind == "wheel") and
                (kind == "sdist" or row.filename.endswith(ending))]  # fmt: skip

    @property
    def is_yes(self) -> bool:
        """Whether every file is proven, but for inert documents."""
        return self.verdict in YES


def page(releases: Sequence[PinnedRelease], records: Sequence[Mapping[str, Any]]) -> str:
    """Return the page's text for the releases that have a record."""
    by_name = {record["ref"]: record for record in records}
    results = [Result(each, by_name[each.reference]) for each in releases if each.reference in by_name]
    sections = (_totals(results), _named(results), _failed(results), _unproven(results), _all(results))
    return "\n".join((INTRODUCTION, *("\n".join(lines) + "\n" for lines in sections)))


def _verdict(release: PinnedRelease, record: Mapping[str, Any]) -> str:
    """The worst verdict of the artifacts that are pinned; a check may take a wheel for this machine beside them."""
    pinned = {pin.filename for pin in release.artifacts}
    found = [Verdict(row["verdict"]) for row in record.get("artifacts", ()) if row["file"] in pinned]
    worst = max(found, key=lambda verdict: verdict.rank, default=None)
    return worst.value if worst else record.get("verdict", "")


def _totals(results: Sequence[Result]) -> Iterator[str]:
    yield "| | Artifacts | Every file the same | Whole archive the same | Only from the published sdist |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    kinds: tuple[Kind, ...] = ("sdist", "wheel")
    for kind in kinds:
        rows = [
            (row, result.of_sdist.get(row.filename)) for result in results for row in result.of_kind(kind)
        ]
        whole = sum(row.is_whole for row, _ in rows)
        archives = sum(row.is_same_archive for row, _ in rows)
        other = sum(not row.is_whole and of is not None and of.is_whole for row, of in rows)
        yield f"| {kind}s | {len(rows)} | {whole} ({_share(whole, len(rows))}) | {archives} | {other} |"
    pure = [result for result in results if result.release.pure and result.verdict]
    yes = sum(result.is_yes for result in pure)
    built = [result for result in results if result.outcomes]
    seconds = [result.record["seconds"] for result in built] or [0.0]
    yield ""
    yield f"{len(built)} of {len(results)} releases were built, in a median of {median(seconds):.0f} seconds each,"
    yield "downloads, the check itself and every recipe that was tried included."
    share = _share(yes, len(pure))
    yield f"With the rebuild {yes} of {len(pure)} releases without compiled code are a *yes* ({share})."


def _named(results: Sequence[Result]) -> Iterator[str]:
    yield "## One of each kind\n"
    yield "| Release | What only building it shows | sdist | wheel |\n| --- | --- | --- | --- |"
    for result in results:
        if said := NAMED.get(result.release.reference):
            yield f"| {result.release.reference} | {said} | {_said(result, 'sdist')} | {_said(result, 'wheel')} |"


def _failed(results: Sequence[Result]) -> Iterator[str]:
    yield "## What did not come out the same\n"
    yield "| Artifact | Closest | What differs |\n| --- | ---: | --- |"
    kinds: tuple[Kind, ...] = ("sdist", "wheel")
    for result in results:
        for row in (row for kind in kinds for row in result.of_kind(kind) if not row.is_whole):
            of = result.of_sdist.get(row.filename)
            also = "; from the published sdist it does" if of is not None and of.is_whole else ""
            yield f"| {row.filename} | {row.same} | {_difference(row)}{also} |"
    for result in results:
        if not result.outcomes and (reason := _not_built(result)):
            yield f"| {result.release.reference} | | not built: {_cell(reason)} |"


def _unproven(results: Sequence[Result]) -> Iterator[str]:
    yield "## Releases without compiled code that are not a *yes*\n"
    yield "| Release | Verdict | Why |\n| --- | --- | --- |"
    for result in results:
        if result.release.pure and result.verdict and not result.is_yes:
            yield f"| {result.release.reference} | {result.verdict} | {_cell(result.release.why)} |"


def _all(results: Sequence[Result]) -> Iterator[str]:
    yield "## All releases\n"
    yield "| Release | Backend | sdist | wheel | Verdict | Seconds |\n| --- | --- | --- | --- | --- | ---: |"
    for result in results:
        outcome = f"{_said(result, 'sdist')} | {_said(result, 'wheel')} | {result.verdict or 'no answer'}"
        release = result.release
        yield f"| {release.reference} | {release.backend} | {outcome} | {result.record['seconds']:.0f} |"


def _said(result: Result, kind: Kind) -> str:
    """One word or two on the artifacts of a kind."""
    rows = result.of_kind(kind)
    return ", ".join(dict.fromkeys(_word(row) for row in rows)) or "–"


def _word(row: Rebuilt) -> str:
    if row.is_same_archive:
        return "same archive"
    if row.is_whole:
        return f"same {row.same} files"
    return "not built" if row.failure else f"{row.same} files the same"


def _difference(row: Rebuilt) -> str:
    """What of an artifact did not come out, in few words."""
    if row.failure:
        return f"not built: {_cell(row.failure)}"
    parts = {"differs": row.differing, "not built": row.missing, "not published": row.surplus}
    return "; ".join(f"{verb}: {_listed(paths)}" for verb, paths in parts.items() if paths)


def _not_built(result: Result) -> str:
    notices = result.record.get("notices", ())
    return result.record.get("error") or next((text for code, text in notices if code == "not-rebuilt"), "")


def _listed(paths: Sequence[str]) -> str:
    more = len(paths) - SHOWN
    return ", ".join(f"`{path}`" for path in paths[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _cell(text: str) -> str:
    """Text as a cell of a table, without folders of this machine, cut where it is long."""
    short = " ".join(FOLDERS.sub("", text.replace("|", "\\|")).split())
    return short if len(short) < 300 else f"{short[:297]}…"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record's outcome, with nothing in it but the model's fields."""
    return {name: value for name, value in row.items() if name in Rebuilt.model_fields}
