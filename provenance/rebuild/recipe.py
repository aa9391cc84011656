"""What the source and the published artifacts say of their build in, the recipes to try out, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from provenance.metadata import parse_requirement
from provenance.model import Recipe
from provenance.rebuild.clues import Clues

LEGACY = "setuptools.build_meta:__legacy__"
# What a wheel's `Generator` says -> the distribution that wrote it
GENERATORS = {
    "bdist_wheel": "wheel",
    "setuptools": "setuptools",
    "flit": "flit-core",
    "hatchling": "hatchling",
    "poetry": "poetry-core",
    "poetry-core": "poetry-core",
    "pdm-backend": "pdm-backend",
    "pdm-pep517": "pdm-pep517",
    "maturin": "maturin",
    "uv": "uv-build",
    "scikit-build-core": "scikit-build-core",
    "meson": "meson-python",
}
RELEASED = {
    (3, 6): date(2016, 12, 23),
    (3, 7): date(2018, 6, 27),
    (3, 8): date(2019, 10, 14),
    (3, 9): date(2020, 10, 5),
    (3, 10): date(2021, 10, 4),
    (3, 11): date(2022, 10, 24),
    (3, 12): date(2023, 10, 2),
    (3, 13): date(2024, 10, 7),
    (3, 14): date(2025, 10, 7),
}
HATCHLING_EPOCH = 1580601600  # 2020-02-02, which hatchling writes where SOURCE_DATE_EPOCH is not set
READS_HISTORY = re.compile(r"\b(pbr|reno)\b")
OWN_WHEELS = "setuptools<70.1"  # later ones write wheels themselves and name themselves in them
OLDER = (timedelta(days=240), timedelta(days=700))  # how far behind a maintainer's own setuptools may be
FIRST_BACKEND = datetime(2019, 2, 6, tzinfo=UTC)  # setuptools 40.8: before it only setup.py built anything
SETUP_PY = ("python", "setup.py", "{distutils}")
# Tags that a version has between releases; a release is built without them, as by setuptools' `release` alias
TAGGED = re.compile(
    r"^tag[_-](?:build|date)\s*=[ \t]*(?!(?:0|no|off|false)\b)[^\s#;]", re.MULTILINE | re.IGNORECASE
)
UNTAGGED = ("python", "setup.py", "egg_info", "-Db", "", "saveopts")
READS_TAGS = re.compile(r"setuptools[_-]scm|hatch-vcs")
# The setuptools that Linux distributions have beside a version of wheel, and the Python that they are for
DISTRIBUTED = {
    "0.30.0": (("setuptools==39.0.1", "3.6"),),
    "0.32.3": (("setuptools==40.8.0", "3.7"),),
    "0.34.2": (("setuptools==45.2.0", "3.8"), ("setuptools==52.0.0", "3.9")),
    "0.37.1": (("setuptools==59.6.0", "3.10"),),
    "0.38.4": (("setuptools==66.1.1", "3.11"),),
    "0.42.0": (("setuptools==68.1.2", "3.12"),),
}
# What leaves files of its own, or all that git holds, in other projects' sdists where it happens to be installed
BESIDE = {"pbr": {"pbr.json"}, "setuptools-scm": {".gitignore", ".travis.yml", ".gitattributes"}}
MOST = 8


def recipes(clues: Clues, pythons: Sequence[str]) -> list[Recipe]:
    """Return the recipes to try; `pythons` are the interpreters at hand, such as "3.11"."""
    system = clues.configuration.get("build-system")
    table: Mapping[str, Any] = system if isinstance(system, Mapping) else {}
    backend = _text(table.get("build-backend")) or LEGACY
    first = Recipe(
        name=clues.name,
        version=clues.version,
        source=clues.source,
        python=interpreter(clues, pythons),
        backend=backend,
        backend_path=_texts(table.get("backend-path")),
        requires=_texts(table.get("requires")) or ("setuptools", "wheel"),
        not_after=clues.uploaded,
        epoch=_epoch(clues, backend),
        has_history=READS_HISTORY.search(clues.texts) is not None,
        has_crlf=clues.has_crlf,
        is_windows=clues.is_windows,
        before=UNTAGGED if TAGGED.search(clues.texts) else (),
    )
    found = list(dict.fromkeys(_variants(first, clues, pythons)))
    return found[:MOST]


def interpreter(clues: Clues, pythons: Sequence[str]) -> str:
    """Return the newest interpreter that was out when the release was, or that its compiled wheel names."""
    fitting = [each for each in _in_order(pythons) if _fits(each, clues.requires_python)] or _in_order(
        pythons
    )
    if match := re.match(r"cp3(\d+)-cp3", clues.tag):
        exact = [each for each in fitting if each == f"3.{match[1]}"]
        if exact:
            return exact[0]
    known = [each for each in fitting if RELEASED.get(_number(each), date.max) <= clues.uploaded.date()]
    return known[-1] if known else fitting[0]


def _variants(first: Recipe, clues: Clues, pythons: Sequence[str]) -> Iterator[Recipe]:
    """The recipe with the backend that the wheel names, with setuptools of other days, by other commands."""
    tool, version = _generator(clues.generator)
    pinned = first.model_copy(update={"pins": (f"{tool}=={version}",)}) if tool and version else first
    if clues.cython:
        pinned = pinned.model_copy(update={"pins": (*pinned.pins, f"cython=={clues.cython}")})
        if clues.cythonized:  # where the build itself leaves that out, maintainers run Cython before it
            yield pinned
            yield pinned.model_copy(
                update={
                    "requires": (*pinned.requires, "cython"),
                    "before": ("python", "-m", "cython", *clues.cythonized),
                }
            )
    if tool == "wheel":
        pins = {"requires": (*pinned.requires, "wheel"), "pins": (*pinned.pins, OWN_WHEELS)}
        pinned = pinned.model_copy(update=pins)
    is_setuptools = tool in ("wheel", "setuptools") or "setuptools" in first.backend
    if tool == "flit-core":
        yield from _flit(pinned, version)
    elif tool == "poetry-core" and "poetry" in first.backend:
        yield from _poetry(first, version)
    elif is_setuptools:
        yield from _setuptools(pinned, clues, version if tool == "wheel" else "", pythons)
    yield pinned
    yield first
    fitting = [each for each in _in_order(pythons) if _fits(each, clues.requires_python)]
    yield from (pinned.model_copy(update={"python": each}) for each in fitting[:1])


def _flit(pinned: Recipe, version: str) -> Iterator[Recipe]:
    """Flit's backend; then its own command, which asks no build system and puts more into an sdist.

    Before 3.5 it writes a setup.py unless told otherwise, from then on only if told to.
    """
    has_backend = Version(version or "0") >= Version("2")
    is_asked = Version(version or "0") >= Version("3.5")
    command = ("flit", "build", "--format", "{kind}")
    own = {"requires": ("flit",), "pins": (f"flit=={version}", *(pinned.pins if has_backend else ()))}
    if has_backend:
        yield pinned
    other = ((), ("--setup-py" if is_asked else "--no-setup-py",))
    for words in other if has_backend else ((),):
        yield pinned.model_copy(update={**own, "command": (*command, *words)})


def _poetry(first: Recipe, version: str) -> Iterator[Recipe]:
    """Poetry's core alone, else a Poetry from before it had one."""
    kept = [row for row in first.requires if _name(row) not in ("poetry", "poetry-core")]
    old = {"backend": "poetry.masonry.api", "requires": ("poetry", *kept), "pins": (f"poetry=={version}",)}
    core = {
        "backend": "poetry.core.masonry.api",
        "requires": ("poetry-core", *kept),
        "pins": (f"poetry-core=={version}",),
    }
    yield first.model_copy(update={**core, "backend_path": ()})
    yield first.model_copy(update={**old, "backend_path": ()})


