"""Where releases come from in, what an audit is asked for out: a list, the most downloaded, whole projects."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from provenance.audit.queue import Wanted
from provenance.errors import NetworkError, UsageError
from provenance.index import parse_reference
from provenance.index.simple import project_page
from provenance.net import Http
from provenance.pipeline import Options

TOP = "https://hugovk.github.io/top-pypi-packages/top-pypi-packages.csv"  # the public data set, renewed every month
MOST_BYTES = 64 << 20


def read_list(file: Path) -> Iterator[Wanted]:
    """Yield what a file names: a reference on each line; `#` begins a comment. Raises UsageError."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            reference = parse_reference(text)
        except UsageError as error:
            raise UsageError(f"{file}, line {number}: {error}", hint=error.hint) from error
        if reference.path:
            raise UsageError(f"{file}, line {number}: an audit is of releases on an index, not of files")
        yield Wanted(canonicalize_name(reference.name), reference.version or "")


def fetch_top(http: Http) -> list[str]:
    """Return the lines of the public list of the most downloaded projects; raises NetworkError."""
    answer = http.get(TOP, accept="text/csv, */*;q=0.5", limit=MOST_BYTES)
    if answer.status != 200:
        raise NetworkError(f"{TOP} answered {answer.status}", hint="name a copy of the list with --list FILE")
    return answer.content.decode("utf-8", errors="replace").splitlines()


def read_top(lines: Iterable[str]) -> dict[str, int]:
    """Return the rank of each project in a list of the most downloaded: CSV with a column `project`, the first first.

    Raises UsageError where it is none.
    """
    rows = csv.DictReader(lines)
    if "project" not in (rows.fieldnames or ()):
        raise UsageError("The list of the most downloaded projects has no column `project`")
    names = (canonicalize_name(row["project"] or "") for row in rows)
    ranks: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        ranks.setdefault(name, number)
    return ranks


def all_versions(projects: Sequence[str], options: Options) -> Iterator[Wanted]:
    """Yield every release of these projects that the index has; raises as `find_release` does."""
    for project in projects:
        page = project_page(canonicalize_name(project), options.index, options.http, options.limits)
        for version in sorted({package.version for package in page.packages if package.version}):
            yield Wanted(canonicalize_name(project), str(version))
