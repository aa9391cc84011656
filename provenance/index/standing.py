"""A project's name and version and an index address in, what that index says of their Standing out; facts alone."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from provenance.errors import NetworkError, UsageError
from provenance.index.page import Package, Page
from provenance.index.reference import parse_version
from provenance.index.simple import project_page
from provenance.model import Limits, Rank, Standing, Uploaded, Vulnerability
from provenance.net import Http

STATUSES_SINCE = (1, 4)  # the Simple API's version from which on silence means "active" (PEP 792)


def find_standing(name: str, version: str, index: str, http: Http, limits: Limits) -> Standing:
    """Ask the index's Simple API, and its JSON API where it has one, about a release.

    Raises NotOnIndexError where there is no such project, NetworkError where the Simple API cannot be asked.
    """
    name = canonicalize_name(name)
    page = project_page(name, index, http, limits)
    files: dict[Version, list[Package]] = {}
    for package in page.packages:
        if package.version:
            files.setdefault(package.version, []).append(package)
    details = _details(name, version, index, http, limits)
    return Standing(
        name=name,
        version=str(parse_version(version)),
        releases=len(files),
        uploads=_uploads(files),
        yanked=tuple(str(each) for each in sorted(files) if all(file.is_yanked for file in files[each])),
        status=_status(page),
        status_reason=page.status_reason or "",
        publishers=_publishers(details),
        vulnerabilities=_vulnerabilities(details),
    )


def _uploads(files: Mapping[Version, Iterable[Package]]) -> tuple[Uploaded, ...]:
    moments: list[tuple[datetime, Version]] = []
    for version, packages in files.items():
        dated = [package.upload_time for package in packages if package.upload_time]
        moments += [(min(dated), version)] if dated else []
    return tuple(Uploaded(version=str(version), moment=moment) for moment, version in sorted(moments))


def _status(page: Page) -> str | None:
    if page.status is not None:
        return page.status
    stated = re.fullmatch(r"(\d+)\.(\d+)", page.api_version or "")
    return "active" if stated and (int(stated[1]), int(stated[2])) >= STATUSES_SINCE else None


def _details(name: str, version: str, index: str, http: Http, limits: Limits) -> Mapping[str, Any]:
    """The release's page of the JSON API that stands beside some Simple APIs; empty where there is none."""
    base = index.rstrip("/")
    if not base.endswith("/simple"):
        return {}
    url = f"{base.removesuffix('/simple')}/pypi/{name}/{version}/json"
    try:
        answer = http.get(url, accept="application/json", limit=limits.index_bytes)
        document = json.loads(answer.content) if answer.status == 200 else {}
    except (NetworkError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _publishers(details: Mapping[str, Any]) -> tuple[str, ...] | None:
    ownership = details.get("ownership")
    if not isinstance(ownership, dict):
        return None
    roles = [role for role in _tables(ownership.get("roles")) if _text(role, "user")]
    people = sorted(f"{_text(role, 'user')} ({_text(role, 'role') or 'role not said'})" for role in roles)
    organization = _text(ownership, "organization")
    return (*([f"{organization} (organization)"] if organization else []), *people)


def _vulnerabilities(details: Mapping[str, Any]) -> tuple[Vulnerability, ...] | None:
    if not isinstance(details.get("vulnerabilities"), list):
        return None
    return tuple(
        Vulnerability(
            id=_text(row, "id"),
            aliases=_texts(row.get("aliases")),
            summary=_text(row, "summary") or _text(row, "details").partition("\n")[0],
            fixed_in=_texts(row.get("fixed_in")),
            link=_text(row, "link"),
        )
        for row in _tables(details["vulnerabilities"])
        if _text(row, "id") and not row.get("withdrawn")
    )


def _tables(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def read_rank(lines: Iterable[str], name: str) -> Rank:
    """Return a project's place in a list of the most downloaded ones: CSV with columns rank, project, downloads….

    Raises UsageError where the list has no such columns.
    """
    rows = csv.DictReader(lines)
    columns = rows.fieldnames or ()
    counted = next((column for column in columns if column.startswith("downloads")), "")
    if not {"rank", "project"} <= set(columns):
        raise UsageError("The list of ranks has no columns named rank and project")
    listed, found = 0, Rank(listed=0)
    for row in rows:
        listed += 1
        if canonicalize_name(row["project"] or "") == canonicalize_name(name):
            found = Rank(listed=0, place=_number(row["rank"]), downloads=_number(row.get(counted)))
    return found.model_copy(update={"listed": listed})


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
