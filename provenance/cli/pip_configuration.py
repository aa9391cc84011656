"""The environment and pip's configuration files in, the index that pip would ask out."""

from __future__ import annotations

import configparser
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from platformdirs import site_config_path, user_config_path


def configured_index() -> str | None:
    """Return pip's `index-url`, by pip's own order of precedence; None where none is set."""
    if url := os.environ.get("PIP_INDEX_URL"):
        return url
    found = None
    for path in _files():
        config = configparser.RawConfigParser()
        try:
            config.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            found = config.get(section, "index-url", fallback=found)
    return found


def public_index() -> str:
    """Return the address that pypi-simple states; read and not imported, since that brings an HTML parser along."""
    found = find_spec("pypi_simple")
    text = Path(found.origin).read_text(encoding="utf-8") if found and found.origin else ""
    stated = re.search(r'^PYPI_SIMPLE_ENDPOINT\b[^"\n]*"([^"\n]+)"', text, re.MULTILINE)
    if stated:
        return stated[1]
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    return PYPI_SIMPLE_ENDPOINT


def _files() -> list[Path]:
    """pip's configuration files, later ones winning: global, user, environment, PIP_CONFIG_FILE."""
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    chosen = os.environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    files = [
        site_config_path("pip") / name,
        Path("/etc") / name,
        Path.home() / ".pip" / name,
        user_config_path("pip") / name,
    ]
    return [*files, Path(sys.prefix) / name, *([Path(chosen)] if chosen else [])]
