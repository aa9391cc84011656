"""The public command, as a person runs it: in, its arguments; out, its exit code and what it printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "provenance")


@dataclass(frozen=True)
class Outcome:
    """What one run of the command came to."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """What `--format json` printed."""
        document = json.loads(self.stdout)
        assert isinstance(document, dict)
        return document


def run(*arguments: str, environment: Mapping[str, str], folder: Path = ROOT) -> Outcome:
    """Run `python -m provenance` in `folder`, with this checkout's code."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def hermetic(home: Path, gitconfig: Path) -> dict[str, str]:
    """An environment with no proxies, no configuration, cache or data but those under `home`."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PROVENANCE_CACHE": str(home / "cache"),
        "PROVENANCE_DATA": str(home / "data"),
        "GIT_CONFIG_GLOBAL": str(gitconfig),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
