"""An environment marker in, one text for all markers that hold in the same environments out."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier
from packaging.version import InvalidVersion

# what python_version can be: the last 2 and the last 3 stand for all after them, 4.0 for all to come
LAST_MINOR = {0: 1_000, 1: 1_000, 2: 10, 3: 30}
PYTHONS = (*(f"{major}.{minor}" for major in (2, 3) for minor in range(LAST_MINOR[major] + 1)), "4.0")
COMPARISON = re.compile(r'(\w+) ([=!<>~]=?=?|not in|in) "([^"]*)"')
OTHER = "\0"  # a value that no marker names
MOST_ENVIRONMENTS = 4_000

Holds = dict[tuple[str, ...], bool]


@lru_cache(maxsize=4096)
def same_for_equal(marker: str) -> str | None:
    """Return a text that two markers share exactly if they hold in the same environments.

    `python_version` takes each of its possible values; any other variable those that it is compared with, by `==`
    and `!=` alone, and one more. None for a marker that compares in other ways, with later versions of Python, or too
    much at once, and for one that always or never holds.
    """
    domains = _domains(marker)
    if domains is None:
        return None
    names = sorted(domains)
    try:
        read = Marker(marker)
        holds = {
            values: read.evaluate(dict(zip(names, values, strict=True)))
            for values in itertools.product(*(domains[name] for name in names))
        }
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, InvalidSpecifier, InvalidVersion):
        return None
    return " or ".join(sorted(" and ".join(parts) for parts in _cases(names, holds))) or None


def _domains(marker: str) -> dict[str, Sequence[str]] | None:
    """The values that matter of each variable; None where that cannot be told."""
    if re.sub(r"\band\b|\bor\b|[()\s]", "", COMPARISON.sub("", marker)):
        return None
    named: dict[str, set[str]] = {}
    for variable, operator, value in COMPARISON.findall(marker):
        if "*" in value and operator not in ("==", "!="):
            return None
        if variable == "python_version":
            if not re.fullmatch(r"\d(\.\d{1,3})*(\.\*)?", value) or not _is_tried(operator, value):
                return None
        elif operator not in ("==", "!=") or variable == "python_full_version" or "*" in value:
            return None
        named.setdefault(variable, set()).add(value)
    domains: dict[str, Sequence[str]] = {
        variable: PYTHONS if variable == "python_version" else (*sorted(values), OTHER)
        for variable, values in named.items()
    }
    return domains if math.prod(map(len, domains.values())) <= MOST_ENVIRONMENTS else None


def _is_tried(operator: str, version: str) -> bool:
    """Whether the Pythons that are tried stand for all that a comparison tells apart: the last of each major do."""
    numbers = [int(part) for part in version.removesuffix(".*").split(".")]
    if numbers[0] > 3:
        return numbers[0] == 4 and not any(numbers[1:]) and operator in ("<", ">=")
    return len(numbers) < 2 or numbers[1] < LAST_MINOR[numbers[0]]


def _cases(names: Sequence[str], holds: Holds) -> Iterator[tuple[str, ...]]:
    """Yield the conditions under which the marker holds, one variable after the other, in one order."""
    if not names:
        yield from [()] if holds[()] else []
        return
    below: dict[str, Holds] = {}
    for values, held in holds.items():
        below.setdefault(values[0], {})[values[1:]] = held
    alike: list[tuple[Holds, list[str]]] = []
    for value, rest in below.items():
        same = next((found for known, found in alike if known == rest), None)
        alike.append((rest, [value])) if same is None else same.append(value)
    for rest, found in alike:
        for parts in _cases(names[1:], rest):
            yield parts if len(alike) == 1 else (_condition(names[0], found, [*below]), *parts)


def _condition(name: str, values: Sequence[str], domain: Sequence[str]) -> str:
    """One variable and the values that it may have: Pythons in runs, of others those that it may not."""
    if name == "python_version":
        return f"{name} {', '.join(_runs(values, domain))}"
    if OTHER in values:
        return f"{name} not in {_quoted(set(domain) - set(values))}"
    return f"{name} {'==' if len(values) == 1 else 'in'} {_quoted(values)}"


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f'"{value}"' for value in sorted(values))


def _runs(values: Sequence[str], domain: Sequence[str]) -> Iterator[str]:
    """Yield values that follow each other as `3.5 to 3.7`; those at an end of the domain have no end."""
    places = [domain.index(value) for value in values]
    starts = [place for place in places if place - 1 not in places]
    ends = [place for place in places if place + 1 not in places]
    for start, end in zip(starts, ends, strict=True):
        if start == 0 or end == len(domain) - 1:
            yield f"up to {domain[end]}" if start == 0 else f"from {domain[start]}"
        else:
            yield f"{domain[start]} to {domain[end]}" if start < end else domain[start]
