"""A project's name and version in, the tags that can carry this version out, ranked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.utils import canonicalize_name
from packaging.version import Version

WORDS = ("release", "releases", "rel", "version", "ver", "r", "python", "py", "pypi")
ENDING = re.compile(
    r"[-_.](?:final|release|stable|ga)$", re.IGNORECASE
)  # says that the version is no pre-release
LONGEST = 250  # characters of a tag worth reading: hosts send any
VERSION_START = re.compile(r"(?<![0-9.])(?:(?<![A-Za-z])[vVrR][._/-]?)?(?=\d)", re.ASCII)


def usual_prefixes(name: str, version: str, repository: str = "") -> list[str]:
    """Return how the usual tags for this version begin: what to ask a git server for first."""
    starts = ["", "v", "V", "v.", "v/", "r", "version-", "releases/", "RELEASE_"]
    starts += [f"{word}{mark}" for word in ("release", "rel") for mark in ("-", "_", "/", "-v", "_v", "/v")]
    starts += [
        f"{part}{mark}"
        for part in sorted(_names(name) | _names_of(repository))
        for mark in ("-", "-v", "_", "_v", "/", "/v", "@", "@v", "==", "-python-")
    ]
    return [f"{start}{text}" for start in starts for text in _release_texts(version)]


def ranked(tags: Iterable[str], name: str, version: str, repository: str = "") -> list[str]:
    """Return the tags whose name carries this version under PEP 440, the most specific first.

    A prefix must be a word for "release", a name of this project or of its repository (an address), so that another
    package's tag in the same repository (`docs-1.0`, `pool-3.2.0` for psycopg) is not taken for this one's.
    """
    wanted = Version(version)
    rows = sorted((rank, tag) for tag in tags if (rank := _rank(tag, name, wanted, repository)) is not None)
    return [tag for _, tag in rows]


def names_project(tag: str, name: str, version: str) -> bool:
    """Whether a tag for this version says by a name of the project's that it is not another package's."""
    return _rank(tag, name, Version(version)) in (0, 1)


def _rank(tag: str, name: str, wanted: Version, repository: str = "") -> int | None:
    """How specific a tag is, None for another version's or another package's.

    0: this project's name before the version; 1: its end; 2: nothing or `v`; 3: a word for release; 4: its start;
    5: the repository's name, which is its main package's more often than not.
    """
    for prefix, text in _readings(tag):
        if not _equal(text, wanted):
            continue
        plain = canonicalize_name(prefix.strip("-_/@=. "))
        if not plain:
            return 2
        if plain.replace("-", "") == canonicalize_name(name).replace("-", ""):
            return 0
        words = "-".join(word for word in plain.split("-") if word not in WORDS)
        if not words:
            return 3
        if words in {canonicalize_name(part) for part in _names(name)}:
            return 1
        last = canonicalize_name(prefix.strip("-_@=. ").rpartition("/")[2])
        if last and last in (canonicalize_name(name), canonicalize_name(name).partition("-")[0]):
            return 4
        if words in {canonicalize_name(part) for part in _names_of(repository)}:
            return 5
    return None


def _readings(tag: str) -> Iterator[tuple[str, str]]:
    """Every way to split a tag into a prefix and a text that starts with a digit at a boundary."""
    for match in VERSION_START.finditer(tag if len(tag) <= LONGEST else ""):
        yield tag[: match.start()], tag[match.end() :]


def _equal(text: str, wanted: Version) -> bool:
    text = ENDING.sub("", text)
    for reading in (text, text.replace("_", "."), text.replace("-", ".")):
        try:
            found = Version(reading)
        except ValueError:  # not a version, or numbers too long to be read
            continue
        if found == wanted or (wanted.local and found == Version(wanted.public)):
            return True
    return False


def _names(name: str) -> set[str]:
    """The project's name as tags spell it, and the part after its first word (`pool` of psycopg-pool)."""
    plain = canonicalize_name(name)
    rest = plain.partition("-")[2]
    return {form for form in (name, plain, plain.replace("-", "_"), rest, rest.replace("-", "_")) if form}


def _names_of(repository: str) -> set[str]:
    name = repository.rpartition("/")[2].removesuffix(".git")
    return {form for form in (name, canonicalize_name(name)) if form}


def _release_texts(version: str) -> list[str]:
    """The release part as tags write it: dotted, zero-padded (CalVer), with `_` or `-`; a trailing `.0` left out."""
    numbers = [str(number) for number in Version(version).release]
    while len(numbers) > 2 and numbers[-1] == "0":
        numbers.pop()
    padded = [numbers[0], *(number.zfill(2) for number in numbers[1:])]
    texts = [separator.join(form) for separator in (".", "_", "-") for form in (numbers, padded)]
    return list(dict.fromkeys(texts))
