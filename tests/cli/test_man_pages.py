"""The manual: in, the command's own help texts; out, a page for each verb that says the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from corpus.command import ROOT
from provenance.cli.main import VERBS


def test_every_verb_has_a_page_with_the_text_of_its_help(tmp_path: Path) -> None:
    """Name, description and options come from the same place as `--help`."""
    subprocess.run([sys.executable, ROOT / "docs/man_pages.py", tmp_path], cwd=ROOT, check=True)
    pages = {verb: (tmp_path / f"provenance-{verb}.1").read_text() for verb in VERBS}
    assert all(text.rstrip(".") in pages[verb].replace("\\-", "-") for verb, text in VERBS.items())
    assert "\\-\\-require" in pages["pin"]
    assert "Exit codes: 0 yes, 1 no" in (tmp_path / "provenance.1").read_text()
