"""A Context in, what a version file of this release may say out: its version in every spelling, its commit."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from provenance.compare.context import Context
from provenance.metadata import same_version

SPELLING = re.compile(r"[A-Za-z0-9.+!_-]{1,100}")
COMMIT = re.compile(r"g?([0-9a-f]{7,64})")
LEVELS = {"a": ("alpha", "a"), "b": ("beta", "b"), "rc": ("candidate", "rc", "c")}

Part = int | str


@dataclass(frozen=True)
class Facts:
    """A release's version as its metadata and index spell it, and the commit it comes from."""

    spellings: tuple[str, ...]
    commit: str

    @property
    def parsed(self) -> Version | None:
        """The version under PEP 440, None where it is none."""
        try:
            return Version(self.spellings[0])
        except ValueError:  # not a version, or numbers too long to be read
            return None

    @property
    def is_final(self) -> bool:
        """Whether this is neither a development version nor a local build."""
        return self.parsed is not None and not self.parsed.is_devrelease and not self.parsed.local

    def is_version(self, text: str) -> bool:
        """Whether text is this version in any PEP 440 spelling, in plain ASCII."""
        return SPELLING.fullmatch(text) is not None and same_version(text, self.spellings[0])

    def is_short_version(self, text: str) -> bool:
        """Whether text is this version without its development or local part, or without its pre-release part."""
        if self.parsed is None or not SPELLING.fullmatch(text):
            return False
        return any(same_version(text, part) for part in (self.parsed.public, self.parsed.base_version))

    def is_commit(self, text: str) -> bool:
        """Whether text is the commit id or a prefix of it, of at least seven digits, perhaps after a `g`."""
        match = COMMIT.fullmatch(text)
        return match is not None and self.commit.startswith(match[1])

    @property
    def tuples(self) -> tuple[tuple[Part, ...], ...]:
        """The version as setuptools_scm spells it in a tuple: before version 9.2 and since."""
        version = self.parsed
        if version is None:
            return ()
        tail: list[Part] = [] if version.dev is None else [f"dev{version.dev}"]
        tail += [version.local] if version.local else []
        epoch: list[Part] = [f"{version.epoch}!"] if version.epoch else []
        middle: list[Part] = [f"{version.pre[0]}{version.pre[1]}"] if version.pre else []
        middle += [] if version.post is None else [f"post{version.post}"]
        old, new = (*version.release, *tail), (*epoch, *version.release, *middle, *tail)
        return tuple(dict.fromkeys((old, new)))

    def is_tuple(self, parts: tuple[Part, ...]) -> bool:
        """Whether parts are setuptools_scm's tuple, or numbers and a release level as in sys.version_info."""
        version = self.parsed
        if version is None or any(isinstance(part, bool) for part in parts):
            return False
        if parts in self.tuples or (parts and parts == tuple(str(version).split("."))):
            return True
        numbers = tuple(part for part in parts if isinstance(part, int))[: max(3, len(version.release))]
        padded = (*version.release, 0, 0)[: len(numbers)]
        if len(numbers) < len(version.release) or numbers != padded or parts[: len(numbers)] != numbers:
            return False
        return parts[len(numbers) :] in self._levels(version)

    @staticmethod
    def _levels(version: Version) -> tuple[tuple[Part, ...], ...]:
        """What may follow the numbers: the release level and its serial number."""
        if version.pre:
            return tuple((level, version.pre[1]) for level in LEVELS.get(version.pre[0], ()))
        return ((), ("final",), ("final", 0)) if not version.is_devrelease and version.post is None else ()


def facts_of(context: Context) -> Facts:
    """Return what a version file of this release may say."""
    parsed = context.subject.metadata.version
    spellings = [context.version, *([parsed] if same_version(parsed, context.version) else [])]
    with suppress(InvalidVersion):
        spellings.append(str(Version(context.version)))
    return Facts(tuple(dict.fromkeys(spellings)), context.source.commit)


def plain_text(content: bytes | None) -> str | None:
    """UTF-8 text with LF line endings and no control characters but line feeds and tabs; else None.

    CRLF is read as LF where every line has it, as a generator on Windows writes.
    """
    if content is None:
        return None
    if b"\r" in content:
        unix = content.replace(b"\r\n", b"\n")
        if unix.replace(b"\n", b"\r\n") != content:
            return None
        content = unix
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]", text) else text