def _setuptools(pinned: Recipe, clues: Clues, wheel: str, pythons: Sequence[str]) -> Iterator[Recipe]:
    """Setuptools with what stood beside it in the maintainer's environment, as far as the artifacts show it."""
    beside = [name for name, files in BESIDE.items() if not clues.names.isdisjoint(files)]
    pinned = pinned.model_copy(update={"requires": (*pinned.requires, *beside)})
    if clues.uploaded < FIRST_BACKEND:
        yield pinned.model_copy(update={"command": SETUP_PY})
        yield pinned.model_copy(update={"not_after": FIRST_BACKEND + timedelta(days=90)})
    yield pinned
    if READS_TAGS.search(clues.texts):
        told = (
            f"SETUPTOOLS_SCM_PRETEND_VERSION={clues.version}",
        )  # as release jobs do that build before they tag
        yield pinned.model_copy(update={"variables": told})
    for setuptools, newest in (*DISTRIBUTED.get(wheel, ()), *_likely_setuptools(clues)):
        older = [each for each in _in_order(pythons) if _number(each) <= _number(newest)]
        python = older[-1] if older else pinned.python
        yield pinned.model_copy(update={"pins": (*pinned.pins, setuptools), "python": python})
    pins = tuple(pin for pin in pinned.pins if not pin.startswith("wheel=="))
    yield from (pinned.model_copy(update={"not_after": clues.uploaded - age, "pins": pins}) for age in OLDER)


def _likely_setuptools(clues: Clues) -> Iterator[tuple[str, str]]:
    """What the metadata gives away of the setuptools that wrote it, and the newest Python that runs that."""
    header = clues.metadata.partition("\n\n")[0]
    if "\nLicense-File:" not in header and clues.uploaded >= datetime(2021, 6, 1, tzinfo=UTC):
        yield "setuptools<57", "3.9"
    if "\nPlatform: UNKNOWN" in header and "\nLicense-File:" in header:
        yield "setuptools<58", "3.9"


def _epoch(clues: Clues, backend: str) -> int | None:
    """SOURCE_DATE_EPOCH: what all members of an archive agree on, else when the commit was made."""
    if "hatchling" in backend and clues.moment in (HATCHLING_EPOCH, None):
        return None
    return clues.committed if clues.moment is None else clues.moment


def _generator(text: str) -> tuple[str, str]:
    """The distribution that a Generator line names, and its version."""
    match = re.match(r"([\w.-]+)[ /]\(?([\w.+!-]+)", text.strip())
    if match is None or match[1].lower() not in GENERATORS:
        return "", ""
    try:
        return GENERATORS[match[1].lower()], str(Version(match[2]))
    except InvalidVersion:
        return GENERATORS[match[1].lower()], ""


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(parse_requirement(requirement).name)
    except InvalidRequirement:
        return ""


def _fits(python: str, requires_python: str) -> bool:
    try:
        return SpecifierSet(requires_python).contains(f"{python}.99")
    except InvalidSpecifier:
        return True


def _in_order(pythons: Sequence[str]) -> list[str]:
    return sorted(pythons, key=_number)


def _number(python: str) -> tuple[int, int]:
    major, minor = python.split(".")[:2]
    return int(major), int(minor)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
