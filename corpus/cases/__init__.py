"""The rule cases: per explanation rule, files that it explains and files with one thing wrong that it must refuse."""

from __future__ import annotations

import importlib
import pkgutil

from corpus.cases.case import Case


def all_cases() -> dict[str, tuple[Case, ...]]:
    """Return rule name -> its cases; the module of a rule bears the rule's name with underscores."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if module.name != "case"]
    return {
        name.replace("_", "-"): importlib.import_module(f"{__name__}.{name}").CASES for name in sorted(names)
    }
