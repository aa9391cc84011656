"""Bytes of a METADATA or PKG-INFO file -> its core metadata fields (PyPA core metadata 1.0 to 2.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

MOST_NAMES, MOST_FIELDS = 100, 50_000  # the specification has some 40; each is looked up among all fields
MOST_PARENTHESES = 100  # packaging reads what is in them by calling itself
LONG_NUMBER = re.compile(r"[0-9]{1000}")  # Python itself refuses to read ones of more than 4,300 digits
FIELD = re.compile(rb"^[!-9;-~]*(?=:)", re.MULTILINE)


@dataclass(frozen=True)
class Metadata:
    """Parsed fields, with `unparsed` holding every field that the grammar does not allow."""

    fields: RawMetadata
    unparsed: dict[str, list[str]]

    @property
    def name(self) -> str:
        """The distribution's name as written, "" where missing."""
        return self.fields.get("name", "")

    @property
    def version(self) -> str:
        """The version as written, "" where missing."""
        return self.fields.get("version", "")

    @property
    def description(self) -> str:
        """The readme body, "" where missing."""
        return self.fields.get("description", "")

    @property
    def project_urls(self) -> dict[str, str]:
        """Label -> URL, as written."""
        urls = dict(self.fields.get("project_urls", {}))
        for row in self.unparsed.get("project-url", []):
            label, _, url = row.partition(",")
            urls.setdefault(label.strip(), url.strip())
        return urls

    @property
    def home_page(self) -> str:
        """The Home-page field, "" where missing or UNKNOWN."""
        url = self.fields.get("home_page", "")
        return "" if url == "UNKNOWN" else url

    def get(self, field: str) -> Any:
        """Return a field by its packaging.metadata name ("requires_dist"), or None."""
        return self.fields.get(field)

    def is_for(self, name: str, version: str) -> bool:
        """Whether name (PEP 503) and version (PEP 440) are those of this release."""
        return canonicalize_name(self.name) == canonicalize_name(name) and same_version(self.version, version)


def parse(content: bytes) -> Metadata:
    """Parse a metadata file; never raises: what is malformed, or too much, lands in `unparsed`."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    names = FIELD.findall(lines.partition(b"\n\n")[0])
    if len(names) > MOST_FIELDS or len({*map(bytes.lower, names)}) > MOST_NAMES:
        return Metadata({}, {"more fields than metadata has": []})
    fields, unparsed = parse_email(content)
    return Metadata(fields, unparsed)


def parse_requirement(text: str) -> Requirement:
    """Parse a requirement (PEP 508); raises InvalidRequirement also for one that is nested or numbered too deeply."""
    if text.count("(") > MOST_PARENTHESES or LONG_NUMBER.search(text):
        raise InvalidRequirement("more parentheses or digits than a requirement has")
    return Requirement(text)


def same_version(left: str, right: str) -> bool:
    """Whether two version texts are equal under PEP 440; texts that are no versions compare as text."""
    try:
        return Version(left) == Version(right)
    except ValueError:  # not a version, or numbers too long to be read
        return left == right
